import { constants } from 'node:buffer';
import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import type { SourceText, TemplateSource } from '../types/source.js';
import { splitTemplate, type TemplatePart } from './braces.js';
import type { Lookup } from './frame.js';
import type { Guard, Piece } from './guard.js';
import { pathGuard } from './path-guard.js';
import { compileProgram, type ExpressionOptions, evaluateProgram, located, type Program, runProgram } from './program.js';
import type { Read } from './reads.js';
import { sourceOf } from './source-of.js';
import { interpolationText } from './text.js';
import { urlGuard } from './url-guard.js';

/** A compiled template. Holds no state: it may be evaluated any number of times. */
export interface Template {
  /** What its expressions read, in written order. */
  readonly reads: readonly Read[];
  /**
   * Its text, or the typed value where the whole text is one `{{ expression }}` (white space around it not counted).
   *
   * @throws FlowError as an expression does; FLOW_EXPRESSION_FAILED for null inside text; PATH_UNSAFE, URL_UNSAFE by its guard
   */
  evaluate(lookup: Lookup): unknown;
}

/**
 * Compiles a template.
 *
 * @throws FlowError FLOW_EXPRESSION_SYNTAX, FLOW_EXPRESSION_TYPE
 */
export function compileTemplate(source: TemplateSource | string, options: ExpressionOptions = {}): Template {
  const text = typeof source === 'string' ? sourceOf(source) : source.source;
  const guard = guards[typeof source === 'string' ? 'none' : source.guard];
  const parts = located(text, 0, () => splitTemplate(text.text));
  const only = wholeExpression(parts);
  return only === undefined ? textTemplate(text, parts, guard, options) : valueTemplate(text, only, guard, options);
}

const noGuard: Guard = { join: joined, checkValue: (value) => value };

const guards: Readonly<Record<TemplateSource['guard'], Guard>> = { none: noGuard, path: pathGuard, url: urlGuard };

type ExpressionPart = Extract<TemplatePart, { readonly kind: 'expression' }>;

function wholeExpression(parts: readonly TemplatePart[]): ExpressionPart | undefined {
  const rest = parts.filter((part) => part.kind === 'expression' || part.text.trim() !== '');
  return rest.length === 1 && rest[0]?.kind === 'expression' ? rest[0] : undefined;
}

function valueTemplate(source: SourceText, part: ExpressionPart, guard: Guard, options: ExpressionOptions): Template {
  const program = compileProgram(source, part, [], options);
  return {
    reads: program.reads,
    evaluate(lookup) {
      const value = evaluateProgram(program, lookup);
      return located(source, program.offset, () => guard.checkValue(value));
    },
  };
}

function textTemplate(source: SourceText, parts: readonly TemplatePart[], guard: Guard, options: ExpressionOptions): Template {
  const pieces = parts.map((part) => (part.kind === 'text' ? part.text : compileProgram(source, part, [], options)));
  const programs = pieces.filter((piece): piece is Program => typeof piece !== 'string');
  return {
    reads: programs.flatMap(({ reads }) => reads),
    evaluate(lookup) {
      const texts = pieces.map((piece) => (typeof piece === 'string' ? literalPiece(piece) : dataPiece(piece, lookup)));
      return whole(source, () => (programs.length === 0 ? joined(texts) : located(source, 0, () => guard.join(texts))));
    },
  };
}

/** @throws FlowError DATA_TOO_LARGE where no text can hold the whole */
function whole(source: SourceText, join: () => string): string {
  try {
    return join();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const most = Math.floor(constants.MAX_STRING_LENGTH / 2 ** 20);
    throw new FlowError('DATA_TOO_LARGE', `the text would be longer than one text can be, about ${most} million characters`, {
      cause,
      source: locate(source, 0),
      hint: 'Put less of it together, or write it in pieces.',
    });
  }
}

function literalPiece(text: string): Piece {
  return { text, isData: false, at: 0, label: '' };
}

function dataPiece(program: Program, lookup: Lookup): Piece {
  const text = runProgram(program, lookup, (frame, value) => interpolationText(frame, value, program.text));
  return { text, isData: true, at: program.offset, label: program.text };
}

function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
