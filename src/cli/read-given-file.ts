import { readFile } from 'node:fs/promises';
import { FlowError } from '../errors/flow-error.js';
import { reasonOf } from '../runtimes/files.js';

/**
 * The text of a file that the command line names. `what` is what messages call it, such as `stub file`.
 * @throws FlowError CONFIG_INVALID when it cannot be read
 */
export async function readGivenFile(file: string, what: string, hint: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw new FlowError('CONFIG_INVALID', `The ${what} ${file} cannot be read: ${reasonOf(error)}.`, { hint });
  }
}
