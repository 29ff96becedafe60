import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import { reasonOf } from '../runtimes/files.js';
import { parseJson } from '../runtimes/formats/parse-json.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { renderTraceFlow, type TraceFlowOptions, traceModule } from './import-flow.js';
import { readTrace } from './import-wfformat.js';
import { readGivenFile } from './read-given-file.js';
import { checkOutputFile } from './write-output.js';

export interface ImportCommandOptions extends TraceFlowOptions {
  /** @default the trace's name with `.xml`, in the current folder */
  readonly output?: string;
}

/**
 * Turns a trace into a flow that takes as long, and writes it with the module that its tasks run.
 * @throws FlowError PARSE_FAILED for data that is no such trace, CONFIG_INVALID when it cannot be read or a file is in the way, FILE_UNWRITABLE
 */
export async function importTrace(file: string, options: ImportCommandOptions): Promise<ExitCode> {
  const trace = readTrace(
    parseJson(await readGivenFile(file, 'trace', traceHint), file, { hint: traceHint, longNumbers: 'round' }),
    file,
  );
  const flow = renderTraceFlow(trace, options);
  await checkFlow(flow, file);
  const target = options.output ?? `${basename(file).replace(/\.json$/, '')}.xml`;
  await checkOutputFile(target, file);
  const modulePath = join(dirname(target), traceModule.name);
  await checkPresent(target, flow);
  await checkPresent(modulePath, traceModule.text);
  await write(target, flow);
  await write(modulePath, traceModule.text);
  process.stdout.write(`Wrote ${target}, ${modulePath}\n\nNext:\n  flowscript run ${target}\n`);
  return exitCodes.done;
}

const traceHint = 'Give the path of a trace as JSON. Traces in this format: https://wfcommons.org/format';

/** Whatever a trace holds, what is written can run. */
async function checkFlow(flow: string, file: string): Promise<void> {
  const { parseWorkflow } = await import('../workflow.js');
  try {
    parseWorkflow(flow);
  } catch (error) {
    const fault = error instanceof FlowValidationError ? error.faults[0] : undefined;
    if (fault === undefined) throw error;
    const { message, hint } = fault;
    throw new FlowError('PARSE_FAILED', `${file} cannot become a flow: ${message}`, { cause: error, hint });
  }
}

/** A file of that name may be the user's own, unless it holds just what is to be written; a device or pipe keeps nothing. */
async function checkPresent(file: string, text: string): Promise<void> {
  const present = await stat(file).catch(() => undefined);
  if (!present?.isFile() || (await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  throw new FlowError('CONFIG_INVALID', `${file} is already there and not what would be written; nothing was written`, {
    hint: 'Remove it, or choose another file, or another folder, with --output.',
  });
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new FlowError('FILE_UNWRITABLE', `Cannot write ${file}: ${reasonOf(cause)}.`, {
      cause,
      hint: 'Choose a folder that can be written with --output.',
    });
  }
}
