import { serialize } from '@marcbachmann/cel-js';
import type { Evaluable, SourceText } from '../types/source.js';
import { splitTemplate, stripBraces } from './braces.js';
import { parseSyntax } from './syntax.js';

/**
 * The text of a checked expression or template in the one form that all spellings of it share: white space between tokens,
 * comments, needless brackets and the kind of quotes do not count. What stands around the expressions of a template does.
 */
export function normalText({ kind, source }: Evaluable): string {
  return kind === 'template' ? normalTemplate(source) : normalExpression(source);
}

function normalExpression({ text }: SourceText): string {
  const { start, end } = stripBraces(text);
  return serialize(parseSyntax(text.slice(start, end)));
}

function normalTemplate({ text }: SourceText): string {
  const parts = splitTemplate(text).map((part) =>
    part.kind === 'text' ? part.text : [serialize(parseSyntax(text.slice(part.start, part.end)))],
  );
  const said = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  // White space around a single expression changes nothing: its value is taken. Around text it does.
  return JSON.stringify(said.length === 1 && typeof said[0] !== 'string' ? said : parts);
}
