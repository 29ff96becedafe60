import { types } from 'node:util';
import { longestList } from '../types/longest-list.js';

/** Levels of nesting below `root`: 0 for a primitive or an empty object. */
export function nestingDepth(root: unknown): number {
  const seen = new Set<unknown>();
  const open: { readonly members: Iterator<unknown> }[] = [{ members: [root].values() }];
  let deepest = 0;
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const { value, done } = last.members.next();
    if (done) open.pop();
    else deepest = Math.max(deepest, open.length - 1);
    if (done || typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    open.push({ members: membersOf(value) });
  }
  return deepest;
}

function membersOf(value: object): Iterator<unknown> {
  if (Array.isArray(value) && value.length <= longestList) return value.values();
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return [].values();
  if (types.isMap(value)) return [...value].flat().values();
  if (types.isSet(value)) return value.values();
  return Object.values(types.isNativeError(value) ? { ...value, cause: value.cause } : value).values();
}
