import { describeValue } from '../errors/describe-value.js';
import { FlowError } from '../errors/flow-error.js';
import { assertWritable } from '../errors/written-values.js';
import { longestList } from '../types/longest-list.js';

/** A list a built-in node can walk: plain, or a typed array. */
export type List = ArrayLike<unknown> & Iterable<unknown>;

/** At the top level a node without `input` gets the input of the flow, which most flows are run without. */
const missingHint =
  'Name the value it works on, such as input="list.output"; without `input` it gets the one of the flow or block.';

/** True for arrays and typed arrays. */
export function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/**
 * The input as a list.
 * @throws FlowError NODE_INPUT_INVALID when it is anything but an array or a typed array, or is longer than any list of values
 */
export function requireList(input: unknown, nodeType: string): List {
  if (isList(input)) return shortEnough(input, `The input of ${nodeType}`);
  throw invalidInput(nodeType, 'a list', input, listHint(input));
}

/**
 * The list again, `what` being what it is.
 * @throws FlowError NODE_INPUT_INVALID when no list can be made of its elements
 */
export function shortEnough(list: List, what: string): List {
  if (list.length <= longestList) return list;
  throw new FlowError(
    'NODE_INPUT_INVALID',
    `${what} is ${describeValue(list)}; element by element a list is read up to ${longestList}.`,
    { hint: 'Cut it into parts first, or work on it as a whole in a <transform:module>. Is it a list with nothing but holes?' },
  );
}

/**
 * The input as bytes or text.
 * @throws FlowError NODE_INPUT_INVALID
 */
export function requireTextOrBytes(input: unknown, nodeType: string): string | Uint8Array {
  if (typeof input === 'string') return input;
  const bytes = asBytes(input);
  if (bytes !== undefined) return bytes;
  throw invalidInput(nodeType, 'text or bytes', input, 'Turn the value into text first, with <transform:stringify>.');
}

/**
 * The input as bytes.
 * @throws FlowError NODE_INPUT_INVALID
 */
export function requireBytes(input: unknown, nodeType: string): Uint8Array {
  const bytes = asBytes(input);
  if (bytes !== undefined) return bytes;
  throw invalidInput(nodeType, 'bytes', input, 'Read the file with format="binary", or fetch it with format="binary".');
}

/** A view of the same memory as bytes, or `undefined` for what is no binary value. */
export function asBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

/** The error for an input of the wrong kind, saying what was expected and what came. */
export function invalidInput(nodeType: string, expected: string, input: unknown, hint?: string): FlowError {
  return new FlowError('NODE_INPUT_INVALID', `${nodeType} expects ${expected} as input, got ${describeValue(input)}.`, {
    hint: input === null || input === undefined ? missingHint : hint,
  });
}

/**
 * An evaluated setting that must be text; numbers and booleans are written out.
 * @throws FlowError FLOW_SETTING_INVALID
 */
export function requireText(value: unknown, nodeType: string, setting: string): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new FlowError(
    'FLOW_SETTING_INVALID',
    `\`${setting}\` of ${nodeType} must come out as text, got ${describeValue(value)}.`,
    {
      hint: `Check the expression inside \`${setting}\`.`,
    },
  );
}

/** Any value as text to show: text as it is, everything else as JSON where that exists. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  try {
    assertWritable(value);
    return JSON.stringify(value) ?? String(value);
  } catch {
    return describeValue(value);
  }
}

function listHint(input: unknown): string | undefined {
  if (typeof input === 'string')
    return 'Turn the text into a list first, with <transform:parse>, or read the file with another `format`.';
  if (typeof input === 'object' && input !== null) return 'Name the list inside it in `input`, such as input="api.output.rows".';
  return undefined;
}
