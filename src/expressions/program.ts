import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import type { SourceText } from '../types/source.js';
import { compileTree } from './compile.js';
import { leave } from './compile-literals.js';
import type { Run } from './compiled.js';
import { Fault, type Frame, type Lookup } from './frame.js';
import type { StaticKind } from './kinds.js';
import { type Read, readsOf } from './reads.js';
import { parseSyntax } from './syntax.js';

export interface ExpressionOptions {
  /**
   * Steps one evaluation may take, a step being about one operation or list element.
   * @default 20_000_000, one to two seconds
   */
  readonly maxSteps?: number | undefined;
  /** Takes what makes an expression impossible, all of it, which is then not thrown. With any the expression must not be evaluated. */
  readonly faults?: FlowError[];
}

const DEFAULT_MAX_STEPS = 20_000_000;

/** One compiled expression and where its text stands in a source. */
export interface Program {
  readonly source: SourceText;
  /** Index of the expression's first character in the source's text. */
  readonly offset: number;
  readonly text: string;
  readonly reads: readonly Read[];
  readonly kind: StaticKind;
  readonly run: Run;
  readonly slotCount: number;
  readonly maxSteps: number;
  readonly quotesData: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Compiles a part of a source. `bound` are names that are no reads. */
export function compileProgram(source: SourceText, range: Range, bound: readonly string[], options: ExpressionOptions): Program {
  const text = source.text.slice(range.start, range.end);
  return located(source, range.start, () => {
    const tree = parseSyntax(text);
    const { run, kind, slotCount, faults } = compileTree(tree, text);
    tell(faults, source, range.start, options);
    const reads = readsOf(tree, bound).map((read) => ({ ...read, at: read.at + range.start }));
    const quotesData = !reads.some(({ root }) => root === 'secrets');
    return {
      source,
      offset: range.start,
      text: text.trim(),
      reads,
      kind,
      run,
      slotCount,
      quotesData,
      maxSteps: options.maxSteps ?? DEFAULT_MAX_STEPS,
    };
  });
}

function tell(faults: readonly Fault[], source: SourceText, offset: number, options: ExpressionOptions): void {
  const [first] = faults;
  if (first === undefined) return;
  if (options.faults === undefined) throw first;
  options.faults.push(...faults.map((fault) => toFlowError(fault, source, offset)));
}

/** Runs `action`, turning a fault in it into a `FlowError` with its place in the file. */
export function located<T>(source: SourceText, offset: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Fault ? toFlowError(error, source, offset) : error;
  }
}

function toFlowError(fault: Fault, source: SourceText, offset: number): FlowError {
  const { message, hint } = fault.describe();
  return new FlowError(fault.code, message, { source: locate(source, offset + fault.at), hint });
}

/** Evaluates a program and gives what `finish` makes of its value, within the same budget. */
export function runProgram<T>(program: Program, lookup: Lookup, finish: (frame: Frame, value: unknown) => T): T {
  const frame: Frame = {
    lookup,
    slots: new Array<unknown>(program.slotCount),
    maxSteps: program.maxSteps,
    quotesData: program.quotesData,
    remainingSteps: program.maxSteps,
    at: 0,
    holdsExotic: false,
  };
  try {
    return finish(frame, program.run(frame));
  } catch (error) {
    throw escaped(error, frame, program);
  }
}

/** Evaluates a program to a plain, structured-cloneable value. */
export function evaluateProgram(program: Program, lookup: Lookup): unknown {
  return runProgram(program, lookup, leave);
}

function escaped(error: unknown, frame: Frame, program: Program): FlowError {
  if (error instanceof Fault) return toFlowError(error, program.source, program.offset);
  const source = locate(program.source, program.offset + frame.at);
  if (error instanceof FlowError) return error.located({ source });
  const message = `the expression failed: ${reasonOf(error)}`;
  return new FlowError('FLOW_EXPRESSION_FAILED', message, { source, cause: error });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof RangeError && error.message.includes('call stack'))
    return 'a value is nested too deep, or contains itself';
  return error.message;
}
