// Builds `lib/`, what ships: the package, the command and the worker's entry, each in few files, for a file more costs as much
// as the code in it. They share chunks, so that a registry or an error class exists once a thread. Packages that are
// loaded on every start are part of it; those loaded on demand, and Piscina with its own worker file, stay imports.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
// `define-transform` is what modules of users import, in every worker: it must bring nothing else.
const entries = ['src/index', 'src/runtimes/define-transform', 'src/cli/main', 'workers/worker'];
const imported = ['ajv', 'cacache', 'jiti', 'papaparse', 'piscina', 're2js', 'tinyglobby'];
// As deep as in `src/`: the code finds the manifest and the worker by their relative places.
const chunks = 'src/chunks/[name]-[hash].js';
// Small files that most starts load anyway: one file costs less than to leave out what a start could do without.
const groups = [
  { name: 'transport', test: /\/src\/transport\// },
  {
    name: 'formats',
    test: /\/src\/(errors\/long-|runtimes\/(formats\/|modules\/transpiled|files|make-folder|open-file|place|write-file|built-in-types|describe-value|input|inline-schema|source\/(file|glob-pattern)))/,
  },
  { name: 'errors', test: /\/src\/errors\/(flow-error|nearest|redact|secret-forms|written-values)/ },
];

rmSync(join(root, 'lib'), { recursive: true, force: true });
const { output } = await build({
  cwd: root,
  input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
  platform: 'node',
  tsconfig: false,
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  external: (id) => imported.some((name) => id === name || id.startsWith(`${name}/`)),
  logLevel: 'warn',
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
// What Piscina starts; it only loads the entry beside it.
copyFileSync(join(root, 'dist/workers/entry.cjs'), join(root, 'lib/workers/entry.cjs'));
writeFileSync(join(root, 'lib/LICENSES.txt'), licences(output.flatMap(({ moduleIds = [] }) => moduleIds)));

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
