/** Changes everything that can be reached and changed. */
export function scribble(value, seen = new Set()) {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map || value instanceof Set) {
    for (const member of value.values()) scribble(member, seen);
    value.clear();
  } else if (value instanceof Date) value.setTime(0);
  else if (ArrayBuffer.isView(value)) new Uint8Array(value.buffer).fill(7);
  else {
    for (const key of Object.keys(value)) scribble(value[key], seen);
    Reflect.set(value, 'scribbled', true);
    if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0;
  }
}
