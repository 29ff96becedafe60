import { dirname, resolve } from 'node:path';
import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { RunOptions } from '../execution/run-options.js';
import { hintOf, readWhole, reasonOf } from '../runtimes/files.js';
import { unknownInExpectation } from '../testing/check-expectations.js';
import { readTests } from '../testing/read-tests.js';
import { type Stubs, stubNodes } from '../testing/stub-nodes.js';
import type { FlowTest, NamedText, TestFile } from '../testing/test-file.js';
import type { DeclarationAST } from '../types/ast.js';
import type { SourcePosition } from '../types/source.js';
import { walkNodes } from '../validation/index.js';
import { type LoadOptions, loadWorkflow, stubWorkflow, type Workflow } from '../workflow.js';
import { checkFlowFile } from './check-flow-file.js';
import { flowNamedBy } from './find-tests.js';
import { parseAssignments } from './parse-assignments.js';

/** A test that can run. */
export interface PreparedTest {
  readonly test: FlowTest;
  readonly workflow: Workflow;
  readonly options: RunOptions & { readonly secrets: Readonly<Record<string, string>> };
}

/**
 * Reads a test file and its flow, and gets every test ready.
 * @throws FlowError, FlowValidationError with what is wrong in either file
 */
export async function prepareTests(file: string, options: LoadOptions): Promise<readonly PreparedTest[]> {
  // Whole, as the errors of flows name them.
  const location = resolve(file);
  const tests = readTests(await readTestFile(location), location);
  const workflow = await loadTestedFlow(tests, options);
  const faults: FlowError[] = [];
  const prepared = tests.tests.flatMap((test) => {
    const found = faultsIn(test, workflow);
    const ready = found.length > 0 ? undefined : attempt(() => prepareTest(test, workflow), found);
    faults.push(...found);
    return ready ?? [];
  });
  if (faults.length > 0) throw new FlowValidationError(location, faults);
  return prepared;
}

async function readTestFile(file: string): Promise<string> {
  try {
    return (await readWhole(file)).toString('utf8');
  } catch (cause) {
    throw new FlowError('FLOW_FILE_UNREADABLE', `${file} cannot be read: ${reasonOf(cause)}`, { cause, hint: hintOf(cause) });
  }
}

async function loadTestedFlow({ file, flow }: TestFile, options: LoadOptions): Promise<Workflow> {
  const path = flow === undefined ? flowNamedBy(file) : resolve(dirname(file), flow);
  await checkFlowFile(path);
  return loadWorkflow(path, options);
}

/** Of the parts of a test, each on its own. */
function faultsIn({ stubs, config, secrets, env, expectations }: FlowTest, { ast }: Workflow): FlowError[] {
  const faults: FlowError[] = [];
  for (const { node, stub, at } of stubs) attempt(() => located(at, () => stubNodes(ast, { [node]: stub })), faults);
  for (const { name, value, at } of config)
    attempt(() => located(at, () => parseAssignments([`${name}=${value}`], ast.params)), faults);
  for (const secret of secrets) attempt(() => valuesOf('secret', [secret], ast.secrets), faults);
  for (const variable of env) attempt(() => valuesOf('variable', [variable], ast.env), faults);
  for (const expectation of expectations) faults.push(...unknownInExpectation(expectation, ast));
  return faults;
}

function attempt<T>(act: () => T, faults: FlowError[]): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    faults.push(error);
    return undefined;
  }
}

function prepareTest(test: FlowTest, original: Workflow): PreparedTest {
  const { ast } = original;
  const stubs = Object.fromEntries(test.stubs.map(({ node, stub }) => [node, stub]));
  const stubbed = located(test.at, () => stubWorkflow(original, stubs));
  const workflow = test.sinks === 'run' ? stubbed : stubWorkflow(stubbed, sinkStubs(stubbed));
  const config = test.config.map(({ name, value, at }) => located(at, () => parseAssignments([`${name}=${value}`], ast.params)));
  return {
    test,
    workflow,
    options: {
      input: test.input,
      config: Object.assign({}, ...config) as Record<string, unknown>,
      // Tests must not depend on what the machine they run on has.
      secrets: {
        ...Object.fromEntries(ast.secrets.map(({ name }) => [name, `secret-${name}`])),
        ...valuesOf('secret', test.secrets, ast.secrets),
      },
      env: valuesOf('variable', test.env, ast.env),
      timeoutMs: test.timeoutMs,
      // A test shows what the flow does now, and leaves nothing behind.
      cache: false,
      record: false,
      timings: false,
    },
  };
}

/** A log line is no harm. */
function sinkStubs({ ast }: Workflow): Stubs {
  const nodes = [...walkNodes([...ast.nodes, ...(ast.onError ?? []), ...(ast.finally ?? [])])];
  const sinks = nodes.filter((node) => node.kind === 'work' && node.type.startsWith('sink:') && node.type !== 'sink:log');
  return Object.fromEntries(sinks.map(({ id }) => [id, { output: null }]));
}

function valuesOf(what: string, given: readonly NamedText[], declared: readonly DeclarationAST[]): Record<string, string> {
  const names = declared.map(({ name }) => name);
  const unknown = given.find(({ name }) => !names.includes(name));
  if (unknown === undefined) return Object.fromEntries(given.map(({ name, value }) => [name, value]));
  const hint =
    suggestName(unknown.name, names) ?? (names.length === 0 ? 'It declares none.' : `It declares ${names.join(', ')}.`);
  throw new FlowError('CONFIG_INVALID', `The flow has no ${what} "${unknown.name}"`, { source: unknown.at, hint });
}

/** At a place in the test file; one in the flow is told with the message. */
function placed({ code, message, hint, source }: FlowError, at: SourcePosition): FlowError {
  const where = source === undefined ? '' : ` (${source.file}:${source.line}:${source.column})`;
  return new FlowError(code, `${message}${where}`, { source: at, hint });
}

function located<T>(at: SourcePosition, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof FlowError ? placed(error, at) : error;
  }
}
