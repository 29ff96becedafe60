import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type ExecutionMode, FlowError, FlowValidationError, parseWorkflow, type Workflow } from '#src/index.js';
import { hashValue } from '#src/keys/hash-value.js';
import { runnableFlows } from '../corpus.js';
import { expectFlowError } from '../faults.js';
import { expectThat, type Kind } from '../kind.js';
import { gentleEdit, mutated } from '../mutations.js';
import { engineOf, fixtureFolder, mayRun } from '../room.js';
import { anyValue, uncloneable } from '../values.js';

interface Case {
  readonly text: string;
  readonly input: unknown;
}

/** What ends as it does because of the time it takes, or tells of it: another mode may rightly end otherwise. */
const timely =
  /timeout|join="|maxConcurrency="|fail-fast|run\.(id|startedAt)|durationMs|startedAt|memory="|losers|progress|nodes\[/;
const endsByTime = new Set(['FLOW_TIMEOUT', 'NODE_TIMEOUT', 'RUN_CANCELLED', 'HTTP_FAILED']);
const timeoutMs = 2_000;

/** How a run ended, in what must not depend on its mode. */
async function endIn(mode: ExecutionMode, workflow: Workflow, { text, input }: Case): Promise<readonly [string, unknown]> {
  try {
    const options = { input, timeoutMs, secrets: { API_TOKEN: 'tok-en-12345' }, env: {} };
    const { status, error, output } = await engineOf(mode).run(workflow, options);
    if (error !== undefined) expectFlowError(error, text, () => true);
    return [error?.code ?? status, status === 'completed' ? fingerprint(output) : undefined];
  } catch (error) {
    expectThat(error instanceof FlowError, () => `run threw ${inspect(error)}`);
    return [`rejected with ${error.code}`, undefined];
  }
}

/** A value deeper than a walk can go tells nothing. */
function fingerprint(output: unknown): string {
  try {
    return hashValue(output);
  } catch (error) {
    return error instanceof RangeError ? 'deep' : `not cloneable: ${String(error)}`;
  }
}

/** Changed flows end in threads as they do on one thread: the same output, or an error of the same code. */
export const modes: Kind<Case> = {
  name: 'modes',
  share: 8,
  cases: fc.record({
    text: mutated(
      runnableFlows.filter((text) => !timely.test(text)),
      gentleEdit,
      3,
    ),
    input: fc.oneof({ weight: 20, arbitrary: anyValue }, { weight: 1, arbitrary: uncloneable }),
  }),
  async check(one) {
    let workflow: Workflow;
    try {
      workflow = parseWorkflow(one.text, { file: join(fixtureFolder(), 'flow.xml') });
    } catch (error) {
      expectThat(error instanceof FlowValidationError, () => `parseWorkflow threw ${String(error)}`);
      return 'refused';
    }
    if (!mayRun(workflow)) return 'not run';
    if (timely.test(one.text)) return 'depends on time';
    const inline = await endIn('async', workflow, one);
    const threads = await endIn('threads', workflow, one);
    if (hashValue(inline) === hashValue(threads)) return inline[0];
    if ([inline, threads].some(([code]) => endsByTime.has(code))) return 'depends on time';
    // Of several nodes that fail, the first one to do so is told: once more, whether it is always the same.
    const again = [await endIn('async', workflow, one), await endIn('threads', workflow, one)];
    const isStable = hashValue(again) === hashValue([inline, threads]);
    expectThat(!isStable, () => `async ends in ${inspect(inline)}, threads in ${inspect(threads)}`);
    return 'not the same twice';
  },
};
