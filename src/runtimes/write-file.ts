import { type Stats, write as writeCallback } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lent, type OpenFile, openInPlace } from './open-file.js';
import { findPlace } from './place.js';

const writeSome = promisify(writeCallback);
/** Until a pipe that does not wait is looked at again. */
const fullPipeMs = 5;

/**
 * Writes where a path leads to, symbolic links followed. A file is written whole or not at all, into a temporary one beside it that then
 * takes its name and has its mode; devices, pipes and open descriptors are written in place. Gives back the number of bytes.
 * @throws the system's error, PipeError; the temporary file is gone and a former file untouched
 */
export async function writeToPlace(path: string, content: string | Uint8Array): Promise<number> {
  const place = await findPlace(path);
  if (place.kind === 'descriptor') return writeInPlace(lent(place.descriptor), content);
  const found = await stat(place.path).catch(orNothing);
  if (found === undefined || found.isFile()) return replaceFile(place.path, found, content);
  return writeInPlace(await openInPlace(place.path, found), content);
}

function orNothing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

async function replaceFile(target: string, former: Stats | undefined, content: string | Uint8Array): Promise<number> {
  // Loaded here, since it costs a worker several milliseconds that only writes seldom need.
  const { randomUUID } = process.getBuiltinModule('node:crypto');
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    const bytes = await writeSynced(temporary, former, content);
    await rename(temporary, target);
    return bytes;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
}

/** Synced before the rename, so that a crash of the machine cannot leave an empty file under the final name. */
async function writeSynced(path: string, former: Stats | undefined, content: string | Uint8Array): Promise<number> {
  // Never readable by more than the former file, not even for a moment.
  const file = await open(path, 'wx', former === undefined ? 0o666 : former.mode & 0o700);
  try {
    if (former !== undefined) {
      // Only root may give files away; for others it stays theirs.
      await file.chown(former.uid, former.gid).catch(() => undefined);
      await file.chmod(former.mode & 0o777);
    }
    await file.writeFile(content);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function writeInPlace(file: OpenFile, content: string | Uint8Array): Promise<number> {
  const bytes = Buffer.from(content);
  try {
    let done = 0;
    while (done < bytes.length) done += await writeNext(file.descriptor, bytes, done);
    return done;
  } finally {
    await file.close();
  }
}

async function writeNext(descriptor: number, bytes: Uint8Array, from: number): Promise<number> {
  try {
    return (await writeSome(descriptor, bytes, from, bytes.length - from)).bytesWritten;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause;
    await wait(fullPipeMs);
    return 0;
  }
}
