import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import type { SourcePosition } from '../types/source.js';

/**
 * The text of a flow file.
 * @throws FlowError FLOW_XML_MALFORMED for what is no UTF-8, with the place of the first byte that is none
 */
export function decodeFlow(bytes: Uint8Array, file: string): string {
  const isUtf16 = looksLikeUtf16(bytes);
  try {
    // The mark is left for the reader of XML, which knows it.
    if (!isUtf16) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (!bytes.includes(0)) throw notUtf8(file, 'it holds bytes that mean nothing in UTF-8', placeOfDamage(bytes));
    const hint = 'Give the path of a flow file: XML text.';
    throw new FlowError('FLOW_XML_MALFORMED', `${file} is no text, but a file of another kind.`, { hint });
  }
  throw notUtf8(file, 'it is UTF-16', undefined);
}

function notUtf8(file: string, why: string, place: Pick<SourcePosition, 'line' | 'column'> | undefined): FlowError {
  const fault = new FlowError('FLOW_XML_MALFORMED', `The file is not UTF-8: ${why}.`, {
    hint: 'Save it as UTF-8.',
    source: { file, line: 1, column: 1, ...place },
  });
  return new FlowValidationError(file, [fault]);
}

/** Where the first byte stands that is no UTF-8. */
function placeOfDamage(bytes: Uint8Array): { line: number; column: number } {
  const lines = new TextDecoder().decode(bytes).split('\uFFFD', 1)[0]?.split('\n') ?? [];
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** A byte order mark, or the zero byte beside the first "<". */
function looksLikeUtf16([first, second]: Uint8Array): boolean {
  const pair = [first, second].join(' ');
  return ['255 254', '254 255', '60 0', '0 60'].includes(pair);
}
