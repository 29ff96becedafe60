import { FlowError, type FlowErrorDetails } from '../errors/flow-error.js';
import { decodeError, encodeError } from '../errors/wire.js';
import type { WorkNode } from '../types/ast.js';

type Where = Pick<FlowErrorDetails, 'nodeId' | 'attempt' | 'source'>;

/** What user code threw, as the error of its node: its own code is kept, without one it is `NODE_FAILED`. */
export function nodeError(thrown: unknown, where: Where): FlowError {
  if (thrown instanceof FlowError) return thrown.located(where);
  const wire = encodeError(thrown);
  const error = decodeError({ ...wire, kind: 'flow', errors: [], code: wire.code ?? 'NODE_FAILED' }) as FlowError;
  const members = wire.errors.map((member) => nodeError(decodeError(member), where));
  return new FlowError(error.code, error.message, {
    ...where,
    name: error.name,
    stack: error.stack,
    fields: error.fields,
    cause: error.cause,
    errors: members,
    hint: wire.kind === 'value' ? 'Throw an Error: it carries a stack that says where it came from.' : undefined,
  });
}

export function timeoutError(node: WorkNode, attempt: number): FlowError {
  return new FlowError('NODE_TIMEOUT', `"${node.id}" took longer than its timeout of ${node.timeoutMs} ms`, {
    nodeId: node.id,
    attempt,
    source: node.at,
    hint: 'Raise its `timeout`, or give it less to do; `context.signal` tells a function that its time is up.',
  });
}

export function cancelledError(where: Where): FlowError {
  return new FlowError('RUN_CANCELLED', `"${where.nodeId}" was cancelled`, where);
}
