import { FlowError } from '../../errors/flow-error.js';

/** Nested deeper, or with more parts, a value is no key: it may refer to itself, or to one part over and over. */
const mostLevels = 100;
const mostParts = 1_000_000;

/**
 * Text that is equal for deeply equal values and different for others: `1` and `"1"` differ, the order of an object's names does not matter,
 * dates, maps and sets count by their content.
 * @throws FlowError NODE_INPUT_INVALID for a value that refers to itself or is very large
 */
export function canonicalKey(value: unknown): string {
  return new KeyWriter().write(value, 0);
}

class KeyWriter {
  #parts = 0;

  write(value: unknown, level: number): string {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '0' : String(value);
    this.#parts += 1;
    if (level > mostLevels || this.#parts > mostParts) throw unbounded();
    if (Array.isArray(value)) return this.#list(value, level + 1);
    if (value instanceof Date) return `Date(${value.getTime()})`;
    if (value instanceof Map) return `Map(${this.#list([...value], level + 1)})`;
    if (value instanceof Set) return `Set(${this.#list([...value], level + 1)})`;
    return this.#fields(value, level + 1);
  }

  #list(list: readonly unknown[], level: number): string {
    if (list.length > mostParts) throw unbounded();
    return `[${list.map((element) => this.write(element, level)).join()}]`;
  }

  #fields(value: object, level: number): string {
    const tag = ArrayBuffer.isView(value) ? Object.prototype.toString.call(value) : '';
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${tag}{${fields.map(([name, field]) => `${JSON.stringify(name)}:${this.write(field, level)}`).join()}}`;
  }
}

/** The error for a value without end. */
export function unbounded(): FlowError {
  return new FlowError(
    'NODE_INPUT_INVALID',
    'A value cannot be compared: it refers to itself, is nested too deep or is very large.',
    {
      hint: 'Choose a field of it as `key`, such as key="item.id".',
    },
  );
}
