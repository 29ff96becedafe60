import { readFile, stat } from 'node:fs/promises';
import { usableCores } from '../dispatch/usable-cores.js';

const widthOfFlow = /<workflow\b[^>]*?\bmaxConcurrency\s*=\s*["'](\d{1,4})["']/;
const widths = /\bmaxConcurrency\s*=\s*["'](\d{1,4})["']/g;
const block = /<(?:foreach|parallel)\b/;
/** With its text up to the next tag: a `>` may stand in an attribute, and what is read in the body. */
const node = /<(?:source|transform|sink):[^<]*/g;
const dependency = /\.output\b|\bafter\s*=/;

export interface GuessedWidth {
  /** Tasks at one time: what the flow or its widest block asks for, else the available parallelism. */
  readonly maxConcurrency: number;
  /** Threads to start before the flow has been read: one where nothing tells that others will be of use soon. */
  readonly threads: number;
}

/** What a flow will most likely need, by a look at its text. Right or wrong, nothing but the time to start depends on it. */
export async function guessWidth(file: string): Promise<GuessedWidth> {
  const text = await readRegular(file).catch(() => '');
  const own = widthOfFlow.exec(text)?.[1];
  const named = [...text.matchAll(widths)].map((match) => Number(match[1]));
  const maxConcurrency = Math.max(own === undefined ? usableCores() : 1, ...named);
  return { maxConcurrency, threads: block.test(text) || startsWide(text) ? maxConcurrency : 1 };
}

/** Whether several nodes seem to wait for no other. That some stand in a loop or a fallback, one after another, is not seen. */
function startsWide(text: string): boolean {
  const first = (text.match(node) ?? []).filter((tag) => !dependency.test(tag));
  return first.length > 1;
}

/** A pipe would be used up, or never end. */
async function readRegular(file: string): Promise<string> {
  return (await stat(file)).isFile() ? readFile(file, 'utf8') : '';
}
