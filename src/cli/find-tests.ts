import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { checkFlowFile } from './check-flow-file.js';

const ending = '.test.xml';

/**
 * The test files that arguments stand for: themselves, those beside flows, and all in folders and their sub-folders.
 * @throws FlowError FLOW_FILE_UNREADABLE
 */
export async function findTestFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(testFilesOf));
  return [...new Set(found.flat())];
}

/** The flow that a test file is named after. */
export function flowNamedBy(file: string): string {
  return file.endsWith(ending) ? `${file.slice(0, -ending.length)}.xml` : file;
}

async function testFilesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return testFilesIn(path);
  await checkFlowFile(path);
  if (path.endsWith(ending)) return [path];
  const beside = path.replace(/(\.xml)?$/, ending);
  if ((await stat(beside).catch(() => undefined))?.isFile()) return [beside];
  throw new FlowError('FLOW_FILE_UNREADABLE', `There is no test file ${beside} beside ${path}`, {
    hint: 'It starts with <tests><test name="…">; docs/testing.md says what goes in it.',
  });
}

async function testFilesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](node_modules|\.[^\\/.]+)[\\/]/.test(path));
  if (paths.length > 0) return paths.sort();
  throw new FlowError('FLOW_FILE_UNREADABLE', `There is no test file in ${folder}`, { hint: `Test files end in ${ending}.` });
}
