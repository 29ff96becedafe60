import { Duration } from '../exotic.js';
import { type Frame, fault, quoted, spend } from '../frame.js';
import { define, type FunctionSpec } from './define.js';
import { fieldsIn, type TimeFields } from './time-zone.js';

/** Timestamps and durations. Accessors of a timestamp take an optional time zone (`Europe/Berlin`, `+02:00`); without one, UTC. */
export const timeFunctions: readonly FunctionSpec[] = [
  define('timestamp', 'function', ['convertible'], 'timestamp', toTimestamp),
  define('duration', 'function', ['convertible'], 'duration', toDuration),
  accessor('getFullYear', (fields) => fields.year),
  accessor('getMonth', (fields) => fields.month),
  accessor('getDate', (fields) => fields.day),
  accessor('getDayOfMonth', (fields) => fields.day - 1),
  accessor('getDayOfWeek', (fields) => new Date(Date.UTC(fields.year, fields.month, fields.day)).getUTCDay()),
  accessor(
    'getDayOfYear',
    (fields) => (Date.UTC(fields.year, fields.month, fields.day) - Date.UTC(fields.year, 0, 1)) / 86_400_000,
  ),
  timeAccessor('getHours', (fields) => fields.hours, 3_600_000),
  timeAccessor('getMinutes', (fields) => fields.minutes, 60_000),
  timeAccessor('getSeconds', (fields) => fields.seconds, 1000),
  timeAccessor('getMilliseconds', (fields) => fields.milliseconds, 1),
];

function accessor(name: string, read: (fields: TimeFields) => number): FunctionSpec {
  return define(name, 'method', ['timestamp', 'string?'], 'number', (frame, time, zone) => read(fieldsIn(frame, time, zone)));
}

/** On a timestamp a field of it; on a duration the whole of it in that unit. */
function timeAccessor(name: string, read: (fields: TimeFields) => number, unit: number): FunctionSpec {
  return define(name, 'method', ['time or duration', 'string?'], 'number', (frame, time, zone) => {
    if (time instanceof Duration) return Math.trunc(time.milliseconds / unit);
    return read(fieldsIn(frame, time, zone));
  });
}

const isoPattern = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

function toTimestamp(frame: Frame, value: unknown): Date {
  if (value instanceof Date) return value;
  if (typeof value === 'string') return parseTimestamp(frame, value);
  const time = new Date(typeof value === 'number' || typeof value === 'bigint' ? Number(value) * 1000 : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw fault(frame, 'timestamp() takes ISO 8601 text or seconds since 1970', 'Milliseconds: timestamp(ms / 1000).');
}

function parseTimestamp(frame: Frame, text: string): Date {
  const time = new Date(isoPattern.test(text) ? text : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw fault(frame, `timestamp() cannot read ${quoted(frame, text)}`, 'Write it in ISO 8601 with a zone: 2024-05-01T12:00:00Z.');
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000001,
};

function toDuration(frame: Frame, value: unknown): Duration {
  if (value instanceof Duration) return value;
  if (typeof value === 'number' || typeof value === 'bigint') return new Duration(Number(value) * 1000);
  if (typeof value === 'string' && /^[+-]?(\d*\.?\d*(ms|us|µs|ns|d|h|m|s))+$/.test(value.slice(0, 100)))
    return parseDuration(frame, value);
  const found = typeof value === 'string' ? quoted(frame, value) : 'this';
  throw fault(frame, `duration() cannot read ${found}`, 'Write numbers with units, as in 1h30m, 45s or 500ms.');
}

function parseDuration(frame: Frame, text: string): Duration {
  spend(frame, text.length);
  let milliseconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d*\.?\d*)(ms|us|µs|ns|d|h|m|s)/g)) {
    if (amount === undefined || amount === '' || amount === '.')
      throw fault(frame, `duration() cannot read ${quoted(frame, text)}`);
    milliseconds += Number(amount) * (unitMilliseconds[unit ?? ''] ?? 0);
  }
  return new Duration(text.startsWith('-') ? -milliseconds : milliseconds);
}
