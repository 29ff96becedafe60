import type { ErrorCode } from '../errors/codes.js';
import type { FaultList } from './fault-list.js';
import type { LineIndex } from './line-index.js';
import { readReference, referencePattern } from './references.js';

/** Reports every `&` in a piece of text that starts no reference, or one to something that does not exist. */
export function checkReferences(piece: string, offset: number, lines: LineIndex, faults: FaultList): void {
  if (!piece.includes('&')) return;
  for (const match of piece.matchAll(referencePattern)) {
    const problem = problemOf(match);
    if (problem === undefined || isSecondOfAnd(piece, match.index)) continue;
    const { code = 'FLOW_XML_MALFORMED', message, hint } = problem;
    faults.report(code, lines.positionAt(offset + match.index), message, { hint });
  }
}

/** `&&` is one slip, told at its first character. */
function isSecondOfAnd(piece: string, index: number): boolean {
  return piece[index - 1] === '&' && piece[index - 2] !== '&';
}

interface Problem {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

function problemOf(match: RegExpExecArray): Problem | undefined {
  const reference = readReference(match);
  switch (reference.kind) {
    case 'character':
      return undefined;
    case 'bare':
      return {
        message: 'A bare "&" is not allowed.',
        hint: 'Write "&amp;" (and "&amp;&amp;" for "&&"), or use a CDATA section.',
      };
    case 'forbidden':
      return { message: `The reference ${match[0]} names a character that XML does not allow.`, hint: 'Remove it.' };
    case 'unknown':
      return {
        code: 'FLOW_XML_UNSAFE',
        message: `There is no entity "&${reference.name};".`,
        hint: 'Only &lt; &gt; &amp; &quot; &apos; exist; write other characters as they are, or by number, such as &#160;.',
      };
  }
}
