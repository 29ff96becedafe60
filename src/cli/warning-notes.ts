import { relative } from 'node:path';
import { boundedText } from '../errors/bounded-text.js';
import type { FlowError } from '../errors/flow-error.js';
import { terminalText } from '../errors/terminal-text.js';

const mostWarnings = 5;

/** What was noticed about a flow that runs all the same: one line each, the first few. `validate` shows all of it with its lines. */
export function warningNotes(warnings: readonly FlowError[]): readonly string[] {
  const lines = warnings.slice(0, mostWarnings).map(({ source, message, hint }) => {
    const place = source === undefined ? '' : `${relative(process.cwd(), source.file)}:${source.line}:${source.column}: `;
    return terminalText(boundedText(`warning: ${place}${message}. ${hint ?? ''}`));
  });
  const rest = warnings.length - lines.length;
  return rest > 0 ? [...lines, `warning: and ${rest} more (flowscript validate shows them)`] : lines;
}
