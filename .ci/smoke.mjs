// Packs the package, installs the tarball into an empty folder and uses it as a stranger would.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.env.npm_execpath;
const folder = mkdtempSync(join(tmpdir(), 'flowscript-smoke-'));

try {
  const tarball = pack();
  install(tarball);
  step('imports from JavaScript and runs a flow on workers', () => node('main.mjs'));
  step('type-checks from TypeScript', typeCheck);
  step('runs the flowscript command', runCommand);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The tarball's path. What it holds is checked: all that ships, nothing else. */
function pack() {
  run(root, 'npm', 'run', 'build');
  const [{ filename, files }] = JSON.parse(run(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder));
  const paths = files.map(({ path }) => path);
  step(`packs ${paths.length} files`, () => {
    for (const path of [
      'dist/src/index.d.ts',
      'lib/src/index.js',
      'lib/src/cli/main.js',
      'lib/workers/worker.js',
      'lib/workers/entry.cjs',
      'lib/LICENSES.txt',
      'LICENSE',
    ]) {
      assert.ok(paths.includes(path), `Expected ${path} in the tarball`);
    }
    const strays = paths.filter((path) =>
      /^(\.ci|bench|test|src|workers|dist\/imports)\/|^dist\/.*(?<!\.d\.ts)$|\.test\.(?!xml$)/.test(path),
    );
    assert.deepEqual(strays, [], 'Expected nothing in the tarball that only developers need');
  });
  return join(folder, filename);
}

function install(tarball) {
  cpSync(join(root, '.ci/smoke'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const fetch = () => run(folder, 'npm', 'install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  step('installs', () => {
    try {
      fetch();
    } catch (error) {
      if (!isOfNetwork(error)) throw error;
      console.log('  The network failed; trying once more.');
      fetch();
    }
  });
}

/** The same failures as those after which `.ci/run` installs once more. */
function isOfNetwork({ message }) {
  return /E(CONN|TIMEDOUT|AI_AGAIN|NOTFOUND|PIPE|HOSTUNREACH|NETUNREACH)|ERR_SOCKET|socket hang up|network|E(429|5\d\d)\b/.test(
    message,
  );
}

function typeCheck() {
  const types = join(root, 'node_modules/@types');
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--module', 'nodenext', '--target', 'es2022'];
  node(join(root, 'node_modules/typescript/bin/tsc'), ...strict, '--typeRoots', types, '--types', 'node', 'typed.ts');
}

function runCommand() {
  const output = run(folder, 'npm', 'exec', '--offline', '--', 'flowscript', 'run', 'flow.xml', '--input', '[1, 2, 3]');
  assert.deepEqual(JSON.parse(output), [2, 4, 6]);
}

function step(name, act) {
  act();
  console.log(`  ${name}`);
}

function node(...args) {
  return run(folder, process.execPath, ...args);
}

/** Gives stdout; a failure shows everything the command wrote. */
function run(cwd, command, ...args) {
  // npm is a script of its own platform's kind; the one that started this is sure to work.
  const [file, ...rest] = command === 'npm' && npm !== undefined ? [process.execPath, npm, ...args] : [command, ...args];
  const { status, stdout, stderr, error } = spawnSync(file, rest, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.equal(error, undefined);
  assert.equal(status, 0, `${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}
