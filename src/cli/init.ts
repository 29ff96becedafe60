import { access, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowError } from '../errors/flow-error.js';
import { reasonOf } from '../runtimes/files.js';
import { makeFolder } from '../runtimes/make-folder.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { starterFiles } from './starter-files.js';

/**
 * Writes a small project that runs, and says how to go on.
 * @throws FlowError CONFIG_INVALID when one of its files is already there, or a file where its folder should be: nothing is written then
 */
export async function init(folder: string): Promise<ExitCode> {
  if (folder === '') {
    throw new FlowError('CONFIG_INVALID', 'The path of the folder is empty', { hint: 'Name a folder: flowscript init my-flow' });
  }
  const files = Object.entries(starterFiles(projectName(folder), await ownSource(folder)));
  const paths = files.map(([name]) => join(folder, name));
  const present = await existing(paths);
  if (present.length > 0) {
    const hint = `Name another folder: flowscript init ${basename(resolve(folder))}-2`;
    throw new FlowError('CONFIG_INVALID', `${present.join(', ')} already there; nothing was written`, { hint });
  }
  await writeFiles(folder, files);
  process.stdout.write(renderNextSteps(folder, paths));
  return exitCodes.done;
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return found.flat();
}

async function writeFiles(folder: string, files: readonly (readonly [string, string])[]): Promise<void> {
  try {
    makeFolder(folder);
    for (const [name, text] of files) await writeFile(join(folder, name), text, { flag: 'wx' });
  } catch (cause) {
    const hint = 'Name a folder that can be written: flowscript init my-flow';
    if ((cause as NodeJS.ErrnoException).code !== 'ENOTDIR')
      throw new FlowError('FILE_UNWRITABLE', `The project cannot be written to ${folder}: ${reasonOf(cause)}`, { cause, hint });
    throw new FlowError('CONFIG_INVALID', `${folder} is or lies in a file, and a project needs a folder; nothing was written`, {
      hint,
    });
  }
}

/** Where npm finds this very FlowScript: by its version when npm has installed it, else, as in a clone, in its folder. */
async function ownSource(folder: string): Promise<string> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  if (!root.split(sep).includes('node_modules')) return `file:${relative(resolve(folder), root).split(sep).join('/')}`;
  const { version }: { readonly version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return `^${version}`;
}

/** The folder's name as npm allows names. */
function projectName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'flow' : name;
}

function renderNextSteps(folder: string, paths: readonly string[]): string {
  const steps = [...(resolve(folder) === process.cwd() ? [] : [`cd ${folder}`]), 'npm install', 'npx flowscript run flow.xml'];
  return `Wrote ${paths.join(', ')}\n\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}`;
}
