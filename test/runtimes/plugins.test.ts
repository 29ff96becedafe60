import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlugins } from '#src/runtimes/plugins.js';
import { failureOf } from './run-node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  [
    'object.mjs',
    'export default { register() {} };',
    /default export .* must be a function.*an object with register/,
    /export default/,
  ],
  [
    'throws.mjs',
    'export default () => { throw new Error("no licence"); };',
    /cannot register its node types: no licence/,
    /failed while/,
  ],
  ['early.mjs', '\nthrow new Error("too early");', /early\.mjs:2:\d+: too early/, /while it loads/],
  ['none.mjs', undefined, /there is no plugin .*none\.mjs/, /working directory/],
])('plugin %s fails with its own reason', async (name, code, message, hint) => {
  const file = join(folder, name);
  if (code !== undefined) await writeFile(file, code);
  const error = await failureOf(() => loadPlugins([file]));
  expect(error).toMatchObject({
    code: 'MODULE_INVALID',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test('a bare name of a file here is told from a package', async () => {
  expect((await failureOf(() => loadPlugins(['biome.json']))).hint).toBe('For the file of that name write ./biome.json.');
  expect((await failureOf(() => loadPlugins(['no-such-package-here']))).hint).toContain('installed package');
});
