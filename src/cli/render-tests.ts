import { relative } from 'node:path';
import { describeError } from '../errors/describe-error.js';
import type { FlowError } from '../errors/flow-error.js';
import { formatDuration } from '../errors/format-duration.js';
import type { TestFailure } from '../testing/judge.js';
import type { Paint } from './paint.js';

/** A test that ran. */
export interface TestedCase {
  readonly name: string;
  readonly durationMs: number;
  /** None when it passed. */
  readonly failures: readonly TestFailure[];
}

/** A test file: its tests, or why they could not run. */
export interface TestedFile {
  readonly file: string;
  readonly cases: readonly TestedCase[];
  readonly faults: readonly FlowError[];
}

/** One line for a test, and lines for what was not met, each with its place. */
export function renderCase({ name, durationMs, failures }: TestedCase, paint: Paint): string {
  const mark = failures.length === 0 ? paint('green', 'ok  ') : paint('red', 'FAIL');
  const lines = failures.flatMap(({ message, at, details }) => [
    `    ${relative(process.cwd(), at.file)}:${at.line}:${at.column} ${message}`,
    ...details.map((detail) => `      ${detail}`),
  ]);
  return [`  ${mark} ${name} (${formatDuration(durationMs)})`, ...lines].join('\n');
}

/** `3 passed, 1 failed`, and how many files could not be used. */
export function renderCounts(files: readonly TestedFile[], paint: Paint): string {
  const { passed, failed, broken } = countTests(files);
  const text = `${passed} passed, ${failed} failed${broken > 0 ? `, ${broken} ${broken === 1 ? 'file' : 'files'} broken` : ''}`;
  return paint(failed + broken === 0 ? 'green' : 'red', text);
}

/** `{passed, failed, broken, files: [{file, faults, tests: [{name, status, durationMs, failures}]}]}`. */
export function renderTestsAsJson(files: readonly TestedFile[]): string {
  const described = files.map(({ file, faults, cases }) => ({
    file,
    faults: faults.map((fault) => describeError(fault)),
    tests: cases.map((tested) => ({ ...tested, status: tested.failures.length === 0 ? 'passed' : 'failed' })),
  }));
  return JSON.stringify({ ...countTests(files), files: described });
}

export function countTests(files: readonly TestedFile[]) {
  const cases = files.flatMap((file) => file.cases);
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  const broken = files.filter(({ faults }) => faults.length > 0).length;
  return { passed: cases.length - failed, failed, broken };
}
