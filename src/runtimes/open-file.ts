import { constants, type Stats } from 'node:fs';
import { open, readlink, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { findPlace } from './place.js';

/** A file to read from or write to. */
export interface OpenFile {
  readonly descriptor: number;
  close(): Promise<void>;
}

/** Why a pipe was not opened. */
export class PipeError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * What to read a path from: a path, or a descriptor that is open already. Opening a named pipe would block a thread of Node for good
 * where nobody writes, and the process could not even exit.
 * @throws PipeError for a named pipe, otherwise the system's error
 */
export async function findReadable(path: string): Promise<string | number> {
  const found = await stat(path);
  if (!found.isFIFO()) return path;
  const place = await findPlace(path);
  if (place.kind === 'path') {
    throw new PipeError(
      'it is a named pipe, and opening it would never end if nobody writes',
      `Let the shell open it: read /dev/stdin instead, and put < ${path} behind the command.`,
    );
  }
  // A named one whose writer has ended already would block when opened once more. One without a name never does.
  const isNamed = isAbsolute(await readlink(place.path).catch(() => ''));
  return isNamed ? place.descriptor : path;
}

/** @throws as `findReadable` does */
export async function openToRead(path: string): Promise<OpenFile> {
  const readable = await findReadable(path);
  return typeof readable === 'number' ? lent(readable) : opened(readable, constants.O_RDONLY);
}

/**
 * Opens what is there and no regular file, to be written in place.
 * @throws PipeError for a named pipe that nobody reads, otherwise the system's error
 */
export async function openInPlace(path: string, found: Stats): Promise<OpenFile> {
  if (!found.isFIFO()) return opened(path, constants.O_WRONLY);
  // This never blocks, and as long as it is open the other does not either.
  const probe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(noReader);
  try {
    return await opened(path, constants.O_WRONLY);
  } finally {
    await probe.close();
  }
}

/** One that is open already, and stays so. */
export function lent(descriptor: number): OpenFile {
  return { descriptor, close: async () => undefined };
}

async function opened(path: string, flags: number): Promise<OpenFile> {
  const file = await open(path, flags);
  return { descriptor: file.fd, close: () => file.close() };
}

function noReader(cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'ENXIO') throw cause;
  throw new PipeError('it is a named pipe that nobody reads', 'Start what reads from it first.');
}
