import { FlowError } from '../errors/flow-error.js';

/**
 * Refuses to work in a folder that was removed while a shell stood in it: every path is seen from there.
 * @throws FlowError CONFIG_INVALID
 */
export function assertWorkingFolder(): void {
  if (currentFolder() !== undefined) return;
  throw new FlowError('CONFIG_INVALID', 'The folder that the command was started in is not there any more', {
    hint: 'Somebody has removed or replaced it: change to a folder that is there, such as with cd "$PWD" or cd ~.',
  });
}

/** Undefined where it is not there any more. */
export function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
