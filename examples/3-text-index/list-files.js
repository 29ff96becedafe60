import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';

/** Names of the files below a folder that end as asked, relative to it, in a fixed order. */
export default async function listFiles(_input, { options: { folder, suffix } }) {
  const names = await readdir(new URL(`${folder}/`, import.meta.url), { recursive: true });
  return names
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => name.endsWith(suffix))
    .sort();
}
