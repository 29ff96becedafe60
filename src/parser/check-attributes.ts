import { checkReferences } from './check-references.js';
import type { FaultList } from './fault-list.js';
import type { LineIndex } from './line-index.js';
import { type AttributeSpan, attributeAt, nameAt, type Span, skipBlank } from './xml-grammar.js';

interface Tag {
  readonly text: string;
  readonly name: string;
  readonly lines: LineIndex;
  readonly faults: FaultList;
}

/**
 * Reports what is wrong in the attributes of a tag. `lost` means that a quote is open that should be closed, or the
 * other way round, so that nothing after it can be trusted.
 */
export function checkAttributes(text: string, span: Span, name: string, lines: LineIndex, faults: FaultList): 'known' | 'lost' {
  const tag: Tag = { text, name, lines, faults };
  const seen = new Set<string>();
  let suspect = false;
  let at = span.start;
  while (true) {
    const start = skipBlank(text, at);
    if (start >= span.end) return 'known';
    const attribute = attributeAt(text, start);
    if (attribute === undefined || start === at) return suspect ? 'lost' : reportSyntax(tag, start, span.end);
    suspect = checkAttribute(tag, attribute, seen) === 'suspect' || suspect;
    at = attribute.valueEnd + 1;
  }
}

/** A value with a "<" in it is suspected to have lost its closing quote; if the next attribute makes no sense, it has. */
function checkAttribute({ text, name, lines, faults }: Tag, attribute: AttributeSpan, seen: Set<string>): 'sound' | 'suspect' {
  if (seen.has(attribute.name)) {
    const message = `<${name}> has the attribute "${attribute.name}" twice.`;
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(attribute.start), message, { hint: 'Keep one of them.' });
  }
  seen.add(attribute.name);
  const value = text.slice(attribute.valueStart, attribute.valueEnd);
  checkReferences(value, attribute.valueStart, lines, faults);
  const bracket = value.indexOf('<');
  if (bracket === -1) return 'sound';
  const hint = `Write "&lt;" for it. If it should start a tag, the value that ${attribute.name}= opens has lost its closing quote.`;
  const message = `The value of "${attribute.name}" holds a "<".`;
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(attribute.valueStart + bracket), message, { hint });
  return 'suspect';
}

function reportSyntax({ text, name, lines, faults }: Tag, start: number, end: number): 'known' | 'lost' {
  const attribute = nameAt(text, start);
  const problem = attribute === undefined ? unexpected(text, start) : explain(text, start, attribute);
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(start), `In the tag <${name}>: ${problem}`, {
    hint: 'Attributes are written name="value", with blank space between them; every quote needs its partner.',
  });
  return /["'<]/.test(text.slice(start, end)) ? 'lost' : 'known';
}

function unexpected(text: string, start: number): string {
  return `expected an attribute, ">" or "/>", found ${JSON.stringify(String.fromCodePoint(text.codePointAt(start) ?? 0))}.`;
}

function explain(text: string, start: number, attribute: string): string {
  const equals = skipBlank(text, start + attribute.length);
  if (text[equals] !== '=') return `the attribute "${attribute}" has no value.`;
  const quote = text[skipBlank(text, equals + 1)];
  if (quote === '"' || quote === "'") {
    const whole = attributeAt(text, start) !== undefined;
    return whole ? `there must be blank space before "${attribute}".` : `the value of "${attribute}" has no closing quote.`;
  }
  return `the value of "${attribute}" must stand in quotes.`;
}
