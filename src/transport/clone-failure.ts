import { FlowError } from '../errors/flow-error.js';
import { nestingDepth } from '../errors/nesting-depth.js';
import { type CloneFault, findCloneFault, findPart, largestPart } from './clonability.js';
import { inGiB, tooLargeHint } from './reserve.js';
import { maxDepth } from './survey.js';

/** What V8 asks its host to write, and that is no buffer: a `Blob`, a `MessagePort`. */
export class PartRefused extends Error {
  readonly part: object;

  constructor(part: object) {
    super('it could not be cloned');
    this.part = part;
  }
}

const hint = 'Return and pass plain data: objects, arrays, Map, Set, Date, typed arrays, strings, numbers.';

/** Why a value could not be written, and which part of it is to blame. */
export function notCloneable(value: unknown, thrown: unknown): FlowError {
  if (thrown instanceof FlowError) return thrown;
  if (isOfStack(thrown)) return tooDeepToCopy(nestingDepth(value));
  const fault = faultIn(value, thrown);
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  if (fault === undefined && isOfSize(value, thrown)) return tooLarge(value, thrown);
  const message = fault ? `${fault.path} ${fault.what}` : `$ cannot be copied: ${reason}`;
  return new FlowError('VALUE_NOT_CLONEABLE', `${message}; it cannot cross between threads`, { hint, cause: thrown });
}

/** @throws FlowError VALUE_NOT_CLONEABLE for a value that is nested deeper than what every thread can follow, with so many levels to spare */
export function assertShallow(value: unknown, spare: number): void {
  const depth = nestingDepth(value);
  if (depth <= maxDepth + spare) return;
  throw tooDeepToCopy(depth);
}

/** Looking may fail as copying did, at a getter that throws. */
function look<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

function faultIn(value: unknown, thrown: unknown): CloneFault | undefined {
  return look(() => (thrown instanceof PartRefused ? findPart(value, thrown.part) : findCloneFault(value)));
}

function largestIn(value: unknown): ReturnType<typeof largestPart> {
  return look(() => largestPart(value));
}

function isOfStack(thrown: unknown): boolean {
  return thrown instanceof RangeError && thrown.message.includes('call stack');
}

/** V8 says of too large a buffer just that it could not be cloned, Node that it has none so large. */
function isOfSize(value: unknown, thrown: unknown): boolean {
  if (thrown instanceof RangeError || (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE'))
    return true;
  return (largestIn(value)?.bytes ?? 0) >= suspiciousBytes;
}

/** A part below this is no reason not to be copied. */
const suspiciousBytes = 2 ** 30;

function tooLarge(value: unknown, cause: unknown): FlowError {
  const largest = largestIn(value);
  const where = largest && `; the largest part of it is ${largest.path}, ${largest.what} of ${inGiB(largest.bytes)}`;
  return new FlowError('VALUE_NOT_CLONEABLE', `$ is too large to be copied${where ?? ''}; it cannot cross between threads`, {
    cause,
    hint: tooLargeHint,
  });
}

/** Why what was written could not be read back. */
export function notReadable(thrown: unknown): FlowError {
  if (thrown instanceof FlowError) return thrown;
  if (isOfStack(thrown)) return tooDeep('$ is nested too deep (beyond about 1,500 levels) to be read back');
  return new FlowError('VALUE_NOT_CLONEABLE', '$ cannot be read back', { cause: thrown });
}

function tooDeepToCopy(depth: number): FlowError {
  return tooDeep(`$ is nested ${depth} levels deep, which is too deep to copy: ${maxDepth} are the most`);
}

/** That a stack of ours was full tells nobody anything. */
function tooDeep(message: string): FlowError {
  return new FlowError('VALUE_NOT_CLONEABLE', message, {
    hint: 'Flatten it: keep a list of nodes with ids instead of nesting them.',
  });
}
