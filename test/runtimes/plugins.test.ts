import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlugins } from '#src/runtimes/plugins.js';
import { failureOf } from './run-node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
  await writeFile(join(folder, 'package.json'), '{"type": "commonjs"}');
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
  ['constants.mjs', 'export const a = 1;', /has no default export; it offers a$/, /export default/],
  ['named.mjs', 'export function register() {}', /has no default export; it offers register$/, /export default/],
  ['empty.mjs', '', /has no default export and registers no node type/, /export default/],
  [
    'plain.mjs',
    'export default (r) => r.register({ type: "shout", execute() {} });',
    /registers the type shout, which no element can name/,
    /such as transform:shout/,
  ],
  [
    'commonjs.js',
    'export default () => 1;',
    /commonjs\.js: Unexpected token 'export'/,
    /beside it says "type": "commonjs".*commonjs\.mjs/,
  ],
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

test('a plugin that registers its types itself is taken, however often it is named', async () => {
  const file = join(folder, 'itself.mjs');
  const registry = pathToFileURL(resolve('dist/src/runtimes/registry.js')).href;
  await writeFile(
    file,
    `import { registry } from ${JSON.stringify(registry)}; registry.register({ type: 'transform:itself', execute() {} });`,
  );
  await Promise.all([loadPlugins([file]), loadPlugins([file])]);
  await loadPlugins([file]);
  expect((await import(registry)).registry.hasRuntime('transform:itself')).toBe(true);
});

test('a bare name of a file here is told from a package', async () => {
  expect((await failureOf(() => loadPlugins(['biome.json']))).hint).toBe('For the file of that name write ./biome.json.');
  expect((await failureOf(() => loadPlugins(['no-such-package-here']))).hint).toContain('installed package');
});
