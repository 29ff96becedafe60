import { writeSync } from 'node:fs';
import { register } from 'node:module';

// Given to `node --import`, names every module that is loaded on stderr. Node loads it a second time, on the thread of its hooks.
if (!import.meta.url.endsWith('?hooks')) register(`${import.meta.url}?hooks`);

export async function load(url, context, nextLoad) {
  writeSync(2, `${url}\n`);
  return nextLoad(url, context);
}
