import type { Redactor } from '../errors/redact.js';
import type { RunResult } from '../execution/run-options.js';
import { recordStubs } from '../testing/record-stubs.js';
import type { Workflow } from '../workflow.js';
import { writeOutputFile } from './write-output.js';

/**
 * Writes what the sources of a run gave as stubs, however the run ended. Gives the lines that say what was written and what not.
 * @throws FlowError FILE_UNWRITABLE
 */
export async function writeStubs(workflow: Workflow, { state }: RunResult, file: string, redactor: Redactor): Promise<string> {
  const { stubs, left } = recordStubs(workflow.ast, state, redactor);
  await writeOutputFile(file, `${JSON.stringify(stubs, null, 2)}\n`, () => 'Run it again, with another file for the stubs.');
  const count = Object.keys(stubs).length;
  const lines = [
    `${count} ${count === 1 ? 'stub' : 'stubs'} written to ${file}`,
    ...left.map(({ id, why }) => `not recorded: ${id}, ${why}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
