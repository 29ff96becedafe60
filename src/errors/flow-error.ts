import type { SourcePosition } from '../types/source.js';
import type { ErrorCode } from './codes.js';

export interface FlowErrorDetails {
  readonly cause?: unknown;
  /** Where in the flow file the fault lies. */
  readonly source?: SourcePosition | undefined;
  readonly nodeId?: string | undefined;
  /** Path through blocks and iterations, such as `scored[3]/score`. */
  readonly path?: string | undefined;
  /** What to do about it, as a sentence. */
  readonly hint?: string | undefined;
  /** The attempt that failed, from 1. */
  readonly attempt?: number | undefined;
  /** Further genuine failures of the same block, in declared order. */
  readonly errors?: readonly FlowError[] | undefined;
  /** Name of the error that user code threw. @default "FlowError" */
  readonly name?: string | undefined;
  readonly stack?: string | undefined;
  /** Own fields of the error that user code threw. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Every failure FlowScript reports: what (`message`, `code`), where (`source`, `nodeId`, `path`), why (`cause`), what to do (`hint`).
 */
export class FlowError extends Error {
  /** An `ErrorCode`, or the code that user code gave. */
  readonly code: string;
  readonly source: SourcePosition | undefined;
  readonly nodeId: string | undefined;
  readonly path: string | undefined;
  readonly hint: string | undefined;
  readonly attempt: number | undefined;
  readonly errors: readonly FlowError[];
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode | (string & {}), message: string, details: FlowErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = details.name ?? 'FlowError';
    this.code = code;
    this.source = details.source;
    this.nodeId = details.nodeId;
    this.path = details.path;
    this.hint = details.hint;
    this.attempt = details.attempt;
    this.errors = details.errors ?? [];
    this.fields = details.fields ?? {};
    if (details.stack !== undefined) this.stack = details.stack;
  }

  /** All that is known, message included: `JSON.stringify` leaves out what an `Error` keeps to itself. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, source, nodeId, path, attempt, hint, fields, cause, errors } = this;
    const why = cause instanceof Error && !(cause instanceof FlowError) ? { name: cause.name, message: cause.message } : cause;
    return { name, code, message, source, nodeId, path, attempt, hint, fields, cause: why, errors };
  }

  /** A copy with more known about where it happened; what is already known stays. */
  located(where: Pick<FlowErrorDetails, 'source' | 'nodeId' | 'path' | 'attempt'>): FlowError {
    return withMore(this, {
      source: this.source ?? where.source,
      nodeId: this.nodeId ?? where.nodeId,
      path: this.path ?? where.path,
      attempt: this.attempt ?? where.attempt,
    });
  }

  /** A copy that carries further failures after those it has. */
  accompanied(errors: readonly FlowError[]): FlowError {
    if (errors.length === 0) return this;
    return withMore(this, { errors: [...this.errors, ...errors] });
  }

  /** A copy that says more, or less. */
  reworded(message: string): FlowError {
    return withMore(this, { message });
  }

  /** This failure and the further ones, each by itself. */
  separated(): readonly FlowError[] {
    return [withMore(this, { errors: [] }), ...this.errors];
  }

  /** A copy that says in which calls the code was that had to be ended: lines of a stack, also in `fields`. */
  seenIn(stack: string): FlowError {
    return withMore(this, { stack: `${this.name}: ${this.message}\n${stack}`, fields: { ...this.fields, stack } });
  }
}

/** No private method: a copy without secrets has the prototype of its original, but was never constructed. */
function withMore(error: FlowError, { message = error.message, ...more }: FlowErrorDetails & { message?: string }): FlowError {
  const { code, cause, source, nodeId, path, attempt, hint, errors, name, stack, fields } = error;
  const known = { cause, source, nodeId, path, attempt, hint, errors, name, stack, fields };
  return new FlowError(code, message, { ...known, ...more });
}

/** Thrown by `loadWorkflow` when a flow has faults. `faults` holds all of them, in file order. */
export class FlowValidationError extends FlowError {
  readonly faults: readonly FlowError[];

  constructor(file: string, faults: readonly FlowError[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    const first = faults[0];
    super('FLOW_INVALID', `${file} has ${count}${first ? `; the first: ${shorten(first.message)}` : ''}`, {
      source: first?.source,
      name: 'FlowValidationError',
    });
    this.faults = faults.map(shortened);
  }
}

const longestText = 1_000;

/** A file may hold names and values of megabytes, and every fault that quotes one would hold a copy. */
function shortened(fault: FlowError): FlowError {
  if (fault.message.length <= longestText && (fault.hint?.length ?? 0) <= longestText) return fault;
  const { code, source, nodeId, path, cause } = fault;
  const hint = fault.hint === undefined ? undefined : shorten(fault.hint);
  return new FlowError(code, shorten(fault.message), { source, nodeId, path, cause, hint });
}

/** Without its middle where it is long: what a message says about a name stands behind it. */
function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText / 2)} … ${text.slice(-longestText / 4)}`;
}
