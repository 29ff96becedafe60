import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { hashValue } from './hash-value.js';

/**
 * Of what is in a file; JSON counts by its value, the order of keys included.
 * @throws the system's error when the file cannot be read
 */
export async function hashDataFile(path: string): Promise<string> {
  return hashData(await readFile(path), path);
}

/** The same of bytes that were read already. */
export function hashData(bytes: Uint8Array, path: string): string {
  if (extname(path) !== '.json') return hash('sha256', bytes);
  try {
    return hashValue(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return hash('sha256', bytes);
  }
}
