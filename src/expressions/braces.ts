import { syntaxFault } from './syntax.js';

/** A part of a template: text as it stands, or an expression between `start` and `end` of the source text. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly start: number; readonly end: number };

/** The range of an expression setting without the `{{ }}` that may stand around it. */
export function stripBraces(text: string): { readonly start: number; readonly end: number } {
  const open = text.search(/\S/);
  if (open === -1 || !text.startsWith('{{', open)) return { start: 0, end: text.length };
  const close = closingBraces(text, open);
  const rest = text.slice(close + 2).search(/\S/);
  if (rest === -1) return { start: open + 2, end: close };
  throw syntaxFault(
    close + 2 + rest,
    'text around {{ }} is allowed in templates only',
    'This setting holds one expression: join text with +.',
  );
}

/** The parts of a template, in order. `\{{` stands for a literal `{{`. */
export function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    const isEscaped = open > at && text[open - 1] === '\\';
    literal += isEscaped ? `${text.slice(at, open - 1)}{{` : text.slice(at, open);
    if (isEscaped) {
      at = open + 2;
      continue;
    }
    const close = closingBraces(text, open);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    parts.push({ kind: 'expression', start: open + 2, end: close });
    literal = '';
    at = close + 2;
  }
  literal += text.slice(at);
  return literal === '' ? parts : [...parts, { kind: 'text', text: literal }];
}

/** Where the `}}` of the `{{` at `open` stands: not inside a quoted text, nor closing a map literal. */
function closingBraces(text: string, open: number): number {
  let depth = 0;
  let at = open + 2;
  while (at < text.length) {
    const character = text[at];
    if (character === '"' || character === "'") {
      at = skipQuoted(text, at);
      continue;
    }
    if (depth === 0 && text.startsWith('}}', at)) return at;
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    at += 1;
  }
  throw syntaxFault(open, 'this {{ is never closed by }}', 'For the characters themselves write \\{{.');
}

/** The index after a quoted text that begins at `at`; past the end when it is not closed. As in the parser, a backslash guards the quote in raw texts too. */
function skipQuoted(text: string, at: number): number {
  const single = text[at] ?? '';
  const quote = text.startsWith(single.repeat(3), at) ? single.repeat(3) : single;
  let next = at + quote.length;
  while (next < text.length && !text.startsWith(quote, next)) next += text[next] === '\\' ? 2 : 1;
  return next + quote.length;
}
