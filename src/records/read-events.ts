import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { asEvent, type RecordedEvent } from './record-shapes.js';

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
    return asEvent(JSON.parse(line));
  } catch {
    return undefined;
  }
}
