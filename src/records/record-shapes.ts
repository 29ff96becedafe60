import { z } from 'zod';
import type { FlowEvent } from '../types/events.js';
import type { RunStatus } from '../types/state.js';
import type { ProcessIdentity } from './process-identity.js';

/** What was known of a run when it began. Kept as `run.json`. */
export interface RunOrigin {
  readonly format: 1;
  readonly id: string;
  readonly workflow: string;
  /** The flow file, from the folder that holds the state folder. */
  readonly file: string;
  /** Of the flow's text. */
  readonly flowHash: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly mode: string;
  readonly maxConcurrency: number;
  /** Versions of FlowScript's runtime. */
  readonly node: string;
  /** Names of the secrets that were given. */
  readonly secrets: readonly string[];
  /** Names of the config values that were given. */
  readonly config: readonly string[];
  /** Why the input and config values were not kept; absent when they were. */
  readonly withheld?: string | undefined;
}

/** How a run, or one of its resumptions, ended. Kept as `outcome.json`. */
export interface RunEnding {
  readonly status: Exclude<RunStatus, 'pending' | 'running'>;
  /** Of the process that ended it. */
  readonly process: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  /** Top-level nodes that ended well or were skipped. */
  readonly done: number;
  readonly nodes: number;
  /** Failures that a fallback made up for; absent while there are none. */
  readonly fallbacks?: number | undefined;
  /** What its nodes did: another one after their code was changed. */
  readonly code: string;
  readonly error?: unknown;
  /** Why the output was not kept; absent when it was, and when there is none. */
  readonly withheld?: string | undefined;
}

/** An event as it was written down: errors are plain data. */
export type RecordedEvent = FlowEvent extends infer Event
  ? Event extends FlowEvent
    ? Omit<Event, 'error'> & { readonly error?: RecordedError }
    : never
  : never;

/** What `describeError` gives, as far as it is shown. */
export interface RecordedError {
  readonly code?: string;
  readonly message: string;
  readonly nodeId?: string;
  readonly path?: string;
  readonly hint?: string;
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
}

/** What dates can say. */
const latest = 8.64e15;

const text = z.string();
const count = z.number();
const moment = z.number().min(0).max(latest);

/** Of `run.json`. */
export const originShape: z.ZodType<RunOrigin> = z.object({
  format: z.literal(1),
  id: text,
  workflow: text,
  file: text,
  flowHash: text,
  startedAt: moment,
  mode: text,
  maxConcurrency: count,
  node: text,
  secrets: z.array(text),
  config: z.array(text),
  withheld: z.optional(text),
});

/** Of `process-N.json`. */
export const identityShape: z.ZodType<ProcessIdentity> = z.object({
  pid: z.int().positive(),
  started: z.union([text, z.undefined()]),
  host: text,
});

const errorShape: z.ZodType<RecordedError> = z.looseObject({
  code: z.exactOptional(text),
  message: text,
  nodeId: z.exactOptional(text),
  path: z.exactOptional(text),
  hint: z.exactOptional(text),
  source: z.exactOptional(z.object({ file: text, line: count, column: count })),
});

/** Of `outcome.json`. */
export const endingShape: z.ZodType<RunEnding> = z.object({
  status: z.enum(['completed', 'failed', 'cancelled']),
  process: count,
  finishedAt: moment,
  durationMs: count,
  done: count,
  nodes: count,
  fallbacks: z.optional(count),
  code: text,
  error: z.optional(errorShape),
  withheld: z.optional(text),
});

const path = { path: text, error: z.optional(errorShape) };

/** Of the events from which a run is told. */
const eventShapes: Readonly<Record<string, z.ZodType>> = {
  'run.started': z.looseObject({ nodes: count }),
  'node.started': z.looseObject(path),
  'node.rescued': z.looseObject(path),
  'node.finished': z.looseObject({
    ...path,
    status: text,
    durationMs: count,
    attempts: count,
    reused: z.optional(z.enum(['resume', 'cache'])),
  }),
  'block.progress': z.looseObject({ ...path, done: count, failed: count, total: z.optional(count) }),
};

const anyEvent = z.looseObject({ type: text });

/** Undefined for what no run has written. */
export function asEvent(data: unknown): RecordedEvent | undefined {
  const { data: event } = anyEvent.safeParse(data);
  if (event === undefined) return undefined;
  const shape = Object.hasOwn(eventShapes, event.type) ? eventShapes[event.type] : undefined;
  return shape === undefined || shape.safeParse(event).success ? (event as unknown as RecordedEvent) : undefined;
}
