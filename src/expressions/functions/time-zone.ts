import { type Frame, fault, quoted, spend } from '../frame.js';

/** A timestamp's calendar fields. Months count from 0, days of the month from 1. */
export interface TimeFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

/** The fields of a timestamp in a time zone: an IANA name or an offset such as `-05:30`. */
export function fieldsIn(frame: Frame, time: Date, zone: string | undefined): TimeFields {
  if (Number.isNaN(time.getTime())) throw fault(frame, 'the timestamp is not a valid date');
  return utcFields(zone === undefined ? time : new Date(time.getTime() + offsetMinutes(frame, time, zone) * 60_000));
}

function utcFields(time: Date): TimeFields {
  return {
    year: time.getUTCFullYear(),
    month: time.getUTCMonth(),
    day: time.getUTCDate(),
    hours: time.getUTCHours(),
    minutes: time.getUTCMinutes(),
    seconds: time.getUTCSeconds(),
    milliseconds: time.getUTCMilliseconds(),
  };
}

const offsetPattern = /^([+-]?)(\d{1,2}):(\d\d)$/;

// A formatter costs tens of microseconds to make, hundreds of steps of ordinary work.
const FORMATTER_STEPS = 2000;

function offsetMinutes(frame: Frame, time: Date, zone: string): number {
  const offset = offsetPattern.exec(zone);
  if (offset !== null) return (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  spend(frame, FORMATTER_STEPS);
  return namedOffset(frame, time, zone);
}

function namedOffset(frame: Frame, time: Date, zone: string): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    const [, sign, hours, minutes] = /([+-])(\d+):?(\d+)?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  } catch {
    throw fault(
      frame,
      `there is no time zone ${quoted(frame, zone)}`,
      'Write an IANA name such as Europe/Berlin, or an offset such as +02:00.',
    );
  }
}
