import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { FlowEvent } from '../types/events.js';

/** An event as it was written down: errors are plain data. */
export type RecordedEvent = FlowEvent extends infer Event
  ? Event extends FlowEvent
    ? Omit<Event, 'error'> & { readonly error?: RecordedError }
    : never
  : never;

/** What `describeError` gives, as far as it is shown. */
export interface RecordedError {
  readonly code?: string;
  readonly message: string;
  readonly nodeId?: string;
  readonly path?: string;
  readonly hint?: string;
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
}

/** The events of a recorded run, in order. A line that is damaged is passed over. */
export async function* readEvents(file: string): AsyncGenerator<RecordedEvent> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const event = parse(line);
    if (event !== undefined) yield event;
  }
}

function parse(line: string): RecordedEvent | undefined {
  try {
    return JSON.parse(line) as RecordedEvent;
  } catch {
    return undefined;
  }
}
