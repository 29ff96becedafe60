import { nodePath } from '../errors/node-name.js';
import { terminalText } from '../errors/terminal-text.js';
import type { SourcePosition } from '../types/source.js';

/** A node for people; one without an id by its element and line: `scored[3]/<fail> (line 12)`. A refused flow may call its nodes whatever it likes. */
export function shownPath(path: string, source?: Pick<SourcePosition, 'line'>): string {
  const named = nodePath(path);
  const line = named.endsWith('>') && source !== undefined ? ` (line ${source.line})` : '';
  return terminalText(named) + line;
}
