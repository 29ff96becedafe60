import { readFile, stat } from 'node:fs/promises';
import { usableCores } from '../dispatch/usable-cores.js';

const widthOfFlow = /<workflow\b[^>]*?\bmaxConcurrency\s*=\s*["'](\d{1,4})["']/;
const widths = /\bmaxConcurrency\s*=\s*["'](\d{1,4})["']/g;

/**
 * How many tasks a flow will most likely run at one time, by a look at its text: what it or its widest block asks for, else the
 * available parallelism. Right or wrong, nothing but the time to start depends on it.
 */
export async function guessWidth(file: string): Promise<number> {
  const text = await readRegular(file).catch(() => '');
  const own = widthOfFlow.exec(text)?.[1];
  const named = [...text.matchAll(widths)].map((match) => Number(match[1]));
  return Math.max(own === undefined ? usableCores() : 1, ...named);
}

/** A pipe would be used up, or never end. */
async function readRegular(file: string): Promise<string> {
  return (await stat(file)).isFile() ? readFile(file, 'utf8') : '';
}
