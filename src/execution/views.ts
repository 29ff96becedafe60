import type { FlowError } from '../errors/flow-error.js';
import { heldOutput } from '../state/index.js';
import type { ExecutionState, NodeResult } from '../types/state.js';

/** An error as expressions see it. */
export function viewError(error: FlowError): Record<string, unknown> {
  return {
    ...error.fields,
    code: error.code,
    name: error.name,
    message: error.message,
    nodeId: error.nodeId ?? null,
    attempt: error.attempt ?? 1,
    cause: viewCause(error.cause),
  };
}

function viewCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause === undefined ? null : String(cause);
  const { code } = cause as { code?: unknown };
  return { name: cause.name, message: cause.message, code: typeof code === 'string' ? code : null };
}

/**
 * A node's result as expressions see it, but for its output, which is a snapshot where it is held as one; a node that
 * has not run counts as cancelled.
 */
export function viewNode(state: ExecutionState, id: string): Record<string, unknown> {
  const result = state.nodeResults.get(id);
  return result ? viewResult(result) : { output: null, status: 'cancelled', error: null, durationMs: 0, failures: [] };
}

function viewResult(result: NodeResult): Record<string, unknown> {
  return {
    output: heldOutput(result) ?? null,
    status: result.status,
    error: result.error ? viewError(result.error) : null,
    durationMs: result.durationMs,
    // Thousands may have failed, and hardly anybody asks.
    get failures() {
      return (result.failures ?? []).map(({ index, error }) => ({ ...viewError(error), index }));
    },
  };
}
