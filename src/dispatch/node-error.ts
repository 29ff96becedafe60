import { FlowError, type FlowErrorDetails } from '../errors/flow-error.js';
import { nodeName } from '../errors/node-name.js';
import { decodeError, encodeError, type WireError } from '../errors/wire.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import type { WorkNode } from '../types/ast.js';
import { loadLimitMs } from './load-limit.js';

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
    hint: hintFor(wire),
  });
}

function hintFor({ kind, code }: WireError): string | undefined {
  if (kind === 'value') return 'Throw an Error: it carries a stack that says where it came from.';
  if (code === 'ERR_WORKER_UNSUPPORTED_OPERATION')
    return 'It concerns the whole process, and the code of a node runs in a thread: let it throw an Error instead.';
  return code === undefined
    ? 'The code of the node threw it: mend it there. With a `code` of its own a <retry> can tell it apart.'
    : undefined;
}

/** What the code of an attempt did when its time was up. */
export interface LastSeen {
  /** Lines of a stack, where its thread had to be ended and could say where it was. */
  readonly stack?: string | undefined;
  /** It had yielded and waited for something that did not come. */
  readonly isWaiting?: boolean | undefined;
  /** Its function had not begun: its module was still being loaded. */
  readonly isLoading?: boolean | undefined;
}

export function timeoutError(node: WorkNode, attempt: number, { stack, isWaiting, isLoading }: LastSeen = {}): FlowError {
  const waiting = isWaiting ? '; it was waiting' : '';
  const message = isLoading
    ? `${nodeName(node.id)} was still loading ${node.settings['src']} after ${loadLimitMs(node.timeoutMs ?? 0)} ms${waiting}`
    : `${nodeName(node.id)} took longer than its timeout of ${node.timeoutMs} ms${waiting}`;
  const hint = isLoading ? loadingHint : hintOf(node.type, stack, isWaiting);
  const error = new FlowError('NODE_TIMEOUT', message, { nodeId: node.id, attempt, source: node.at, hint });
  return stack === undefined ? error : error.seenIn(stack);
}

const loadingHint =
  'Code at the top of a module runs when it is loaded: let that end, or move it into the function. A `timeout` above 10 s is also how long loading may take.';

function hintOf(type: string, stack: string | undefined, isWaiting: boolean | undefined): string {
  const cure =
    cures[type] ?? (builtInTypes.has(type) ? 'Raise its `timeout`, or give it less to do: fewer or smaller values.' : undefined);
  if (cure !== undefined) return cure;
  if (isWaiting)
    return 'A promise it awaits did not settle: pass `context.signal` on to what it waits for, or raise its `timeout`.';
  const start = 'Raise its `timeout`, or give it less to do; ';
  return stack === undefined
    ? `${start}\`context.signal\` tells a function that its time is up.`
    : `${start}a loop can ask \`context.isCancelled()\` whether its time is up.`;
}

const slowServer = 'The server did not answer in time: raise its `timeout`, or let a `<retry>` ask again.';
const slowFile = 'Raise its `timeout`; a pipe that nobody writes to or reads, or a slow disk, holds it up.';

/** Of built-in types that wait for somebody else: nothing in the flow listens to a signal there. */
const cures: Readonly<Record<string, string>> = {
  'source:http': slowServer,
  'sink:http': slowServer,
  'source:file': slowFile,
  'sink:file': slowFile,
};

export function cancelledError(where: Where, { stack }: LastSeen = {}): FlowError {
  const error = new FlowError('RUN_CANCELLED', `${nodeName(where.nodeId ?? '')} was cancelled`, where);
  return stack === undefined ? error : error.seenIn(stack);
}
