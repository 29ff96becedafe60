import type { FlowError } from '../errors/flow-error.js';
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

/** A node's result as expressions see it; a node that has not run counts as cancelled. */
export function viewNode(state: ExecutionState, id: string): Record<string, unknown> {
  const result = state.nodeResults.get(id);
  return result ? viewResult(result) : { output: null, status: 'cancelled', error: null, durationMs: 0, failures: [] };
}

function viewResult(result: NodeResult): Record<string, unknown> {
  return {
    output: result.output === undefined ? null : result.output,
    status: result.status,
    error: result.error ? viewError(result.error) : null,
    durationMs: result.durationMs,
    // Thousands may have failed, and hardly anybody asks.
    get failures() {
      return (result.failures ?? []).map(({ index, error }) => ({ ...viewError(error), index }));
    },
  };
}
