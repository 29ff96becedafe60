import type { SourceText } from '../types/source.js';
import type { LineIndex } from './line-index.js';
import type { TreeNode } from './parse-tree.js';
import { TextBuilder } from './text-builder.js';
import type { XmlAttribute, XmlElement } from './xml-element.js';
import { attributeAt, firstNotBlank, nameAt, type Span, skipBlank, tagEnd } from './xml-grammar.js';

/** The element at a node of the tree, with its attributes and text decoded. Expects well-formed text. */
export function readElement(node: TreeNode, text: string, lines: LineIndex): XmlElement {
  const name = nameAt(text, node.start + 1) ?? '';
  const nameEnd = node.start + 1 + name.length;
  const openEnd = tagEnd(text, nameEnd) + 1;
  const selfClosing = text[openEnd - 2] === '/';
  const inside = { start: openEnd, end: selfClosing ? openEnd : text.lastIndexOf('</', node.end - 1) };
  return {
    name,
    at: lines.positionAt(node.start),
    attributes: readAttributes(text, { start: nameEnd, end: openEnd - (selfClosing ? 2 : 1) }, lines),
    children: node.children.map((child) => readElement(child, text, lines)),
    text: readText(gapsOf(inside, node.children), text, lines),
    end: lines.positionAt(node.end),
  };
}

function readAttributes(text: string, span: Span, lines: LineIndex): XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  for (let at = skipBlank(text, span.start); at < span.end; ) {
    const attribute = attributeAt(text, at);
    if (attribute === undefined) return attributes;
    const value = new TextBuilder(text, lines);
    value.add(attribute.valueStart, attribute.valueEnd, 'attribute');
    attributes.push({ name: attribute.name, nameAt: lines.positionAt(at), value: value.build() });
    at = skipBlank(text, attribute.valueEnd + 1);
  }
  return attributes;
}

/** What lies between the children of an element. */
function gapsOf(inside: Span, children: readonly TreeNode[]): Span[] {
  const starts = [inside.start, ...children.map((child) => child.end)];
  return starts.map((start, index) => ({ start, end: children[index]?.start ?? inside.end }));
}

interface TextPiece extends Span {
  readonly mode: 'characters' | 'cdata';
}

function readText(gaps: readonly Span[], text: string, lines: LineIndex): SourceText | undefined {
  const pieces = gaps.flatMap((gap) => piecesOf(gap, text));
  if (pieces.every(({ start, end, mode }) => mode === 'characters' && firstNotBlank(text, start, end) === undefined))
    return undefined;
  const builder = new TextBuilder(text, lines);
  for (const { start, end, mode } of pieces) builder.add(start, end, mode);
  return builder.build();
}

/** Character data and CDATA of a gap; comments and processing instructions are left out. */
function piecesOf(gap: Span, text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = gap.start;
  while (at < gap.end) {
    const found = text.indexOf('<', at);
    const end = found === -1 ? gap.end : Math.min(found, gap.end);
    if (end > at) pieces.push({ start: at, end, mode: 'characters' });
    if (end === gap.end) return pieces;
    at = skipMarkup(text, end, pieces);
  }
  return pieces;
}

/** The offset after a comment, a processing instruction or a CDATA section, whose content joins the pieces. */
function skipMarkup(text: string, start: number, pieces: TextPiece[]): number {
  if (text.startsWith('<!--', start)) return text.indexOf('-->', start + 4) + 3;
  if (text.startsWith('<?', start)) return text.indexOf('?>', start + 2) + 2;
  const end = text.indexOf(']]>', start + 9);
  pieces.push({ start: start + 9, end, mode: 'cdata' });
  return end + 3;
}
