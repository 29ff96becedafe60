import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '#src/runtimes/make-folder.js';
import { createFolder } from './run-node.js';

test('makes a folder and those around it, and leaves one that is there', async () => {
  const home = await createFolder();
  const folder = join(home.path, 'a/b/c');
  makeFolder(folder);
  makeFolder(folder);
  expect(existsSync(folder)).toBe(true);
  await home.remove();
});

// Node's own `recursive` tries this one for ever.
test('tells of a folder that cannot be made', () => {
  expect(() => makeFolder('/proc/no/such/folder')).toThrow(/E[A-Z]+/);
});
