import { checkAttributes } from './check-attributes.js';
import { checkReferences } from './check-references.js';
import type { FaultList } from './fault-list.js';
import type { LineIndex } from './line-index.js';
import { OpenTags } from './open-tags.js';
import type { Reading } from './reading.js';
import { firstNotBlank, nameAt, type Span, tagEnd } from './xml-grammar.js';

export interface Markup {
  readonly elements: number;
  /** Processing instructions and the XML declaration. */
  readonly instructions: readonly Span[];
}

interface Scan extends Reading {
  readonly text: string;
  readonly tags: OpenTags;
  readonly instructions: Span[];
}

/** Reads one piece of markup; gives the offset after it, or `undefined` when what follows cannot be understood. */
type Reader = (scan: Scan, start: number) => number | undefined;

/** Longer openings first: `<!--` is also a `<!`. */
const readers: readonly (readonly [opening: string, read: Reader])[] = [
  ['<!--', readComment],
  ['<![CDATA[', readCdata],
  ['<!', readDeclaration],
  ['<?', readInstruction],
  ['</', readCloseTag],
  ['<', readOpenTag],
];

/** Reports everything in a text that is not well-formed XML, or that a flow may not have. Linear in its length. */
export function checkMarkup(text: string, reading: Reading): Markup {
  const { lines, faults } = reading;
  if (!text.includes('<')) {
    reportNoMarkup(text, lines, faults);
    return { elements: 0, instructions: [] };
  }
  const scan: Scan = { ...reading, text, tags: new OpenTags(reading), instructions: [] };
  if (scanAll(scan)) scan.tags.finish(text.length);
  return { elements: scan.tags.opened, instructions: scan.instructions };
}

/** A file of another kind is one fault. */
function reportNoMarkup(text: string, lines: LineIndex, faults: FaultList): void {
  const start = firstNotBlank(text, 0, text.length);
  const hint = `${start === undefined ? 'Start' : 'It is no XML: give a flow file, which starts'} with <workflow name="…">.`;
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(start ?? text.length), 'The file has no root element.', { hint });
}

/** Whether the end of the text was reached. */
function scanAll(scan: Scan): boolean {
  const { text } = scan;
  let at = 0;
  while (at < text.length) {
    const found = text.indexOf('<', at);
    const markup = found === -1 ? text.length : found;
    checkText(scan, at, markup);
    if (markup === text.length) return true;
    const next = readerOf(text, markup)(scan, markup);
    if (next === undefined) return false;
    at = next;
  }
  return true;
}

function readerOf(text: string, start: number): Reader {
  return readers.find(([opening]) => text.startsWith(opening, start))?.[1] ?? readOpenTag;
}

function checkText({ text, lines, faults, tags }: Scan, start: number, end: number): void {
  if (start === end) return;
  if (tags.depth === 0) {
    const stray = firstNotBlank(text, start, end);
    if (stray === undefined) return;
    const hint = 'Put it inside the root element, or remove it.';
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(stray), 'There is text outside the root element.', { hint });
    return;
  }
  const piece = text.slice(start, end);
  checkReferences(piece, start, lines, faults);
  const close = piece.indexOf(']]>');
  if (close === -1) return;
  const hint = 'Write "]]&gt;", or open the CDATA section with "<![CDATA[".';
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(start + close), 'Text must not hold "]]>" outside a CDATA section.', {
    hint,
  });
}

function readComment(scan: Scan, start: number): number | undefined {
  const end = endOf(scan, start, '-->', 4, 'comment');
  if (end === undefined) return undefined;
  const dashes = scan.text.indexOf('--', start + 4);
  if (dashes < end - 3) {
    const hint = 'Write a single dash, or end the comment there with "-->".';
    scan.faults.report('FLOW_XML_MALFORMED', scan.lines.positionAt(dashes), 'A comment must not hold "--".', { hint });
  }
  return end;
}

function readCdata(scan: Scan, start: number): number | undefined {
  if (scan.tags.depth === 0) {
    scan.faults.report('FLOW_XML_MALFORMED', scan.lines.positionAt(start), 'There is a CDATA section outside the root element.');
  }
  return endOf(scan, start, ']]>', 9, 'CDATA section');
}

