import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those around it. Node's own `recursive` never comes back where a folder cannot be made for ENOENT, as in /proc.
 * @throws the system's error when it cannot be made
 */
export function makeFolder(folder: string): void {
  const code = tryToMake(folder);
  if (code !== 'ENOENT' || dirname(folder) === folder) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Why it was not made, where that can be mended. */
function tryToMake(folder: string): 'ENOENT' | undefined {
  try {
    mkdirSync(folder);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return code;
    if (code === 'EEXIST') return undefined;
    throw error;
  }
}
