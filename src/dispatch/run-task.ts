import { encodeError } from '../errors/wire.js';
import { decode, type Encoded } from '../transport/encode.js';
import { unpack } from '../transport/pack.js';
import type { Part } from '../transport/part.js';
import type { TaskAnswer, TaskMessage } from './messages.js';
import { cancelledError, nodeError } from './node-error.js';
import type { DoneNode } from './outbox.js';
import type { PreparedPackage } from './prepared-package.js';
import { type DoneOutput, type NodeEnd, runNode } from './run-node.js';
import { type HeldPlace, IterationScope, putBack } from './scope.js';
import type { TaskHooks } from './task-hooks.js';
import type { Slice } from './types.js';

/** One segment on one iteration after the other. Rejects only when the message itself is broken. */
export async function runTask(prepared: PreparedPackage, message: TaskMessage, hooks: TaskHooks): Promise<TaskAnswer> {
  const [sharedValue, ...iterations] = unpack(message.values);
  const shared = decodeShared(sharedValue as Encoded, message.held, prepared);
  const flushAlways = message.nodeIds.some((id) => isCostlyToLose(prepared, id));
  for (const [position, iteration] of iterations.entries()) {
    if (position > 0 && (flushAlways || hooks.outbox.isDue)) hooks.outbox.flush();
    await hooks.breathe?.();
    const isTainted = await runIteration({ prepared, message, hooks, shared, position }, iteration);
    if (isTainted) return hooks.outbox.answer(true);
  }
  return hooks.outbox.answer(false);
}

interface IterationRun {
  readonly prepared: PreparedPackage;
  readonly message: TaskMessage;
  readonly hooks: TaskHooks;
  readonly shared: Slice;
  readonly position: number;
}

const noSlice: Slice = { names: {}, nodes: {} };

function decodeShared(encoded: Encoded, held: readonly Part[], { views }: PreparedPackage): Slice {
  if (encoded.bytes.byteLength === 0) return noSlice;
  const { places = [], ...shared } = decode(encoded) as Slice & { readonly places?: readonly HeldPlace[] };
  putBack(shared, places, held, views);
  return shared;
}

/** A timed node may take the thread down, and what a sink did must not be done again. */
function isCostlyToLose(prepared: PreparedPackage, id: string): boolean {
  const node = prepared.run.nodes[id];
  return node !== undefined && (node.timeoutMs !== undefined || node.type.startsWith('sink:'));
}

/** True when code of a given-up attempt still runs. */
async function runIteration(run: IterationRun, encoded: Encoded): Promise<boolean> {
  const { message, hooks, position } = run;
  const done: DoneNode[] = [];
  let scope: IterationScope | NodeEnd | undefined;
  let previous: DoneOutput | undefined;
  for (const [ordinal, id] of message.nodeIds.entries()) {
    if (hooks.slot.isCancelled) return fail(run, done, { id, isPending: false, error: cancelledError({ nodeId: id }) });
    hooks.slot.beginAttempt(position, ordinal, run.prepared.run.nodes[id]?.timeoutMs);
    scope ??= openScope(run, encoded);
    const ending = scope instanceof IterationScope ? runNode({ ...run, ordinal, id, scope, previous }) : scope;
    const end: NodeEnd = ending instanceof Promise ? await ending : ending;
    // A doomed thread must not touch the next node: its end has been decided already.
    if (!hooks.slot.endAttempt()) hooks.slot.awaitEnd();
    if (end.status === 'failed') return fail(run, done, { id, ...end });
    done.push(end.node);
    previous = end;
  }
  hooks.outbox.addOutcome(position, done, undefined);
  return false;
}

/** The end of the first node, when the iteration's values cannot be read back. */
function openScope({ prepared, message, hooks, shared }: IterationRun, encoded: Encoded): IterationScope | NodeEnd {
  try {
    const scope = new IterationScope(prepared, shared, encoded, message.held);
    hooks.slot.setAttempt(scope.attempt);
    return scope;
  } catch (thrown) {
    return { status: 'failed', error: nodeError(thrown, { nodeId: message.nodeIds[0] }), isPending: false };
  }
}

interface Failure {
  readonly id: string;
  readonly error: unknown;
  readonly isPending: boolean;
}

function fail({ hooks, position }: IterationRun, done: readonly DoneNode[], { id, error, isPending }: Failure): boolean {
  const { startedAt, elapsedMs } = hooks.slot;
  hooks.outbox.addOutcome(position, done, { nodeId: id, error: encodeError(error), startedAt, durationMs: elapsedMs });
  return isPending;
}
