import { FlowError } from '../errors/flow-error.js';
import { hintOf, readWhole, reasonOf } from '../runtimes/files.js';

/**
 * The text of a file that the command line names. `what` is what messages call it, such as `stub file`.
 * @throws FlowError CONFIG_INVALID when it cannot be read
 */
export async function readGivenFile(file: string, what: string, hint: string): Promise<string> {
  if (file === '') throw new FlowError('CONFIG_INVALID', `The path of the ${what} is empty`, { hint });
  try {
    return (await readWhole(file)).toString('utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const message = `The ${what} ${file} cannot be read: ${reasonOf(error)}.`;
    throw new FlowError('CONFIG_INVALID', message, { hint: hintOf(error) ?? hint });
  }
}
