import { FlowError } from '../errors/flow-error.js';

/**
 * Memory for a copy, which `make` asks for.
 * @throws FlowError VALUE_NOT_CLONEABLE where Node has no buffer of that size, or the machine not so much memory
 */
export function reserve<Memory>(bytes: number, make: () => Memory): Memory {
  try {
    return make();
  } catch (cause) {
    throw new FlowError('VALUE_NOT_CLONEABLE', `There is no memory for a copy of ${inGiB(bytes)}`, { cause, hint: tooLargeHint });
  }
}

export const tooLargeHint =
  'Pass it in parts, or leave it in a file and pass its path; a module that neither writes to it nor keeps it can declare `readonly` and `handsOver`, which spares the copy.';

export function inGiB(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 0.1 ? `${gib.toFixed(1)} GiB` : `${bytes} bytes`;
}
