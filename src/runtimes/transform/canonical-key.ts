/**
 * Text that is equal for deeply equal values and different for others: `1` and `"1"` differ, the order of an object's names does not matter,
 * dates, maps and sets count by their content.
 */
export function canonicalKey(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '0' : String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalKey).join()}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Map) return `Map(${canonicalKey([...value])})`;
  if (value instanceof Set) return `Set(${canonicalKey([...value])})`;
  const tag = ArrayBuffer.isView(value) ? Object.prototype.toString.call(value) : '';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${tag}{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalKey(field)}`).join()}}`;
}
