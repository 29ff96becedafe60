import { join } from 'node:path';
import fc from 'fast-check';
import { FlowError, FlowValidationError, parseWorkflow, type Workflow } from '#src/index.js';
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

const timeoutMs = 1_000;

/** Flows that were changed and still pass, run on any input. */
export const run: Kind<Case> = {
  name: 'run',
  share: 20,
  cases: fc.record({
    text: mutated(runnableFlows, gentleEdit, 3),
    input: fc.oneof({ weight: 20, arbitrary: anyValue }, { weight: 1, arbitrary: uncloneable }),
  }),
  async check({ text, input }) {
    let workflow: Workflow;
    try {
      workflow = parseWorkflow(text, { file: join(fixtureFolder(), 'flow.xml') });
    } catch (error) {
      expectThat(error instanceof FlowValidationError, () => `parseWorkflow threw ${String(error)}`);
      return 'refused';
    }
    if (!mayRun(workflow)) return 'not run';
    const start = process.cpuUsage();
    try {
      const { status, error, output } = await engineOf('async').run(workflow, {
        input,
        timeoutMs,
        secrets: { API_TOKEN: 'tok-en-12345' },
        env: {},
      });
      if (status === 'completed')
        expectThat(!['function', 'symbol'].includes(typeof output), () => `the output is a ${typeof output}`);
      else expectFlowError(error, text, () => true);
      expectThat(error?.code !== 'WORKER_FAILED', () => `nothing could run: ${error?.message}`);
      return error?.code ?? status;
    } catch (error) {
      expectFlowError(error, text);
      expectThat(
        error instanceof FlowError && ['CONFIG_INVALID', 'SECRET_MISSING', 'VALUE_NOT_CLONEABLE'].includes(error.code),
        () => `run rejected with ${error.code}: ${error.message}`,
      );
      return error.code;
    } finally {
      // Of the processor, which others may be busy with; whoever waits for ever is found by the parent.
      const took = process.cpuUsage(start).user / 1000;
      expectThat(took < timeoutMs + 8_000, () => `took ${Math.round(took)} ms in spite of a timeout of ${timeoutMs} ms`);
    }
  },
};
