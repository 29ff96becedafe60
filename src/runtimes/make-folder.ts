import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those around it. Node's own `recursive` never comes back where a folder cannot be made for ENOENT, as in /proc.
 * @throws the system's error when it cannot be made
 */
export function makeFolder(folder: string): void {
  const refused = tryToMake(folder);
  if (refused === undefined) return;
  if (refused.code !== 'ENOENT' || dirname(folder) === folder) throw refused;
  makeFolder(dirname(folder));
  // Another process may have made it in the meantime.
  const still = tryToMake(folder);
  if (still !== undefined) throw still;
}

/** Why it is not there now. */
function tryToMake(folder: string): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(folder);
    return undefined;
  } catch (error) {
    const refused = error as NodeJS.ErrnoException;
    return refused.code === 'EEXIST' ? undefined : refused;
  }
}
