import { type Frame, fault, spend } from './frame.js';
import { isReadable, isTypedArray, kindOf, nameKind } from './kinds.js';

/** The elements of a list, set or typed array, or the keys of a map, in their order; `undefined` for anything else. */
export function elementsOf(frame: Frame, value: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(value) || isTypedArray(value)) return value;
  const kind = kindOf(value);
  if (kind !== 'list' && kind !== 'map') return undefined;
  if (value instanceof Set || value instanceof Map) {
    spend(frame, value.size);
    return [...value.keys()];
  }
  const keys = Object.keys(value as object);
  spend(frame, keys.length);
  return keys;
}

/** An element as an expression sees it: holes and `undefined` are null, as JSON has it. */
export function readElement(frame: Frame, value: unknown): unknown {
  if (value === undefined) return null;
  if (isReadable(value)) return value;
  throw fault(frame, `a list holds a ${typeof value}, which no expression may read`);
}

/** What a macro walks over. `label` names it in the message. */
export function iterable(frame: Frame, value: unknown, label: string): ArrayLike<unknown> {
  const elements = elementsOf(frame, value);
  if (elements !== undefined) return elements;
  throw fault(frame, `${label} is ${nameKind(kindOf(value))}; a list or a map was expected`);
}

/** A plain array of the elements of any list. */
export function toArray(frame: Frame, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const elements = value instanceof Set || isTypedArray(value) ? Array.from(value as ArrayLike<unknown>) : [];
  spend(frame, elements.length);
  return elements;
}
