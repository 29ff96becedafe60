import { decode, type Encoded } from '../transport/encode.js';
import { unpack } from '../transport/pack.js';
import { type Part, weighed } from '../transport/part.js';
import { noSlice } from './item-iteration.js';
import type { PackedTask, TaskAnswer, TaskMessage } from './messages.js';
import { plainIterations, strideOf } from './plain-iterations.js';
import type { PreparedPackage } from './prepared-package.js';
import { runIteration, type TaskRun } from './run-iteration.js';
import type { TaskHooks } from './task-hooks.js';
import type { Iteration, Slice } from './types.js';
import { type HeldPlace, putBack } from './wire-iteration.js';

/** The tasks of a message, one iteration after the other. Rejects only when the message itself is broken. */
export async function runTasks(
  prepared: PreparedPackage,
  { tasks, values, held }: TaskMessage,
  hooks: TaskHooks,
): Promise<TaskAnswer> {
  held.forEach(weighed);
  const [list, ...encoded] = unpack(values);
  const plain = list === undefined || list.bytes.byteLength === 0 ? [] : (decode(list) as unknown[]);
  const read = (at: number) => prepared.views.view(held[at] as Part);
  const next = { plain: 0, encoded: 0 };
  let first = 0;
  for (const message of JSON.parse(tasks) as readonly PackedTask[]) {
    const shared = decodeShared(encoded[next.encoded++] as Encoded, held, prepared);
    const { plain: form, iterations: count } = message;
    const iterations =
      form === undefined
        ? encoded.slice(next.encoded, next.encoded + count)
        : plainIterations({ list: plain, at: next.plain, count, form, read });
    if (form === undefined) next.encoded += count;
    else next.plain += count * strideOf(form);
    const isTainted = await runTask({ prepared, message, held, hooks, shared }, first, iterations);
    if (isTainted) return answer(prepared, hooks, true);
    first += message.iterations;
  }
  return answer(prepared, hooks, false);
}

function answer(prepared: PreparedPackage, { outbox }: TaskHooks, isTainted: boolean): TaskAnswer {
  prepared.journal?.flush();
  return outbox.answer(isTainted);
}

/** `first`: position of its first iteration in the message. True when code of a given-up attempt still runs. */
async function runTask(task: TaskRun, first: number, iterations: readonly (Iteration | Encoded)[]): Promise<boolean> {
  const { prepared, message, held, hooks, shared } = task;
  const { slot } = hooks;
  const isCostly = message.nodeIds.some((id) => isCostlyToLose(prepared, id));
  for (let offset = 0; offset < iterations.length; offset++) {
    save(task, isCostly, offset === 0);
    const position = first + offset;
    if (!slot.take(position)) continue;
    // Taken first: what waits here could be taken back for somebody who then waits here, and so on for ever.
    const pause = hooks.breathe?.();
    if (pause !== undefined) await pause;
    const faults = message.faults?.[offset];
    // Written out: to spread an object and add fields to it takes V8 longer than a tiny iteration takes to run.
    const run = { prepared, message, held, hooks, shared, position, offset, faults };
    const ending = runIteration(run, iterations[offset] as Iteration | Encoded);
    const end = ending instanceof Promise ? await ending : ending;
    if (end === 'tainted') return true;
    if (end === 'failed' && message.stopsAtFailure) break;
  }
  return false;
}

/** A death must never cost what another task of the message has done. */
function save({ prepared, hooks: { outbox } }: TaskRun, isCostly: boolean, isFirst: boolean): void {
  if (((isCostly || isFirst) && outbox.hasUnsaved) || outbox.isDue || (isFirst && outbox.isLate)) outbox.flush();
  if (isCostly) prepared.journal?.flush();
}

function decodeShared(encoded: Encoded, held: readonly Part[], { views }: PreparedPackage): Slice {
  if (encoded.bytes.byteLength === 0) return noSlice;
  const { places = [], ...shared } = decode(encoded) as Slice & { readonly places?: readonly HeldPlace[] };
  putBack(shared, places, held, views);
  return shared;
}

/** A timed node may take the thread down, and what a sink did must not be done again. */
function isCostlyToLose(prepared: PreparedPackage, id: string): boolean {
  const node = prepared.workNode(id);
  return node !== undefined && (node.timeoutMs !== undefined || node.type.startsWith('sink:'));
}