function readDeclaration({ faults, lines }: Scan, start: number): undefined {
  const hint = 'Remove it: only &lt; &gt; &amp; &quot; &apos; and character references such as &#160; can be used.';
  faults.report('FLOW_XML_UNSAFE', lines.positionAt(start), 'A flow must not have a DOCTYPE or any other "<!" declaration.', {
    hint,
  });
}

function readInstruction(scan: Scan, start: number): number | undefined {
  const { text, lines, faults } = scan;
  const end = endOf(scan, start, '?>', 2, 'processing instruction');
  if (end === undefined) return undefined;
  scan.instructions.push({ start, end });
  const target = nameAt(text, start + 2);
  if (target === undefined) {
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), 'A processing instruction needs a name right after "<?".');
  } else if (target.toLowerCase() === 'xml') checkXmlDeclaration(scan, start, end);
  return end;
}

function checkXmlDeclaration({ text, lines, faults }: Scan, start: number, end: number): void {
  if (start > 0) {
    const hint = 'Move it to the very start of the file, before any blank space or comment, or remove it.';
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), 'The XML declaration must be the first thing in the file.', {
      hint,
    });
  }
  const encoding = /\sencoding\s*=\s*["']([^"']*)["']/.exec(text.slice(start, end));
  if (encoding === null || /^(?:utf-?8|us-ascii)$/i.test(encoding[1] ?? '')) return;
  const hint = 'Save the file as UTF-8 and write encoding="UTF-8", or leave it out.';
  const message = `A flow is read as UTF-8, but this one says encoding="${encoding[1]}".`;
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(start + encoding.index + 1), message, { hint });
}

function readCloseTag({ text, lines, faults, tags }: Scan, start: number): number | undefined {
  const name = nameAt(text, start + 2);
  const end = name === undefined ? undefined : firstNotBlank(text, start + 2 + name.length, text.length);
  if (name === undefined || end === undefined || text[end] !== '>') {
    const hint = 'A closing tag holds a name and nothing else: </name>.';
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), 'This closing tag is not complete.', { hint });
    return undefined;
  }
  tags.close(name, start);
  return end + 1;
}

function readOpenTag(scan: Scan, start: number): number | undefined {
  const { text, lines, faults, tags } = scan;
  const name = nameAt(text, start + 1);
  if (name === undefined) {
    const hint = 'Write "&lt;" for a literal "<", or use a CDATA section.';
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), 'This "<" starts no element.', { hint });
    return start + 1;
  }
  const nameEnd = start + 1 + name.length;
  const end = tagEnd(text, nameEnd);
  if (end === -1) return reportEndless(scan, start, name);
  const selfClosing = text[end - 1] === '/';
  const attributes = { start: nameEnd, end: selfClosing ? end - 1 : end };
  if (checkAttributes(text, attributes, name, lines, faults) === 'lost') return undefined;
  if (!withinLimits(scan, start)) return undefined;
  tags.open(name, start, selfClosing);
  return end + 1;
}

/** An open quote swallows the rest of the file; the attribute it belongs to says more than the tag. */
function reportEndless({ text, lines, faults }: Scan, start: number, name: string): undefined {
  const before = faults.count;
  checkAttributes(text, { start: start + 1 + name.length, end: text.length }, name, lines, faults);
  if (faults.count > before) return;
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), `The tag <${name}> has no end.`, {
    hint: 'Close it with ">" or "/>".',
  });
}

function withinLimits({ limits, tags, lines, faults }: Scan, start: number): boolean {
  if (tags.opened >= limits.elements) {
    const hint = 'Split the flow; code that loads it can raise `limits.elements`.';
    faults.report('FLOW_LIMIT_EXCEEDED', lines.positionAt(start), `The file has more than ${limits.elements} elements.`, {
      hint,
    });
    return false;
  }
  if (tags.depth < limits.depth) return true;
  const hint = 'Nest less deeply; code that loads the flow can raise `limits.depth` (at most 1,000).';
  faults.report('FLOW_LIMIT_EXCEEDED', lines.positionAt(start), `Elements are nested more than ${limits.depth} deep.`, { hint });
  return false;
}

function endOf({ text, lines, faults }: Scan, start: number, closing: string, skip: number, what: string): number | undefined {
  const found = text.indexOf(closing, start + skip);
  if (found !== -1) return found + closing.length;
  const hint = `End it with "${closing}".`;
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), `This ${what} is never closed.`, { hint });
  return undefined;
}
