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

/** What the nodes of a flow took in its last run, as long as they are what they were. */
export class LastTimes<Flow extends RunnableFlow> {
  readonly #flow: Flow;
  readonly #file: string;
  #keys: ReadonlyMap<string, string> | undefined;

  constructor(flow: Flow, { stateDirectory }: TimingsOptions) {
    this.#flow = flow;
    this.#file = timingsFile(stateDirectoryOf(flow.ast.file, stateDirectory), flow.ast.file);
  }

  /** The flow, planned by them where its author gives no cost. */
  get planned(): Flow {
    const timings = readTimings(this.#file);
    if (timings.size === 0) return this.#flow;
    const fitting = [...this.#nodeKeys].flatMap(([id, key]) => {
      const timing = timings.get(id);
      return timing?.key === key ? [[id, timing.ms] as const] : [];
    });
    return fitting.length === 0 ? this.#flow : { ...this.#flow, plan: withMeasured(this.#flow.plan, new Map(fitting)) };
  }

  /**
   * Keeps what the nodes of a run took. What did not finish, and what came out of the cache, keeps the time it had. A folder that
   * cannot be written to changes nothing.
   */
  keep({ state, cache }: RunResult, { resume }: Pick<RunOptions, 'resume'>): void {
    const found = nodesWithCachedParts(this.#flow.ast.nodes, cache ?? []);
    const before = readTimings(this.#file);
    const now = new Map<string, NodeTiming>();
    let isNews = false;
    for (const [id, key] of this.#nodeKeys) {
      const result = state.nodeResults.get(id);
      const known = before.get(id);
      // Of a block that is resumed the rest alone was timed.
      const isWhole = (resume === undefined || this.#flow.workNodes[id] !== undefined) && !found.has(id);
      if (result?.status === 'completed' && isWhole) {
        now.set(id, { key, ms: Number(result.durationMs.toFixed(3)) });
        isNews = true;
      } else if (known?.key === key) now.set(id, known);
    }
    if (isNews) writeTimings(this.#file, now);
  }

  /** They take a while: all bodies are in them. */
  get #nodeKeys(): ReadonlyMap<string, string> {
    this.#keys ??= nodeKeys(this.#flow.ast.nodes);
    return this.#keys;
  }
}

/** Top-level nodes of which the cache had something: looking a result up says nothing about making one. */
function nodesWithCachedParts(nodes: readonly NodeAST[], report: CacheReport): ReadonlySet<string> {
  const found = new Set(report.filter(({ hits }) => hits > 0).map(({ nodeId }) => nodeId));
  if (found.size === 0) return found;
  const tops = topLevelNodes(nodes).filter(({ node }) => [...walkNodes([node])].some(({ id }) => found.has(id)));
  return new Set(tops.map(({ node }) => node.id));
}
