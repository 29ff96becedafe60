/** XML names, written with Unicode classes: a little wider than the ranges of XML 1.0, and never holding blank space. */
const name = '[\\p{L}_:][\\p{L}\\p{M}\\p{N}_:.\\u00B7-]*';
const blank = '[ \\t\\r\\n]*';

const namePattern = new RegExp(name, 'uy');
const attributePattern = new RegExp(`(${name})(${blank}=${blank})("[^"]*"|'[^']*')`, 'uy');
const blankPattern = new RegExp(blank, 'y');
const notBlankPattern = /[^ \t\r\n]/g;

/** A stretch of a text, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the pieces of one attribute stand; `valueStart` and `valueEnd` are inside the quotes. */
export interface AttributeSpan {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The name that starts at an offset, if one does. */
export function nameAt(text: string, offset: number): string | undefined {
  return matchAt(namePattern, text, offset)?.[0];
}

/** The attribute that starts at an offset, if a whole one does. */
export function attributeAt(text: string, offset: number): AttributeSpan | undefined {
  const [whole, attribute = '', equals = ''] = matchAt(attributePattern, text, offset) ?? [];
  if (whole === undefined) return undefined;
  const valueStart = offset + attribute.length + equals.length + 1;
  return { name: attribute, start: offset, valueStart, valueEnd: offset + whole.length - 1 };
}

/** The first offset at or after `offset` that holds no blank space. */
export function skipBlank(text: string, offset: number): number {
  return offset + (matchAt(blankPattern, text, offset)?.[0].length ?? 0);
}

/** The offset of the first character between two offsets that is not blank. */
export function firstNotBlank(text: string, start: number, end: number): number | undefined {
  const found = matchAt(notBlankPattern, text, start)?.index;
  return found === undefined || found >= end ? undefined : found;
}

/** The offset of the `>` that ends a tag: quoted values are stepped over. -1 when the tag or a quote in it has no end. */
export function tagEnd(text: string, offset: number): number {
  for (let at = offset; at < text.length; at++) {
    const character = text[at];
    if (character === '>') return at;
    if (character !== '"' && character !== "'") continue;
    at = text.indexOf(character, at + 1);
    if (at === -1) return -1;
  }
  return -1;
}

/** The patterns are shared; setting `lastIndex` before each use keeps calls apart. */
function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}
