import type { RunnableFlow } from '../execution/run.js';
import type { RunOptions, RunResult } from '../execution/run-options.js';
import { stateDirectoryOf } from '../records/state-folder.js';
import { withMeasured } from '../scheduler/index.js';
import type { NodeAST } from '../types/ast.js';
import type { CacheReport } from '../types/cache.js';
import { topLevelNodes, walkNodes } from '../validation/index.js';
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

/**
 * Keeps what the nodes of a run took. What did not finish, and what came out of the cache, keeps the time it had. A folder that
 * cannot be written to changes nothing.
 */
export function keepTimes(
  flow: RunnableFlow,
  { state, cache }: RunResult,
  options: TimingsOptions & Pick<RunOptions, 'resume'>,
): void {
  const file = fileOf(flow, options);
  const found = nodesWithCachedParts(flow.ast.nodes, cache ?? []);
  const before = readTimings(file);
  const now = new Map<string, NodeTiming>();
  let isNews = false;
  for (const [id, key] of nodeKeys(flow.ast.nodes)) {
    const result = state.nodeResults.get(id);
    const known = before.get(id);
    // Of a block that is resumed the rest alone was timed.
    const isWhole = (options.resume === undefined || flow.workNodes[id] !== undefined) && !found.has(id);
    if (result?.status === 'completed' && isWhole) {
      now.set(id, { key, ms: Number(result.durationMs.toFixed(3)) });
      isNews = true;
    } else if (known?.key === key) now.set(id, known);
  }
  if (isNews) writeTimings(file, now);
}

/** Top-level nodes of which the cache had something: looking a result up says nothing about making one. */
function nodesWithCachedParts(nodes: readonly NodeAST[], report: CacheReport): ReadonlySet<string> {
  const found = new Set(report.filter(({ hits }) => hits > 0).map(({ nodeId }) => nodeId));
  if (found.size === 0) return found;
  const tops = topLevelNodes(nodes).filter(({ node }) => [...walkNodes([node])].some(({ id }) => found.has(id)));
  return new Set(tops.map(({ node }) => node.id));
}

function fileOf({ ast }: RunnableFlow, { stateDirectory }: TimingsOptions): string {
  return timingsFile(stateDirectoryOf(ast.file, stateDirectory), ast.file);
}
