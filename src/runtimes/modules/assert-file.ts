import { stat } from 'node:fs/promises';
import { FlowError } from '../../errors/flow-error.js';
import { suggestFile } from '../near-file.js';

/** @throws FlowError MODULE_NOT_FOUND, with the nearest name beside it */
export async function assertFile(file: string, src: string, flowDirectory: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return;
  const what = found === undefined ? 'There is no file' : 'Expected a file, got a folder:';
  throw new FlowError('MODULE_NOT_FOUND', `${what} "${src}" in ${flowDirectory} (looked for ${file}).`, {
    hint: (await suggestFile(file)) ?? (isPackageName(src) ? packageHint : `\`src\` is relative to the flow file's folder.`),
  });
}

const packageHint = "`src` names a file, relative to the flow file's folder. To call a package, write a module that imports it.";

/** Whether it may have been meant for one: no path, and without an extension. */
function isPackageName(src: string): boolean {
  return /^(@[\w.-]+\/)?[\w-]+$/.test(src);
}
