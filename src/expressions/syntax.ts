import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { Fault } from './frame.js';
import { syntaxHint } from './syntax-hints.js';

const MAX_DEPTH = 200;

// Only its parser is used. Its evaluator has no step limit, matches with a backtracking engine, and keeps ints and doubles apart.
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxDepth: MAX_DEPTH, maxListElements: 10_000, maxMapEntries: 10_000 },
});

/**
 * The syntax tree of an expression. Positions in it are indexes into `text`.
 *
 * @throws a `FLOW_EXPRESSION_SYNTAX` fault
 */
export function parseSyntax(text: string): ASTNode {
  if (text.trim() === '') throw syntaxFault(0, 'the expression is empty', 'Write an expression such as input or a.output.');
  try {
    return environment.parse(text).ast;
  } catch (error) {
    throw translate(error, text);
  }
}

export function syntaxFault(at: number, message: string, hint?: string): Fault {
  return new Fault(at, () => ({ message, hint }), 'FLOW_EXPRESSION_SYNTAX');
}

function translate(error: unknown, text: string): Fault {
  // The parser recurses without a limit on chains such as !!!!x.
  if (!(error instanceof ParseError))
    return syntaxFault(0, 'the expression is nested too deep', 'Compute a part of it in a node of its own.');
  const at = Math.min(error.range?.start ?? 0, text.length);
  return syntaxFault(at, messageOf(error, text, at), syntaxHint(text, at, error.code) ?? usualHint(error.code));
}

function usualHint(code: string): string {
  if (code === 'limit_exceeded') return 'Compute a part of it in a node of its own.';
  if (code === 'expected_token') return 'Write it there, or mend what stands before it.';
  return 'An expression is one value, such as a.output.rows[0], size(xs) > 1 or "n=" + n.';
}

function messageOf(error: ParseError, text: string, at: number): string {
  const found = foundAt(text, at);
  switch (error.code) {
    case 'unexpected_character':
    case 'unexpected_token':
      return found === undefined ? 'the expression ends too early' : `${found} does not fit here`;
    case 'expected_token':
      return `${expectedToken(error.summary)} was expected, ${found ?? 'but the expression ends'}${found ? ' was found' : ''}`;
    case 'reserved_identifier':
      return `${found} is a word reserved by CEL and cannot be a name`;
    case 'limit_exceeded':
      return `the expression is too large: ${error.summary.replace('Exceeded ', 'more than allowed by ')}`;
    case 'invalid_macro_argument':
      return `a macro's first argument must be a plain name for the element, or has() was given no field (${error.summary})`;
    default:
      return error.summary.charAt(0).toLowerCase() + error.summary.slice(1);
  }
}

function foundAt(text: string, at: number): string | undefined {
  const match = /^\s*([A-Za-z_0-9]+|\S)/.exec(text.slice(at));
  return match?.[1] === undefined ? undefined : `"${match[1]}"`;
}

const tokens: Readonly<Record<string, string>> = {
  RPAREN: '")"',
  RBRACKET: '"]"',
  RBRACE: '"}"',
  COLON: '":"',
  IDENTIFIER: 'a name',
};

function expectedToken(summary: string): string {
  const name = /^Expected (\w+)/.exec(summary)?.[1] ?? '';
  return tokens[name] ?? name.toLowerCase();
}
