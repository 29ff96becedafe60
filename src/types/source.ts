/** A place in a flow file. Lines and columns count from 1; a column is a UTF-16 code unit. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Text taken out of a file, decoded, that still knows where each of its characters stood.
 *
 * `marks` are sorted by `index`; from one mark to the next every character advances the column by one.
 * There is a mark at index 0, after every line break and after every decoded entity.
 */
export interface SourceText {
  readonly text: string;
  readonly file: string;
  readonly marks: readonly SourceMark[];
}

export interface SourceMark {
  /** Index into `text`. */
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** An expression as written, `{{ }}` around it included if the author wrote that. Evaluated once, before its node runs. */
export interface ExpressionSource {
  readonly kind: 'expression';
  readonly source: SourceText;
}

/** An expression that a node evaluates itself, once per element, with `binds` (`item`, `index`, `acc` …) as extra names. */
export interface LambdaSource {
  readonly kind: 'lambda';
  readonly source: SourceText;
  readonly binds: readonly string[];
}

/** Text with `{{ expr }}` in it. `guard` says what interpolated values may do: leave a folder (`path`) or need percent-encoding (`url`). */
export interface TemplateSource {
  readonly kind: 'template';
  readonly source: SourceText;
  readonly guard: 'none' | 'path' | 'url';
}

export type Evaluable = ExpressionSource | LambdaSource | TemplateSource;

/** Whether part of a setting is an expression or template. Only the builder makes `source.marks`: JSON given by an author has none. */
export function isEvaluable(value: unknown): value is Evaluable {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, source } = value as { kind?: unknown; source?: { marks?: unknown } };
  return (kind === 'expression' || kind === 'lambda' || kind === 'template') && Array.isArray(source?.marks);
}
