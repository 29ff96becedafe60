import { once } from 'node:events';
import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
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
 * Opens what is read as it comes, a pipe, a socket or a device; undefined for a file. Reading never blocks where that can be had: it would hold one of
 * Node's few threads for as long as nobody writes, and neither a worker nor the process could end before. So would opening a named
 * pipe that nobody writes.
 * @throws PipeError for a named pipe that is not open already and a socket that is not standard input, otherwise the system's error
 */
export async function openFlowing(path: string): Promise<OpenFile | undefined> {
  const found = await stat(path);
  if (found.isCharacterDevice()) return opened(path, withoutBlocking);
  if (found.isSocket()) return openSocket(path);
  if (!found.isFIFO()) return undefined;
  const place = await findPlace(path);
  if (place.kind === 'path') {
    throw new PipeError(
      'it is a named pipe, and opening it would never end if nobody writes',
      `Let the shell open it: read /dev/stdin instead, and put < ${path} behind the command.`,
    );
  }
  // On Linux this opens the pipe once more: whoever shares the first opening does not find it changed. Somebody else's, as under sudo, cannot be.
  return opened(path, withoutBlocking).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EACCES') throw cause;
    return lent(place.descriptor);
  });
}

/** A socket cannot be opened once more, so it is told itself not to block. */
async function openSocket(path: string): Promise<OpenFile> {
  const place = await findPlace(path);
  if (place.kind === 'path' || place.descriptor !== 0) {
    throw new PipeError('it is a socket', 'Only standard input may be one: read /dev/stdin.');
  }
  const { Socket } = await import('node:net');
  // Node makes it so for its stream, and leaves standard input open, and no other descriptor, when it destroys that.
  const stream = new Socket({ fd: place.descriptor, readable: false, writable: false });
  stream.destroy();
  await once(stream, 'close');
  return lent(place.descriptor);
}

const withoutBlocking = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** @throws as `openFlowing` does */
export async function openToRead(path: string): Promise<OpenFile> {
  return (await openFlowing(path)) ?? opened(path, constants.O_RDONLY);
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
