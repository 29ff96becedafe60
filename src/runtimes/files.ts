import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { makeFolder } from './make-folder.js';

/**
 * A file's bytes. `path` is relative to the flow's folder, or absolute.
 * @throws FlowError FILE_UNREADABLE
 */
export async function readBytes(path: string, flowDirectory: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(flowDirectory, path));
  } catch (cause) {
    throw unreadable(path, flowDirectory, cause);
  }
}

/**
 * The same in pieces of at most `pieceBytes`, each of which is good only until the next is asked for.
 * @throws FlowError FILE_UNREADABLE
 */
export async function* readPieces(
  path: string,
  flowDirectory: string,
  pieceBytes: number,
): AsyncGenerator<Uint8Array, void, void> {
  let file: FileHandle | undefined;
  try {
    file = await open(resolve(flowDirectory, path));
    const memory = new Uint8Array(pieceBytes);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, pieceBytes);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } catch (cause) {
    throw unreadable(path, flowDirectory, cause);
  } finally {
    await file?.close();
  }
}

function unreadable(path: string, flowDirectory: string, cause: unknown): FlowError {
  return new FlowError('FILE_UNREADABLE', `Cannot read ${path}: ${reasonOf(cause)}.`, {
    cause,
    hint: `Paths start at the flow's folder, ${flowDirectory}.`,
    fields: { path },
  });
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, which then takes its name. Missing folders are made.
 * Gives back the number of bytes.
 * @throws FlowError FILE_UNWRITABLE; the temporary file is gone and a former file of that name untouched
 */
export async function writeWhole(path: string, flowDirectory: string, content: string | Uint8Array): Promise<number> {
  const target = resolve(flowDirectory, path);
  // Loaded here, since it costs a worker several milliseconds that only writes seldom need.
  const { randomUUID } = process.getBuiltinModule('node:crypto');
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    makeFolder(dirname(target));
    const bytes = await writeSynced(temporary, content);
    await rename(temporary, target);
    return bytes;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FlowError('FILE_UNWRITABLE', `Cannot write ${path}: ${reasonOf(cause)}.`, {
      cause,
      hint: `Paths start at the flow's folder, ${flowDirectory}.`,
      fields: { path },
    });
  }
}

/** Synced before the rename, so that a crash of the machine cannot leave an empty file under the final name. */
async function writeSynced(path: string, content: string | Uint8Array): Promise<number> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENOSPC: 'the disk is full',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB, the most that is read at once',
};

/** Why the system refused, in words. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return reasons[code] ?? cause.message;
}
