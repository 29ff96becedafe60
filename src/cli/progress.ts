import type { FlowError } from '../errors/flow-error.js';
import type { FlowEvent } from '../types/events.js';
import type { NodeStatus } from '../types/state.js';

/** A run as far as its events tell: what `recordEvent` has seen. Times are epoch milliseconds. */
export interface Progress {
  /** Paths of the nodes in the plan. */
  readonly topLevel: ReadonlySet<string>;
  workflow: string;
  startedAt: number;
  /** Top-level nodes in all. */
  nodes: number;
  /** Top-level nodes by how they ended, each once: what fails inside a block or a fallback is no node of its own here. */
  readonly ended: Record<NodeStatus, number>;
  retries: number;
  /** Failures that a fallback made up for. */
  fallbacks: number;
  /** The first of them: a flow whose fallback hides a mistake completes all the same. */
  firstRescued: RescuedNode | undefined;
  /** By path; control nodes are among them. */
  readonly running: Map<string, RunningNode>;
  /** By path, in order of their start. */
  readonly blocks: Map<string, BlockProgress>;
}

export interface RescuedNode {
  readonly path: string;
  readonly error: FlowError;
}

export interface RunningNode {
  readonly nodeId: string;
  readonly startedAt: number;
  /** 0 to 1, from the user function's own report. */
  readonly share: number | undefined;
}

export interface BlockProgress {
  readonly startedAt: number;
  readonly done: number;
  readonly failed: number;
  /** Undefined while only the end of a file will tell. */
  readonly total: number | undefined;
}

/** The progress of a run of which nothing is known yet but the ids of the nodes in its plan. */
export function createProgress(planned: Iterable<string>): Progress {
  const topLevel = new Set(planned);
  return {
    topLevel,
    workflow: '',
    startedAt: 0,
    nodes: 0,
    ended: { completed: 0, skipped: 0, failed: 0, cancelled: 0 },
    retries: 0,
    fallbacks: 0,
    firstRescued: undefined,
    running: new Map(),
    blocks: new Map(),
  };
}

/** Takes one event into the progress. Costs the same however long the run is. */
export function recordEvent(progress: Progress, event: FlowEvent): void {
  switch (event.type) {
    case 'run.started':
      progress.workflow = event.workflow;
      progress.startedAt = event.at;
      progress.nodes = event.nodes;
      return;
    case 'node.started':
      progress.running.set(event.path, { nodeId: event.nodeId, startedAt: event.at, share: undefined });
      return;
    case 'node.finished':
      recordFinish(progress, event);
      return;
    case 'node.retrying':
      progress.retries++;
      return;
    case 'node.rescued':
      progress.fallbacks++;
      progress.firstRescued ??= { path: event.path, error: event.error };
      return;
    case 'block.progress':
      recordBlock(progress, event);
      return;
    case 'progress':
      recordShare(progress, event);
      return;
    case 'run.finished':
      recordEnd(progress, event);
      return;
    case 'log':
      return;
  }
}

/** Milliseconds a block still needs at the rate it has had so far; `undefined` before anything is done, or where nobody knows how much there is. */
export function estimateRemainingMs({ done, total, startedAt }: BlockProgress, now: number): number | undefined {
  if (done === 0 || now <= startedAt || total === undefined) return undefined;
  return ((now - startedAt) / done) * (total - done);
}

/** Iterations or branches a block ends in a second; `undefined` before anything is done. */
export function ratePerSecond({ done, startedAt }: BlockProgress, now: number): number | undefined {
  return done === 0 || now <= startedAt ? undefined : (done * 1000) / (now - startedAt);
}

type EventOf<Type extends FlowEvent['type']> = Extract<FlowEvent, { type: Type }>;

function recordFinish(progress: Progress, { path, status }: EventOf<'node.finished'>): void {
  progress.running.delete(path);
  progress.blocks.delete(path);
  if (progress.topLevel.has(path)) progress.ended[status]++;
}

/** Nodes that a failed or cancelled run never came to are cancelled, as its result says too, but tell of nothing. */
function recordEnd({ nodes, ended, running, blocks }: Progress, { status }: EventOf<'run.finished'>): void {
  running.clear();
  blocks.clear();
  const told = ended.completed + ended.skipped + ended.failed + ended.cancelled;
  if (status !== 'completed') ended.cancelled += Math.max(0, nodes - told);
}

function recordBlock(progress: Progress, { path, at, done, failed, total }: EventOf<'block.progress'>): void {
  const startedAt = progress.blocks.get(path)?.startedAt ?? at;
  progress.blocks.set(path, { startedAt, done, failed, total });
}

function recordShare(progress: Progress, { path, nodeId, at, done, total }: EventOf<'progress'>): void {
  const startedAt = progress.running.get(path)?.startedAt ?? at;
  const share = total === undefined || total <= 0 ? undefined : Math.min(1, Math.max(0, done / total));
  progress.running.set(path, { nodeId, startedAt, share });
}
