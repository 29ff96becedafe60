import { fstatSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeOutput } from '../errors/describe-output.js';
import { FlowError } from '../errors/flow-error.js';
import { assertWritable } from '../errors/written-values.js';
import { hintOf, reasonOf } from '../runtimes/files.js';
import { findPlace } from '../runtimes/place.js';
import { writeToPlace } from '../runtimes/write-file.js';

/**
 * Refuses an output path that cannot work, so that no long run ends without its result.
 * `source` is the file that is read, which a slip must not cost.
 * @throws FlowError CONFIG_INVALID
 */
export async function checkOutputFile(file: string, source: string, option = '--output'): Promise<void> {
  if (file === '')
    throw new FlowError('CONFIG_INVALID', `${option} is empty`, { hint: 'Give the path of a file, or leave it out.' });
  const folder = dirname((await findPlace(file)).path);
  const [inFolder, itself] = await Promise.all([folder, file].map((path) => stat(path).catch(() => undefined)));
  if (itself?.isDirectory()) throw new FlowError('CONFIG_INVALID', `${option} expects a file, ${file} is a folder`);
  if (itself?.isFile() && (await isSameFile(itself, source))) {
    throw new FlowError('CONFIG_INVALID', `${option} leads to ${source} itself, which it would overwrite`, {
      hint: 'Name another file.',
    });
  }
  if (!inFolder?.isDirectory()) {
    throw new FlowError('CONFIG_INVALID', `${option} leads to ${folder}, which is no folder`, {
      hint: 'Create the folder first.',
    });
  }
}

/** Whether the path leads to what this process has as its standard output, by whatever name. */
export function isStdout(file: string): Promise<boolean> {
  return isSameFile(fstatSync(process.stdout.fd), file);
}

async function isSameFile({ dev, ino }: Stats, other: string): Promise<boolean> {
  const found = await stat(other).catch(() => undefined);
  return found?.dev === dev && found.ino === ino;
}

/**
 * The output of a flow as JSON, with a line break.
 * @throws FlowError DATA_TOO_LARGE when no text can hold it
 */
export function renderOutput(output: unknown, indent: number): string {
  try {
    const described = describeOutput(output);
    assertWritable(described);
    return `${JSON.stringify(described, null, indent)}\n`;
  } catch (cause) {
    throw new FlowError('DATA_TOO_LARGE', `The output is too large, or nested too deep, to be shown as JSON.`, {
      cause,
      hint: 'Let a `sink:file` keep it, and give back a part of it: `<output value="size(rows.output)"/>`.',
    });
  }
}

/**
 * Writes the whole text or leaves the file as it was; what is no file is written in place. `wayOn` is asked if it cannot: what to do,
 * or what it did instead.
 * @throws FlowError FILE_UNWRITABLE
 */
export async function writeOutputFile(
  file: string,
  text: string,
  wayOn: () => string | Promise<string | undefined>,
): Promise<void> {
  try {
    await writeToPlace(file, text);
  } catch (cause) {
    const message = `The output cannot be written to ${file}: ${reasonOf(cause)}`;
    const hints = [hintOf(cause), await wayOn()].filter((hint) => hint !== undefined);
    throw new FlowError('FILE_UNWRITABLE', message, { cause, ...(hints.length > 0 && { hint: hints.join(' ') }) });
  }
}
