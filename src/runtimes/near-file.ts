import { readdir } from 'node:fs/promises';
import { basename, dirname, parse } from 'node:path';
import { nearestName } from '../errors/nearest.js';

/** `Did you mean "orders.csv"?`, or nothing where no name in the folder is near that of the file. Of a folder that is not there, its own name. */
export async function suggestFile(file: string): Promise<string | undefined> {
  const siblings = await readdir(dirname(file)).catch(() => undefined);
  if (siblings === undefined) return dirname(file) === file ? undefined : suggestFile(dirname(file));
  const near = siblings.includes(basename(file)) ? undefined : nearestFile(basename(file), siblings);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

/** An extension alone makes no two names alike. */
export function nearestFile(name: string, siblings: readonly string[]): string | undefined {
  const { name: stem, ext } = parse(name);
  const alike = siblings.filter((sibling) => parse(sibling).ext === ext).map((sibling) => parse(sibling).name);
  const nearest = nearestName(stem, alike);
  if (nearest !== undefined) return nearest + ext;
  return siblings.find((sibling) => parse(sibling).name === stem);
}
