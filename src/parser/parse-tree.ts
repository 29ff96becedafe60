import { XMLParser } from 'fast-xml-parser';
import type { Span } from './xml-grammar.js';

/** An element as a stretch of the text, `end` exclusive, and the elements inside it. */
export interface TreeNode extends Span {
  readonly children: readonly TreeNode[];
}

/** What the parser gives for an element: its children under its name, and the offsets under a symbol. Text has no offsets. */
type ParsedNode = Readonly<Record<string | symbol, unknown>>;

const offsets = XMLParser.getMetaDataSymbol() as symbol;

/**
 * The elements of a text that `checkMarkup` has found well formed.
 *
 * Processing instructions are blanked out first, since the parser takes a quote in one for the start of a string.
 *
 * @throws Error when the parser refuses the text after all.
 */
export function parseTree(text: string, instructions: readonly Span[]): TreeNode[] {
  const parser = new XMLParser({
    preserveOrder: true,
    captureMetaData: true,
    // Attributes and text are read from the text itself, by offset: the parser gives no position for them.
    ignoreAttributes: true,
    parseTagValue: false,
    processEntities: false,
    trimValues: false,
    jPath: false,
    maxNestedTags: Number.MAX_SAFE_INTEGER,
    // The parser refuses names such as `constructor`; the names are read from the text, so these here only must not clash.
    transformTagName: (name: string) => `_${name}`,
  });
  const parsed: unknown = parser.parse(blankOut(text, instructions));
  return toTree(parsed);
}

function toTree(parsed: unknown): TreeNode[] {
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((node: ParsedNode) => {
    const span = node[offsets];
    return isOffsets(span) ? [{ start: span.startIndex, end: span.endIndex, children: toTree(Object.values(node)[0]) }] : [];
  });
}

function isOffsets(value: unknown): value is { readonly startIndex: number; readonly endIndex: number } {
  return typeof value === 'object' && value !== null && 'startIndex' in value && 'endIndex' in value;
}

function blankOut(text: string, spans: readonly Span[]): string {
  const pieces: string[] = [];
  let kept = 0;
  for (const { start, end } of spans) {
    pieces.push(text.slice(kept, start), ' '.repeat(end - start));
    kept = end;
  }
  return pieces.join('') + text.slice(kept);
}
