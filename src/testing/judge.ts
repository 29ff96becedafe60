import { FlowError } from '../errors/flow-error.js';
import { compileExpression } from '../expressions/index.js';
import type { ExpressionSource, SourcePosition } from '../types/source.js';
import { brief, compare } from './compare.js';
import type { Expectation, ExpectedError, FlowTest } from './test-file.js';

/** What a run left, as a test sees it. */
export interface TestedRun {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** As the command line would print it. */
  readonly output: unknown;
  readonly error: FlowError | undefined;
  /** Values of the names that `<expect>` can use. */
  readonly names: Readonly<Record<string, unknown>>;
}

/** An expectation that was not met. */
export interface TestFailure {
  readonly message: string;
  readonly at: SourcePosition;
  /** What is different, a line each. */
  readonly details: readonly string[];
}

/** What of a test was not met by a run. A test that expects no error expects the run to complete. */
export function judge(test: FlowTest, run: TestedRun): readonly TestFailure[] {
  const { expectations, at } = test;
  const expectsError = expectations.some(({ kind }) => kind === 'error');
  if (run.status !== 'completed' && !expectsError) return [{ message: 'the flow failed', at, details: describeError(run.error) }];
  return expectations.flatMap((expectation) => failureOf(expectation, run) ?? []);
}

function failureOf(expectation: Expectation, run: TestedRun): TestFailure | undefined {
  const { at } = expectation;
  switch (expectation.kind) {
    case 'output': {
      const details = compare(expectation.value, run.output, 'output');
      return details.length === 0 ? undefined : { message: 'the output is another one', at, details };
    }
    case 'holds':
      return failureOfExpression(expectation.expression, run, at);
    case 'error':
      return failureOfError(expectation.error, run, at);
  }
}

function failureOfExpression(
  source: ExpressionSource,
  { names, output }: TestedRun,
  at: SourcePosition,
): TestFailure | undefined {
  const expression = compileExpression(source);
  try {
    const value = expression.evaluate((name) => names[name]);
    if (value === true) return undefined;
    const verdict = value === false ? 'does not hold' : `is ${brief(value)}, expected true`;
    return { message: `${expression.text} ${verdict}`, at, details: [`output: ${brief(output)}`] };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { message: `${expression.text} cannot be evaluated`, at, details: describeError(error) };
  }
}

function failureOfError(expected: ExpectedError, { error, output }: TestedRun, at: SourcePosition): TestFailure | undefined {
  if (error === undefined) return { message: 'the flow completed, expected an error', at, details: [`output: ${brief(output)}`] };
  const details = [
    ...differenceOf('code', expected.code, error.code, expected.code === error.code),
    ...differenceOf('node', expected.node, error.nodeId, expected.node === error.nodeId),
    ...differenceOf('message', expected.message, error.message, error.message.includes(expected.message ?? '')),
  ];
  return details.length === 0
    ? undefined
    : { message: 'the flow failed in another way', at, details: [...details, ...describeError(error)] };
}

function differenceOf(name: string, expected: string | undefined, actual: string | undefined, fits: boolean): readonly string[] {
  return expected === undefined || fits ? [] : [`${name}: expected ${brief(expected)}, got ${brief(actual)}`];
}

function describeError(error: FlowError | undefined): readonly string[] {
  if (error === undefined) return [];
  const { code, message, source, path, nodeId, hint } = error;
  const node = path ?? nodeId;
  const place = source && `at ${source.file}:${source.line}:${source.column}${node === undefined ? '' : ` (${node})`}`;
  return [`error[${code}] ${message}`, ...(place === undefined ? [] : [place]), ...(hint === undefined ? [] : [`help: ${hint}`])];
}
