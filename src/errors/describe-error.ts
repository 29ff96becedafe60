import type { FlowEvent } from '../types/events.js';
import { boundedFields } from './bounded-fields.js';
import { boundedText } from './bounded-text.js';
import { FlowError, FlowValidationError } from './flow-error.js';
import { assertWritable } from './written-values.js';

/** Deepest cause that is written out; a chain may be a ring. */
const longestChain = 10;

/**
 * An error as JSON data, very long texts and values cut and absent fields left out: `code`, `name`, `message`, `nodeId`, `path`, `source {file, line, column}`,
 * `attempt`, `hint`, `fields`, `cause`, `errors` (further failures of the block) and `faults` (of an invalid flow).
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: boundedText(String(error)) };
  const { code, cause } = error as Error & { readonly code?: unknown };
  return {
    ...(typeof code === 'string' ? { code } : {}),
    name: error.name,
    message: boundedText(error.message),
    ...(error instanceof FlowError ? describeFlowError(error, depth) : {}),
    ...(cause !== undefined && depth < longestChain ? { cause: describeError(cause, depth + 1) } : {}),
  };
}

function describeFlowError(error: FlowError, depth: number): Record<string, unknown> {
  const { nodeId, path, source, attempt, hint, fields, errors } = error;
  const list = (several: readonly FlowError[]) => several.map((one) => describeError(one, depth + 1));
  return {
    nodeId,
    path,
    source,
    attempt,
    hint: hint === undefined ? undefined : boundedText(hint),
    ...(Object.keys(fields).length > 0 ? { fields: boundedFields(fields) } : {}),
    ...(errors.length > 0 && depth < longestChain ? { errors: list(errors) } : {}),
    ...(error instanceof FlowValidationError ? { faults: list(error.faults) } : {}),
  };
}

/** An event as one line of JSON, without the line break. What user code may make as long as it likes is cut. */
export function renderEventAsJson(event: FlowEvent): string {
  if (event.type === 'log') return JSON.stringify({ ...event, message: boundedText(event.message) });
  if (!('error' in event) || event.error === undefined) return JSON.stringify(event);
  try {
    const error = describeError(event.error);
    assertWritable(error);
    return JSON.stringify({ ...event, error });
  } catch {
    // What user code put on its error is more than a text can hold.
    const { name, message } = event.error as Error;
    return JSON.stringify({ ...event, error: { name, message: boundedText(message) } });
  }
}
