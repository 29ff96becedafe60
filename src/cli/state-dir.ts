import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { stateDirectoryOf } from '../records/state-folder.js';

export interface KeptState {
  readonly stateDirectory: string;
  /** The flow that was named, whether or not it is there; undefined for a folder, which may hold many. */
  readonly flow: string | undefined;
}

/**
 * Where runs have left what they keep, of a flow or of the flows in a folder.
 * @throws FlowError CONFIG_INVALID when `--state-dir` leads to no folder
 */
export async function findState(place: string, stateDir: string | undefined): Promise<KeptState> {
  await checkStateDir(stateDir);
  if (await isFolder(place)) return { stateDirectory: stateDirectoryOf(path.join(place, 'flow.xml'), stateDir), flow: undefined };
  return { stateDirectory: stateDirectoryOf(place, stateDir), flow: place };
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
