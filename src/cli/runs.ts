import { existsSync } from 'node:fs';
import path from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { terminalData } from '../errors/terminal-text.js';
import { flowFileIn } from '../records/open-record.js';
import { damagedRuns, listRuns, pruneRuns } from '../records/run-folder.js';
import { readRun, summariseRun } from '../records/summarise-run.js';
import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { paintFor } from './paint.js';
import { renderRun, renderRuns } from './render-runs.js';
import { findState } from './state-dir.js';

export interface RunsCommandOptions {
  readonly stateDir?: string;
  readonly flow?: string;
  readonly keep?: number;
  readonly json?: true;
}

/**
 * Lists recorded runs, those of one flow when it is given or of a folder's flows, or shows one: to stdout, as text or with
 * `json` as data.
 * @throws FlowError RUN_NOT_FOUND; CONFIG_INVALID, FLOW_FILE_UNREADABLE when there is no such folder or flow
 */
export async function runs(wanted: string | undefined, options: RunsCommandOptions): Promise<ExitCode> {
  const isPlace = wanted !== undefined && (existsSync(wanted) || path.extname(wanted) === '.xml');
  const id = isPlace ? undefined : wanted;
  const place = (isPlace ? wanted : options.flow) ?? '.';
  const { stateDirectory, flow } = await findState(place, options.stateDir);
  const file = flow === undefined ? undefined : flowFileIn(stateDirectory, flow);
  if (options.keep !== undefined) pruneRuns(stateDirectory, options.keep, file);
  const recorded = listRuns(stateDirectory).filter(({ origin }) => file === undefined || origin.file === file);
  // The runs of a flow that was renamed or removed may still be looked at.
  if (recorded.length === 0 && flow !== undefined) await checkFlowFile(flow);
  warnOfDamage(stateDirectory);
  const paint = paintFor(process.stdout);
  if (id === undefined) {
    const summaries = await Promise.all(recorded.map(({ folder, origin }) => summariseRun(folder, origin)));
    const shown =
      summaries.length === 0 ? nothingRecorded(stateDirectory, flow) : renderRuns(terminalData(summaries), Date.now(), paint);
    print(options.json ? JSON.stringify(summaries) : shown);
    return exitCodes.done;
  }
  const { folder, origin } = findOne(recorded, id, stateDirectory);
  const details = await readRun(folder, origin);
  print(options.json ? JSON.stringify(details) : renderRun(terminalData(details), Date.now(), paint));
  return exitCodes.done;
}

function warnOfDamage(stateDirectory: string): void {
  for (const folder of damagedRuns(stateDirectory)) {
    process.stderr.write(`warning: the record in ${folder} cannot be read: its run.json is damaged\n`);
  }
}

function nothingRecorded(stateDirectory: string, flow: string | undefined): string {
  if (flow === undefined) return `no runs are recorded in ${stateDirectory}; those of a flow lie beside it: flowscript runs FLOW`;
  return `no run of ${terminalData(path.basename(flow))} is recorded in ${stateDirectory}`;
}

function findOne<Run extends { readonly folder: { readonly id: string } }>(
  recorded: readonly Run[],
  id: string,
  stateDirectory: string,
): Run {
  const fitting = id === 'last' ? recorded.slice(0, 1) : recorded.filter(({ folder }) => folder.id.startsWith(id));
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  const what = fitting.length > 1 ? `${fitting.length} runs have an id that begins with "${id}"` : `there is no run "${id}"`;
  throw new FlowError('RUN_NOT_FOUND', `${what} in ${stateDirectory}`, {
    hint: 'flowscript runs FLOW lists those of a flow; --flow FILE or --state-dir DIR say where to look.',
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
