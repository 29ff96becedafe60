import { Duration } from './exotic.js';
import { type Frame, fault, spendBuilding } from './frame.js';
import { writeJson } from './json.js';
import { kindOf, nameKind } from './kinds.js';
import { isNumber, printNumber } from './numbers.js';

/** The text of a string, number or boolean; `undefined` for other kinds, which no text holds by itself. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (isNumber(value)) return printNumber(value);
  return typeof value === 'boolean' ? String(value) : undefined;
}

/** A timestamp in ISO 8601, without a fraction of a second that is zero: `2024-05-01T00:00:00Z`. */
export function timestampText(frame: Frame, value: Date): string {
  if (Number.isNaN(value.getTime())) throw fault(frame, 'the timestamp is not a valid date');
  return value.toISOString().replace('.000Z', 'Z');
}

/**
 * What `{{ }}` puts into a text: scalars as they print, timestamps in ISO 8601, bytes as UTF-8, lists and maps as JSON.
 *
 * @throws a fault for null and for an absent optional
 */
export function interpolationText(frame: Frame, value: unknown, label: string): string {
  const scalar = scalarText(value);
  if (scalar !== undefined) return scalar;
  if (value instanceof Date) return timestampText(frame, value);
  if (value instanceof Duration) return value.toText();
  if (value instanceof Uint8Array) return decodeUtf8(frame, value);
  const kind = kindOf(value);
  if (kind === 'list' || kind === 'map') return writeJson(frame, value);
  const hint = `Give a default, as in {{ ${label} == null ? "" : ${label} }}, or ask with .? and orValue.`;
  throw fault(frame, `${label} is ${nameKind(kind)} and cannot be put into a text`, kind === 'null' ? hint : undefined);
}

/** Bytes read as UTF-8; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(frame: Frame, bytes: Uint8Array): string {
  spendBuilding(frame, bytes.length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Two texts after one another, paid for by their length. */
export function joinTexts(frame: Frame, left: string, right: string): string {
  spendBuilding(frame, left.length + right.length);
  return left + right;
}
