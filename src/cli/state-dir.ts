import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { stateDirectoryOf } from '../records/state-folder.js';
import { reasonOf } from '../runtimes/files.js';

export interface KeptState {
  readonly stateDirectory: string;
  /** The flow that was named, whether or not it is there; undefined for a folder, which may hold many. */
  readonly flow: string | undefined;
}

/**
 * Where runs have left what they keep, of a flow or of the flows in a folder.
 * @throws FlowError CONFIG_INVALID when `--state-dir` leads to no folder, or what is kept cannot be read
 */
export async function findState(place: string, stateDir: string | undefined): Promise<KeptState> {
  await checkStateDir(stateDir);
  const flow = (await isFolder(place)) ? undefined : place;
  const stateDirectory = stateDirectoryOf(flow ?? path.join(place, 'flow.xml'), stateDir);
  await checkReadable(stateDirectory);
  return { stateDirectory, flow };
}

/** What may not be looked into must not look empty. */
async function checkReadable(folder: string): Promise<void> {
  const fault = await readdir(folder).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  if (fault === undefined || fault.code === 'ENOENT' || fault.code === 'ENOTDIR') return;
  throw new FlowError('CONFIG_INVALID', `${folder} cannot be read: ${reasonOf(fault)}`, {
    hint: 'Runs keep their records and results there.',
  });
}

/** Somebody who names a folder of earlier runs means one that is there: an empty answer would hide the slip. */
async function checkStateDir(given: string | undefined): Promise<void> {
  if (given === undefined || (await isFolder(given))) return;
  throw new FlowError('CONFIG_INVALID', `--state-dir leads to ${given}, which is no folder`, {
    hint: 'Give the folder that the runs were given, or leave it out: then it is .flowscript beside the flow.',
  });
}

export async function isFolder(place: string): Promise<boolean> {
  const found = await stat(place).catch(() => undefined);
  return found?.isDirectory() === true;
}
