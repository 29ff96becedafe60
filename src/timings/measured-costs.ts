import type { RunnableFlow, RunOptions, RunResult } from '../execution/run.js';
import { stateDirectoryOf } from '../records/state-folder.js';
import { withMeasured } from '../scheduler/index.js';
import { nodeKeys } from './node-keys.js';
import { type NodeTiming, readTimings, timingsFile, writeTimings } from './timings-file.js';

export interface TimingsOptions {
  /** @default `.flowscript` in the folder of the flow file */
  readonly stateDirectory?: string | undefined;
}

/** The flow, planned by what its nodes took in the last run where its author gives no cost. */
export function withLastTimes<Flow extends RunnableFlow>(flow: Flow, options: TimingsOptions): Flow {
  const timings = readTimings(fileOf(flow, options));
  if (timings.size === 0) return flow;
  const fitting = [...nodeKeys(flow.ast.nodes)].flatMap(([id, key]) => {
    const timing = timings.get(id);
    return timing?.key === key ? [[id, timing.ms] as const] : [];
  });
  return fitting.length === 0 ? flow : { ...flow, plan: withMeasured(flow.plan, new Map(fitting)) };
}

/** Keeps what the nodes of a run took. What did not finish keeps the time it had. A folder that cannot be written to changes nothing. */
export function keepTimes(flow: RunnableFlow, { state }: RunResult, options: TimingsOptions & Pick<RunOptions, 'resume'>): void {
  const file = fileOf(flow, options);
  const before = readTimings(file);
  const now = new Map<string, NodeTiming>();
  let isNews = false;
  for (const [id, key] of nodeKeys(flow.ast.nodes)) {
    const result = state.nodeResults.get(id);
    const known = before.get(id);
    // Of a block that is resumed the rest alone was timed.
    const isWhole = options.resume === undefined || flow.workNodes[id] !== undefined;
    if (result?.status === 'completed' && isWhole) {
      now.set(id, { key, ms: Number(result.durationMs.toFixed(3)) });
      isNews = true;
    } else if (known?.key === key) now.set(id, known);
  }
  if (isNews) writeTimings(file, now);
}

function fileOf({ ast }: RunnableFlow, { stateDirectory }: TimingsOptions): string {
  return timingsFile(stateDirectoryOf(ast.file, stateDirectory), ast.file);
}
