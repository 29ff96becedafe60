import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

/** What a path leads to in the end. A descriptor that this process has open, as /dev/stdin, is no file to be opened once more. */
export type Place =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'descriptor'; readonly path: string; readonly descriptor: number };

/** As many as Linux follows. A circle is left to whoever opens the path. */
const mostLinks = 40;
const descriptors = '/dev/fd';

/** Follows symbolic links, also to what is not there yet. Never rejects. */
export async function findPlace(path: string): Promise<Place> {
  let at = path;
  for (let links = 0; links < mostLinks; links++) {
    const next = await readlink(at).catch(() => undefined);
    // On Linux descriptors look like links, elsewhere like devices.
    const folder = next === undefined ? dirname(at) : await realOr(dirname(at));
    if (await holdsDescriptors(folder, basename(at))) {
      return { kind: 'descriptor', path: at, descriptor: Number(basename(at)) };
    }
    if (next === undefined) break;
    at = resolve(folder, next);
  }
  return { kind: 'path', path: at };
}

async function holdsDescriptors(folder: string, name: string): Promise<boolean> {
  if (!/^\d{1,9}$/.test(name)) return false;
  return folder === descriptors || folder === (await realOr(descriptors));
}

function realOr(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}
