import { longestList } from '../types/longest-list.js';

/** Longest typed array or buffer that is printed whole, in elements. */
const longestWhole = 64;
const previewLength = 10;
/** What is remembered of a value that many places refer to: a few are written out once, so that none of them takes time without end. */
const mostRemembered = 100_000;

/**
 * A flow's output as data that `JSON.stringify` keeps. What JSON has no form for becomes an object with `$type`:
 * `{"$type":"Date","value":…}`, `{"$type":"Map","entries":…}`, `{"$type":"Float64Array","length":…,"values":…}` (or a
 * `preview` of the first 10 elements when there are more than 64), and a value inside itself `{"$type":"Cycle"}`.
 * A list with holes beyond what V8 holds becomes `{"$type":"Array","length":…,"entries":…}`. A flow without an output gives `null`.
 */
export function describeOutput(output: unknown): unknown {
  return output === undefined ? null : describe(output, { ancestors: new Set(), remembered: new Map(), objects: 0 });
}

interface Walk {
  readonly ancestors: Set<object>;
  /** Descriptions of values that hold others. */
  readonly remembered: Map<object, unknown>;
  /** Described so far. */
  objects: number;
}

function describe(value: unknown, walk: Walk): unknown {
  if (typeof value === 'object' && value !== null) return describeWithin(value, walk);
  if (typeof value === 'number' && !Number.isFinite(value)) return { $type: 'number', value: String(value) };
  if (typeof value === 'bigint') return { $type: 'bigint', value: String(value) };
  if (typeof value === 'symbol' || typeof value === 'function' || value === undefined) return { $type: typeof value };
  return value;
}

function describeWithin(value: object, walk: Walk): unknown {
  const { ancestors, remembered } = walk;
  if (ancestors.has(value)) return { $type: 'Cycle' };
  const before = remembered.get(value);
  if (before !== undefined) return before;
  ancestors.add(value);
  const first = ++walk.objects;
  const described = describeObject(value, (child) => describe(child, walk));
  ancestors.delete(value);
  if (walk.objects > first && remembered.size < mostRemembered) remembered.set(value, described);
  return described;
}

type Describe = (child: unknown) => unknown;

function describeObject(value: object, inner: Describe): unknown {
  if (Array.isArray(value)) return describeList(value, inner);
  if (ArrayBuffer.isView(value)) return describeView(value, inner);
  if (value instanceof Map) return { $type: 'Map', entries: Array.from(value, ([key, entry]) => [inner(key), inner(entry)]) };
  if (value instanceof Set) return { $type: 'Set', values: Array.from(value, inner) };
  if (value instanceof Date) return { $type: 'Date', value: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (value instanceof RegExp) return { $type: 'RegExp', value: String(value) };
  if (value instanceof Error)
    return { $type: 'Error', name: value.name, message: value.message, ...describeFields(value, inner) };
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return describeBuffer(value);
  return describeFields(value, inner);
}

function describeList(list: readonly unknown[], inner: Describe): unknown {
  if (list.length <= longestList) return Array.from(list, inner);
  return { $type: 'Array', length: list.length, entries: Object.entries(list).map(([key, element]) => [key, inner(element)]) };
}

function describeFields(value: object, inner: Describe): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, field]) => [name, inner(field)] as const);
  // Object.fromEntries defines own properties, so that a field called __proto__ stays a field.
  return Object.fromEntries(entries);
}

function describeView(view: ArrayBufferView, inner: Describe): unknown {
  const $type = Object.prototype.toString.call(view).slice('[object '.length, -1);
  if (view instanceof DataView) return { $type, length: view.byteLength };
  const elements = view as unknown as ArrayLike<number | bigint>;
  return describeElements($type, elements, inner);
}

function describeBuffer(buffer: ArrayBuffer | SharedArrayBuffer): unknown {
  const $type = buffer instanceof ArrayBuffer ? 'ArrayBuffer' : 'SharedArrayBuffer';
  return describeElements($type, new Uint8Array(buffer), (byte) => byte);
}

function describeElements($type: string, elements: ArrayLike<number | bigint>, inner: Describe): unknown {
  const { length } = elements;
  if (length <= longestWhole) return { $type, length, values: Array.from(elements, inner) };
  return { $type, length, preview: Array.from({ length: previewLength }, (_, index) => inner(elements[index])) };
}
