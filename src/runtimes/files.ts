import { read } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { FlowError } from '../errors/flow-error.js';
import { makeFolder } from './make-folder.js';
import { suggestFile } from './near-file.js';
import { type OpenFile, openFlowing, openToRead, PipeError } from './open-file.js';
import { findPlace } from './place.js';
import type { NodeExecutionContext } from './types.js';
import { writeToPlace } from './write-file.js';

const readSome = promisify(read);

/** Whoever waits for what flows, and until when. */
type Reader = Pick<NodeExecutionContext, 'signal'>;

/**
 * All that is in a file. What flows is read no further once the reader's signal aborts.
 * @throws PipeError for a named pipe, otherwise the system's error
 */
export async function readWhole(path: string, reader?: Reader): Promise<Buffer> {
  const flowing = await openFlowing(path);
  if (flowing === undefined) return readFile(path);
  // It is asked for only here: that buys a grace, which what ends by itself does not need.
  return gather(piecesOf(flowing, flowingBytes, reader?.signal));
}

/** What a pipe holds. */
const flowingBytes = 64 * 1024;
/** As much as Node reads of a file at once. */
const mostBytes = 2 ** 31 - 1;

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > mostBytes) throw Object.assign(new Error('too large'), { code: 'ERR_FS_FILE_TOO_LARGE' });
    read.push(piece.slice());
  }
  return Buffer.concat(read);
}

/** Of a path in a message. */
const longestQuote = 300;

/**
 * A file's bytes, for a node. `path` is relative to the flow's folder, or absolute.
 * @throws FlowError FILE_UNREADABLE
 */
export async function readBytes(
  path: string,
  context: Reader & Pick<NodeExecutionContext, 'flowDirectory'>,
): Promise<Uint8Array> {
  try {
    return await readWhole(resolve(context.flowDirectory, path), context);
  } catch (cause) {
    throw await unreadable(path, context.flowDirectory, cause);
  }
}

/**
 * The same in pieces of at most `pieceBytes`, each of which is good only until the next is asked for. Once the signal aborts there are no
 * more.
 * @throws FlowError FILE_UNREADABLE
 */
export async function* readPieces(
  path: string,
  flowDirectory: string,
  { pieceBytes, signal }: { readonly pieceBytes: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* piecesOf(await openToRead(resolve(flowDirectory, path)), pieceBytes, signal);
  } catch (cause) {
    throw await unreadable(path, flowDirectory, cause);
  }
}

async function* piecesOf(
  file: OpenFile,
  pieceBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    const memory = new Uint8Array(pieceBytes);
    for (;;) {
      const bytesRead = await readPiece(file.descriptor, memory, signal);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Longest pause between two looks at a pipe that is silent. */
const longestPauseMs = 20;

/** Waits until there is something, or the end. Rejects when the signal aborts, and takes nothing that another reader is to get. */
async function readPiece(descriptor: number, memory: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    signal?.throwIfAborted();
    try {
      return (await readSome(descriptor, memory, 0, memory.byteLength, null)).bytesRead;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await setTimeout(pauseMs, undefined, signal && { signal });
    }
  }
}

async function unreadable(path: string, flowDirectory: string, cause: unknown): Promise<FlowError> {
  const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const near = isAbsent ? await suggestFile(resolve(flowDirectory, path)) : undefined;
  return new FlowError('FILE_UNREADABLE', `Cannot read ${short(path)}: ${reasonOf(cause)}.`, {
    cause,
    hint: hintOf(cause) ?? near ?? `Paths start at the flow's folder, ${flowDirectory}.`,
    fields: { path },
  });
}

/**
 * Writes as `writeToPlace` does. Missing folders are made.
 * @throws FlowError FILE_UNWRITABLE; a former file of that name is untouched
 */
export async function writeWhole(path: string, flowDirectory: string, content: string | Uint8Array): Promise<number> {
  const target = resolve(flowDirectory, path);
  try {
    makeFolder(dirname((await findPlace(target)).path));
    return await writeToPlace(target, content);
  } catch (cause) {
    throw new FlowError('FILE_UNWRITABLE', `Cannot write ${short(path)}: ${reasonOf(cause)}.`, {
      cause,
      hint: hintOf(cause) ?? `Paths start at the flow's folder, ${flowDirectory}.`,
      fields: { path },
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENAMETOOLONG: 'a name in it is longer than the file system takes',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ELOOP: 'its symbolic links lead in a circle',
  EPIPE: 'whoever read it has ended',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB, the most that is read at once',
};

/** Why the system refused, in words. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return reasons[code] ?? short(cause.message);
}

/** Data may have made it as long as it likes. */
function short(text: string): string {
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

/** What to do about it, where more is known than that the system refused. */
export function hintOf(cause: unknown): string | undefined {
  return cause instanceof PipeError ? cause.hint : undefined;
}
