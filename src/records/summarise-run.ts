import { readEvents } from './read-events.js';
import type { RecordedError, RecordedEvent, RunOrigin } from './record-shapes.js';
import type { RunFolder } from './run-folder.js';

/** How a recorded run stands: `running`, `interrupted` when its process died, or how it ended. */
export type RecordedStatus = 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled';

export interface RunSummary {
  readonly id: string;
  readonly workflow: string;
  readonly file: string;
  readonly status: RecordedStatus;
  readonly startedAt: number;
  /** Of the latest process; undefined while none has ended it. */
  readonly durationMs: number | undefined;
  /** Processes that have worked on it. */
  readonly processes: number;
  /** Top-level nodes that are done, and all of them. */
  readonly done: number;
  readonly nodes: number;
  /** Failures that a fallback made up for. */
  readonly fallbacks: number;
  readonly error: RecordedError | undefined;
}

export interface NodeSummary {
  readonly path: string;
  readonly status: string;
  readonly durationMs: number;
  readonly attempts: number;
  readonly reused?: 'resume' | 'cache' | undefined;
  readonly error?: RecordedError | undefined;
}

export interface RunDetails extends RunSummary {
  readonly mode: string;
  readonly maxConcurrency: number;
  readonly folder: string;
  /** As they ended, the latest ending of each; then what was running at last. */
  readonly ended: readonly NodeSummary[];
  readonly running: readonly string[];
  /** Blocks that have not ended: how far they were. */
  readonly blocks: readonly {
    readonly path: string;
    readonly done: number;
    readonly failed: number;
    readonly total: number | undefined;
  }[];
  readonly retries: number;
  /** The first failure that a fallback made up for. */
  readonly firstRescued: RescuedSummary | undefined;
}

export interface RescuedSummary {
  readonly path: string;
  readonly error: RecordedError | undefined;
}

/** Reads no more than is needed for a line in a list, unless the run has no end. */
export async function summariseRun(folder: RunFolder, origin: RunOrigin): Promise<RunSummary> {
  const { ending } = folder;
  if (ending === undefined) return (await readRun(folder, origin)) satisfies RunSummary;
  const { status, durationMs, done, nodes, fallbacks = 0 } = ending;
  const error = ending.error as RecordedError | undefined;
  return { ...about(folder, origin), status, durationMs, done, nodes, fallbacks, error };
}

/** All that the record tells. */
export async function readRun(folder: RunFolder, origin: RunOrigin): Promise<RunDetails> {
  const { ending } = folder;
  const { mode, maxConcurrency } = origin;
  const tale = new Tale();
  try {
    for await (const event of readEvents(folder.file('events.ndjson'))) tale.add(event);
  } catch {
    // Without its events a run is still known by its beginning and its end.
  }
  const { ended, running, blocks, nodes, retries, fallbacks, firstRescued } = tale;
  const top = [...ended.values()].filter(
    ({ path, status }) => !/[/[]/.test(path) && status !== 'failed' && status !== 'cancelled',
  );
  return {
    ...about(folder, origin),
    status: ending?.status ?? (folder.isActive ? 'running' : 'interrupted'),
    durationMs: ending?.durationMs,
    done: ending?.done ?? top.length,
    nodes: ending?.nodes ?? nodes,
    error: ending?.error as RecordedError | undefined,
    ...{ mode, maxConcurrency, folder: folder.directory, retries, fallbacks, firstRescued },
    ended: [...ended.values()],
    running: [...running],
    blocks: [...blocks].map(([path, block]) => ({ path, ...block })),
  };
}

function about(folder: RunFolder, { workflow, file, startedAt }: RunOrigin) {
  return { id: folder.id, workflow, file, startedAt, processes: folder.latestProcess?.number ?? 0 };
}

/** What the events tell, one after the other. */
class Tale {
  readonly ended = new Map<string, NodeSummary>();
  readonly running = new Set<string>();
  readonly blocks = new Map<string, { readonly done: number; readonly failed: number; readonly total: number | undefined }>();
  nodes = 0;
  retries = 0;
  fallbacks = 0;
  firstRescued: RescuedSummary | undefined;

  add(event: RecordedEvent): void {
    switch (event.type) {
      case 'run.started':
        this.nodes = event.nodes;
        // A resumed run tells of them once more.
        this.fallbacks = 0;
        this.firstRescued = undefined;
        this.running.clear();
        this.blocks.clear();
        return;
      case 'node.started':
        this.running.add(event.path);
        return;
      case 'node.finished':
        this.#end(event);
        return;
      case 'node.retrying':
        this.retries++;
        return;
      case 'node.rescued':
        this.fallbacks++;
        this.firstRescued ??= { path: event.path, error: event.error };
        return;
      case 'block.progress':
        this.blocks.set(event.path, { done: event.done, failed: event.failed, total: event.total });
        return;
      default:
        return;
    }
  }

  #end({ path, status, durationMs, attempts, reused, error }: Extract<RecordedEvent, { type: 'node.finished' }>): void {
    this.running.delete(path);
    this.blocks.delete(path);
    this.ended.delete(path);
    this.ended.set(path, { path, status, durationMs, attempts, reused, error });
  }
}
