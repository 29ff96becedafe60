import { describeOutput } from '../errors/describe-output.js';
import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import { createRedactor } from '../errors/redact.js';
import type { RunResult } from '../execution/run-options.js';
import { viewError, viewNode } from '../execution/views.js';
import type { ExecutionMode } from '../flowscript.js';
import { judge, type TestedRun } from '../testing/judge.js';
import { reveal } from '../transport/snapshot.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { findTestFiles } from './find-tests.js';
import { pluginOptions } from './given-options.js';
import { guardProcess } from './guard-process.js';
import { divertStreams, type Write } from './output-streams.js';
import { paintFor } from './paint.js';
import type { PreparedTest } from './prepare-tests.js';
import { createSourceReader } from './read-source.js';
import { renderFaults } from './render-faults.js';
import { countTests, renderCase, renderCounts, renderTestsAsJson, type TestedCase, type TestedFile } from './render-tests.js';
import { warningNotes } from './warning-notes.js';

export interface TestCommandOptions {
  /** A part of the name of the tests to run. */
  readonly filter?: string;
  readonly mode?: ExecutionMode;
  readonly plugin?: readonly string[];
  readonly json?: true;
}

/**
 * Runs the tests that are kept beside flows: results to stdout, what nodes print and faults of the files to stderr.
 * @throws FlowError when there is nothing to run
 */
export async function test(paths: readonly string[], options: TestCommandOptions): Promise<ExitCode> {
  const files = await findTestFiles(paths);
  const streams = divertStreams((text) => streams.writeNotes(text));
  const unguard = guardProcess(createRedactor({}), options.mode);
  try {
    const tested: TestedFile[] = [];
    const write: Write = options.json ? () => {} : streams.writeResult;
    const told = { write, note: streams.writeNotes, warned: new Set<string>() };
    for (const file of files) tested.push(await testFile(file, options, told));
    assertSome(tested, options);
    await streams.writeResult(
      options.json ? `${renderTestsAsJson(tested)}\n` : `${renderCounts(tested, paintFor(process.stdout))}\n`,
    );
    const { failed, broken } = countTests(tested);
    if (broken > 0) return exitCodes.invalid;
    return failed > 0 ? exitCodes.failed : exitCodes.done;
  } finally {
    unguard();
    streams.release();
  }
}

function assertSome(files: readonly TestedFile[], { filter }: TestCommandOptions): void {
  const { passed, failed, broken } = countTests(files);
  if (passed + failed + broken > 0) return;
  throw new FlowError('CONFIG_INVALID', `No test has "${filter}" in its name`, { hint: 'Without --filter all of them run.' });
}

/** `warned` are the warnings shown so far: many files may test one flow. */
async function testFile(
  file: string,
  options: TestCommandOptions,
  { write, note, warned }: { readonly write: Write; readonly note: Write; readonly warned: Set<string> },
): Promise<TestedFile> {
  const paint = paintFor(process.stdout);
  const cases: TestedCase[] = [];
  write(`${file}\n`);
  try {
    const { prepareTests } = await import('./prepare-tests.js');
    const all = await prepareTests(file, pluginOptions(options));
    if (options.json === undefined) warnOnce(all, note, warned);
    for (const prepared of all) {
      if (!prepared.test.name.includes(options.filter ?? '')) continue;
      const tested = await runTest(prepared, options);
      cases.push(tested);
      write(`${renderCase(tested, paint)}\n`);
    }
    return { file, cases, faults: [] };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    const faults = error instanceof FlowValidationError ? error.faults : [error];
    const rendering = { paint: paintFor(process.stderr), readSource: createSourceReader(), directory: process.cwd() };
    if (options.json === undefined) note(`${renderFaults(faults, rendering)}\n`);
    return { file, cases, faults };
  }
}

/** All tests of a file are of one flow. */
function warnOnce([first]: readonly PreparedTest[], note: Write, warned: Set<string>): void {
  const fresh = warningNotes(first?.workflow.warnings ?? []).filter((warning) => !warned.has(warning));
  for (const warning of fresh) {
    warned.add(warning);
    note(`${warning}\n`);
  }
}

/** With threads of its own: no test sees what another has left behind in a module. */
async function runTest({ test, workflow, options }: PreparedTest, { mode, plugin }: TestCommandOptions): Promise<TestedCase> {
  const { createEngine } = await import('../engine.js');
  const engine = createEngine({ ...(mode === undefined ? {} : { mode }), ...(plugin === undefined ? {} : { plugins: plugin }) });
  try {
    const result = await engine.run(workflow, options);
    return { name: test.name, durationMs: result.durationMs, failures: judge(test, seen(result, options)) };
  } finally {
    await engine.close();
  }
}

function seen({ status, output, error, state }: RunResult, { input, config }: PreparedTest['options']): TestedRun {
  const nodes = Object.create(null) as Record<string, unknown>;
  for (const id of state.nodeResults.keys()) {
    const view = viewNode(state, id);
    nodes[id] = { ...view, output: reveal(view['output']) };
  }
  const names = { output, nodes, input, config: { ...state.config, ...config }, error: error ? viewError(error) : null, status };
  return { status, output: describeOutput(output), error, names };
}
