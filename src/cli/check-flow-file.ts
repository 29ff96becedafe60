import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { reasonOf } from '../runtimes/files.js';
import { nearestFile } from '../runtimes/near-file.js';

/**
 * Refuses a path that holds no flow file, before anything heavy is loaded, and names the file that may have been meant.
 * @throws FlowError FLOW_FILE_UNREADABLE
 */
export async function checkFlowFile(file: string): Promise<void> {
  if (file === '') throw unreadable('The path of the flow is empty', 'A variable of the shell may have no value.');
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code !== 'ENOENT' && found.code !== 'ENOTDIR') throw unreadable(`${file} cannot be read: ${reasonOf(found)}`);
    throw unreadable(`There is no file ${file}`, await adviseOnFlow(file));
  }
  if (found.isDirectory()) throw unreadable(`${file} is a folder, expected a flow file`, await suggestWithin(file));
}

async function adviseOnFlow(file: string): Promise<string> {
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) {
    const here = (await isFile(basename(file))) ? `, but here is ${basename(file)}` : '';
    return `There is no folder ${folder} either${here}.`;
  }
  const nearest = nearestFile(basename(file), names.filter(isFlow)) ?? nearestFile(basename(file), names.filter(isNoTest));
  if (nearest !== undefined) return `Did you mean "${join(folder, nearest)}"?`;
  return (await isFile(basename(file))) ? `There is one here: ${basename(file)}` : suggestWithin(folder);
}

async function suggestWithin(folder: string): Promise<string> {
  const flows = (await readdir(folder)).filter(isFlow).sort();
  if (flows.length === 0) return 'To start a flow from an example, run: flowscript init my-flow';
  const shown = flows.slice(0, 5).map((name) => join(folder, name));
  return `${flows.length === 1 ? 'There is' : 'There are'} ${shown.join(', ')}${flows.length > shown.length ? ' …' : ''}.`;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function isFlow(name: string): boolean {
  return name.endsWith('.xml') && isNoTest(name);
}

/** Tests of flows are XML too. */
function isNoTest(name: string): boolean {
  return !name.endsWith('.test.xml');
}

function unreadable(message: string, hint?: string): FlowError {
  return new FlowError('FLOW_FILE_UNREADABLE', message, { hint });
}
