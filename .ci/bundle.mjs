// Builds `lib/`, what ships: the package, the command and the worker's entry, each in few files, for a file more costs as much
// as the code in it. They share chunks, so that a registry or an error class exists once a thread. Packages that are
// loaded on every start are part of it; those loaded on demand, and Piscina with its own worker file, stay imports.
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
// `define-transform` is what modules of users import, in every worker: it must bring nothing else.
const entries = ['src/index', 'src/runtimes/define-transform', 'src/cli/main', 'workers/worker'];
const imported = ['ajv', 'cacache', 'jiti', 'papaparse', 'piscina', 're2js', 'tinyglobby'];
// As deep as in `src/`: the code finds the manifest and the worker by their relative places.
const chunks = 'src/chunks/[name]-[hash].js';
// No group takes them: whoever needs something beside an entry would start it.
const entryFiles = new Set(entries.map((entry) => join(root, `${entry}.ts`)));
const bundle = {
  cwd: root,
  platform: 'node',
  tsconfig: false,
  resolve: {
    extensionAlias: { '.js': ['.ts', '.js'] },
    alias: { '@marcbachmann/cel-js': join(root, '.ci/cel-parser.js') },
  },
  external: (id) => imported.some((name) => id === name || id.startsWith(`${name}/`)),
  logLevel: 'warn',
  checks: { ineffectiveDynamicImport: false },
};
// A file more costs a start about half a millisecond: a thread starts a third sooner with 6 files than with 17. So what is loaded
// together is one file, as long as nobody who starts with less must load it too.
const [inCommand, inWorker, inReader, inList, inRun] = await Promise.all([
  modulesOf('src/cli/main'),
  modulesOf('workers/worker'),
  modulesOf('src/workflow', 'src/cli/validate'),
  modulesOf('src/cli/runs', 'src/cli/cache', 'src/cli/init'),
  modulesOf('src/cli/run', 'src/engine', 'src/timings/last-times', 'src/records/record-run', 'src/keys/definitions'),
]);
// Each takes what is left of a set that holds all that its files import, unused exports included, so that no two import each other.
const groups = [
  { name: 'errors', test: (id) => inCommand.has(id) && inWorker.has(id) },
  { name: 'command', test: (id) => inCommand.has(id) },
  { name: 'files', test: (id) => inList.has(id) && inWorker.has(id) },
  { name: 'language', test: (id) => inReader.has(id) && inWorker.has(id) },
  { name: 'thread', test: (id) => inWorker.has(id) },
  { name: 'folders', test: (id) => inList.has(id) && inRun.has(id) },
  { name: 'reader', test: (id) => inReader.has(id) },
  { name: 'running', test: (id) => inRun.has(id) },
].map(({ name, test }) => ({ name, test: (id) => !entryFiles.has(id) && test(id) }));

rmSync(join(root, 'lib'), { recursive: true, force: true });
const { output } = await build({
  ...bundle,
  input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
  // Asked for by groups that take no more than they name. What the entries export is tested.
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'lib',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: chunks,
    sourcemap: true,
    codeSplitting: { groups, includeDependenciesRecursively: false },
  },
});
// npm makes a command executable when it links it, and not again after a build.
chmodSync(join(root, 'lib/src/cli/main.js'), 0o755);
// What Piscina starts; it only loads the entry beside it.
copyFileSync(join(root, 'dist/workers/entry.cjs'), join(root, 'lib/workers/entry.cjs'));
writeFileSync(join(root, 'lib/LICENSES.txt'), licences(output.flatMap(({ moduleIds = [] }) => moduleIds)));

/** What importing these files loads at once, the files themselves included. */
async function modulesOf(...files) {
  const input = Object.fromEntries(files.map((file) => [file, `${file}.ts`]));
  const { output } = await build({ ...bundle, input, treeshake: false, write: false });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(output.filter(({ isEntry }) => isEntry));
  for (const { imports } of loaded) for (const name of imports) if (chunks.has(name)) loaded.add(chunks.get(name));
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds));
}

/** What the licences of bundled packages ask for: their text. */
function licences(modules) {
  const folders = modules.map((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0]);
  const packages = [...new Set(folders.filter((folder) => folder !== undefined))].sort();
  return packages.map(describePackage).join('\n');
}

function describePackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})\n\n${readLicence(folder) ?? 'No licence file comes with the package.'}\n`;
}

function readLicence(folder) {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license']) {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}
