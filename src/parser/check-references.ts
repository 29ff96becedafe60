import type { FaultList } from './fault-list.js';
import type { LineIndex } from './line-index.js';
import { readReference, referencePattern } from './references.js';

/** Reports every `&` in a piece of text that starts no reference, or one to something that does not exist. */
export function checkReferences(piece: string, offset: number, lines: LineIndex, faults: FaultList): void {
  if (!piece.includes('&')) return;
  for (const match of piece.matchAll(referencePattern)) {
    const problem = problemOf(match);
    if (problem === undefined || isSecondOfAnd(piece, match.index)) continue;
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(offset + match.index), problem.message, { hint: problem.hint });
  }
}

/** `&&` is one slip, told at its first character. */
function isSecondOfAnd(piece: string, index: number): boolean {
  return piece[index - 1] === '&' && piece[index - 2] !== '&';
}

function problemOf(match: RegExpExecArray): { readonly message: string; readonly hint: string } | undefined {
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
        message: `There is no entity "&${reference.name};".`,
        hint: 'Only &lt; &gt; &amp; &quot; &apos; exist; write other characters as they are, or by number, such as &#160;.',
      };
  }
}
