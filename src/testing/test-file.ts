import type { Stub } from '../runtimes/stub/stub.js';
import type { ExpressionSource, SourcePosition } from '../types/source.js';

/** Tests that are kept beside a flow. */
export interface TestFile {
  readonly file: string;
  /** Path of the flow as seen from the file; `undefined` for the one it is named after. */
  readonly flow: string | undefined;
  readonly tests: readonly FlowTest[];
}

export interface FlowTest {
  readonly name: string;
  readonly at: SourcePosition;
  /** Whether what the flow writes and sends is really written and sent. */
  readonly sinks: 'stub' | 'run';
  readonly timeoutMs: number;
  readonly input: unknown;
  readonly config: readonly NamedText[];
  readonly secrets: readonly NamedText[];
  readonly env: readonly NamedText[];
  readonly stubs: readonly PlacedStub[];
  readonly expectations: readonly Expectation[];
}

export interface NamedText {
  readonly name: string;
  readonly value: string;
  readonly at: SourcePosition;
}

export interface PlacedStub {
  readonly node: string;
  readonly stub: Stub;
  readonly at: SourcePosition;
}

export type Expectation =
  /** The output is deeply equal to `value`. */
  | { readonly kind: 'output'; readonly value: unknown; readonly at: SourcePosition }
  /** An expression over what the run left is true. */
  | { readonly kind: 'holds'; readonly expression: ExpressionSource; readonly at: SourcePosition }
  /** The run fails, with what of these is given. */
  | { readonly kind: 'error'; readonly error: ExpectedError; readonly at: SourcePosition };

export interface ExpectedError {
  readonly code: string | undefined;
  readonly node: string | undefined;
  /** A part of it. */
  readonly message: string | undefined;
}
