import { renderEventAsJson } from '../errors/describe-error.js';
import type { FlowEvent } from '../types/events.js';
import type { Write } from './output-streams.js';
import type { Paint } from './paint.js';
import { createPlainLog, plainLines, renderLog } from './plain-lines.js';

/** Tells of a run on stderr while it goes on. */
export interface Reporter {
  onEvent(event: FlowEvent): void;
  /** What a module printed by itself. */
  onPrinted(text: string): void;
  /** A line of the command's own, such as the answer to Ctrl-C. */
  note(line: string): void;
  /** Leaves the terminal as it was found. Safe to call twice. */
  close(): void;
}

/** Lines, for logs and pipes. */
export function createPlainReporter(write: Write, paint: Paint, planned: Iterable<string>): Reporter {
  const log = createPlainLog(planned);
  const note = (line: string) => write(`${line}\n`);
  return { onEvent: (event) => plainLines(log, event, paint).forEach(note), onPrinted: write, note, close: nothing };
}

/** Only what a module itself says: its warnings and what it printed. */
export function createQuietReporter(write: Write, paint: Paint): Reporter {
  const note = (line: string) => write(`${line}\n`);
  const onEvent = (event: FlowEvent) => {
    if (event.type === 'log' && (event.level === 'warn' || event.level === 'error')) note(renderLog(event, paint));
  };
  return { onEvent, onPrinted: write, note, close: nothing };
}

/** Every event as a line of JSON; what modules print becomes `{"type":"printed","text":…}`, so that every line stays JSON. */
export function createJsonReporter(write: Write): Reporter {
  const line = (data: unknown) => write(`${JSON.stringify(data)}\n`);
  return {
    onEvent: (event) => write(`${renderEventAsJson(event)}\n`),
    onPrinted: (text) => line({ type: 'printed', text }),
    note: (message) => line({ type: 'note', message }),
    close: nothing,
  };
}

/** For people who did not ask for the details of a module. */
export function withoutDebug(reporter: Reporter): Reporter {
  const onEvent = (event: FlowEvent) => {
    if (event.type !== 'log' || event.level !== 'debug') reporter.onEvent(event);
  };
  return { ...reporter, onEvent };
}

function nothing(): void {}
