import type { FlowEvent } from '../types/events.js';
import type { Write } from './output-streams.js';
import type { Paint } from './paint.js';
import { endLines, renderLog } from './plain-lines.js';
import { createProgress, recordEvent } from './progress.js';
import { renderProgress } from './render-progress.js';
import type { Reporter } from './reporter.js';

const framePeriodMs = 80;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
// A line that wraps would make the next frame clear too few rows; wide characters make widths a guess.
const wrapOff = '\x1b[?7l';
const wrapOn = '\x1b[?7h';

/** Redraws a few lines at the bottom of the terminal at most every 80 ms; logs scroll past above them. */
export function createLiveReporter(write: Write, paint: Paint, planned: Iterable<string>, columns: () => number): Reporter {
  const progress = createProgress(planned);
  let drawn: readonly string[] = [];
  let open = true;

  const erase = () => {
    if (drawn.length > 0) write(eraseLines(drawn.length));
    drawn = [];
  };
  const draw = () => {
    const lines = renderProgress(progress, Date.now(), columns() - 1, paint);
    if (lines.join('\n') === drawn.join('\n')) return;
    write(`${hideCursor}${eraseLines(drawn.length)}${wrapOff}${lines.join('\n')}\n${wrapOn}`);
    drawn = lines;
  };
  const print = (text: string) => {
    erase();
    write(text.endsWith('\n') ? text : `${text}\n`);
  };
  const timer = setInterval(draw, framePeriodMs).unref();
  const close = () => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    erase();
    write(showCursor);
  };
  // A process that ends in any other way must not leave a terminal without a cursor.
  process.once('exit', close);

  const onEvent = (event: FlowEvent) => {
    recordEvent(progress, event);
    if (event.type === 'log') print(renderLog(event, paint));
    if (event.type !== 'run.finished') return;
    close();
    print(endLines(event, progress, paint).join('\n'));
  };
  return { onEvent, onPrinted: print, note: print, close };
}

function eraseLines(count: number): string {
  return count === 0 ? '' : `\r\x1b[${count}A\x1b[0J`;
}
