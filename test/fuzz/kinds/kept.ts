import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { listCache, pruneEntries, verifyEntries } from '#src/cli/cache.js';
import { runs } from '#src/cli/runs.js';
import { type ExecutionMode, FlowError, parseWorkflow, type RunOptions, type Workflow } from '#src/index.js';
import { hashValue } from '#src/keys/hash-value.js';
import { type Damage, damages, spoil } from '../damage.js';
import { expectFlowError } from '../faults.js';
import { Broken, expectThat, type Kind } from '../kind.js';
import { engineOf, fixtureFolder } from '../room.js';

interface Case {
  readonly state: 'completed' | 'failed';
  readonly mode: ExecutionMode;
  readonly damages: readonly Damage[];
  readonly first: 'look' | 'resume' | 'anew';
  /** Reading all of a cache takes longer than everything else here. */
  readonly clearsUp: boolean;
}

interface Kept {
  readonly folder: string;
  readonly workflow: Workflow;
  /** What every run must end in. */
  readonly end: string;
}

let made: Promise<Kept> | undefined;
const input = 'given';

/** Runs the flow twice, so that there is a state folder of one that completed and of one that failed. */
async function makeKept(): Promise<Kept> {
  const folder = fixtureFolder();
  const file = join(folder, 'kept.xml');
  const workflow = parseWorkflow(readFileSync(file, 'utf8'), { file });
  const runInto = (name: string) =>
    engineOf('threads').run(workflow, { input, record: true, timings: true, stateDirectory: join(folder, name), env: {} });
  const { output, error } = await runInto('completed');
  expectThat(error === undefined, () => `the flow does not run: ${inspect(error)}`);
  writeFileSync(join(folder, 'trip'), '');
  expectThat((await runInto('failed')).status === 'failed', () => 'the flow does not fail');
  rmSync(join(folder, 'trip'));
  for (const name of ['completed', 'failed']) forgetProcess(join(folder, name, 'runs'));
  return { folder, workflow, end: hashValue(output) };
}

/** As if another process had made the records, which is there no more. */
function forgetProcess(runsFolder: string): void {
  for (const id of readdirSync(runsFolder)) {
    const file = join(runsFolder, id, 'process-1.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pid: 2 ** 30 }));
  }
}

/** Answers, or one clear error of those that may be. */
async function expectAnswer(codes: readonly string[], work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'answer';
  } catch (error) {
    expectFlowError(error, '');
    expectThat(error instanceof FlowError && codes.includes(error.code), () => `it ends in ${inspect(error)}`);
    return error.code;
  }
}

/** What runs left behind and was spoilt since: whatever is asked of it ends in a right answer or a clear error. */
export const kept: Kind<Case> = {
  name: 'kept',
  share: 2,
  cases: fc.record({
    state: fc.constantFrom('completed', 'failed'),
    mode: fc.constantFrom('async', 'threads'),
    damages,
    first: fc.constantFrom('look', 'resume', 'anew'),
    clearsUp: fc.nat(7).map((one) => one === 0),
  }),
  async check({ state, mode, damages: all, first, clearsUp }, seed) {
    made ??= makeKept();
    const { folder, workflow, end } = await made;
    const stateDirectory = join(folder, `state-${seed}`);
    cpSync(join(folder, state), stateDirectory, { recursive: true });
    spoil(stateDirectory, all);
    const flow = join(folder, 'kept.xml');
    const stateDir = stateDirectory;
    const runOn = async (options: RunOptions): Promise<void> => {
      const { error, output, status } = await engineOf(mode).run(workflow, {
        stateDirectory,
        onNotice: () => undefined,
        env: {},
        timeoutMs: 20_000,
        timings: true,
        ...options,
      });
      if (status !== 'completed') throw new Broken(`${inspect(options)} ends in ${inspect(error)}`);
      expectThat(hashValue(output) === end, () => `${inspect(options)} gives ${inspect(output, { depth: 6 })}`);
    };
    const acts = {
      look: async () => {
        const listed = await expectAnswer([], () => runs(undefined, { stateDir, flow }));
        await expectAnswer([], () => runs(undefined, { stateDir, flow, json: true }));
        await expectAnswer(['RUN_NOT_FOUND'], () => runs('last', { stateDir, flow }));
        await expectAnswer(['RUN_NOT_FOUND'], () => runs('last', { stateDir, flow, json: true }));
        await expectAnswer(['FILE_UNREADABLE'], () => listCache(flow, { stateDir }));
        if (!clearsUp) return listed;
        await expectAnswer(['FILE_UNREADABLE'], () => verifyEntries(flow, { stateDir }));
        await expectAnswer(['FILE_UNREADABLE'], () => pruneEntries(flow, { stateDir, maxSize: 100 }));
        return listed;
      },
      resume: () => expectAnswer(['RUN_NOT_FOUND', 'RUN_NOT_RESUMABLE'], () => runOn({ resume: 'last' })),
      anew: () => expectAnswer([], () => runOn({ input, record: true, cache: true })),
    };
    try {
      const ending = await acts[first]();
      if (first !== 'resume') await acts.resume();
      if (first !== 'look') await acts.look();
      return `${first}: ${ending}`;
    } finally {
      rmSync(stateDirectory, { recursive: true, force: true });
    }
  },
};
