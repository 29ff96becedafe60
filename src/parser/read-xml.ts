import type { FlowError } from '../errors/flow-error.js';
import { checkMarkup } from './check-markup.js';
import { withoutNamespaces } from './check-namespaces.js';
import { FaultList } from './fault-list.js';
import { indexLines, type LineIndex } from './line-index.js';
import { parseTree, type TreeNode } from './parse-tree.js';
import { readElement } from './read-element.js';
import type { Reading } from './reading.js';
import { forbiddenCharacter } from './references.js';
import type { XmlElement } from './xml-element.js';
import { resolveLimits, type XmlLimits } from './xml-limits.js';

export interface XmlReading {
  /** `undefined` when the file is not well formed. */
  readonly root: XmlElement | undefined;
  /** In file order. */
  readonly faults: FlowError[];
}

/**
 * The root element of an XML text, or every reason why it has none. `file` is what positions name, `names` gives the elements
 * there are, and is asked only where two tags do not pair up: they tell which is misspelt. The root may hold others all the same.
 *
 * Takes time linear in the length of the text, and throws for no text whatever. A fault beside a root is one that lets
 * the elements be read all the same: a namespace that is not FlowScript's.
 */
export function readXml(
  text: string,
  file: string,
  limits: Partial<XmlLimits> = {},
  names: () => ReadonlySet<string> = () => new Set(),
): XmlReading {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = indexLines(content, file);
  const faults = new FaultList();
  const root = readRoot(content, { lines, limits: resolveLimits(limits), names, faults });
  return { root, faults: faults.inFileOrder() };
}

function readRoot(text: string, reading: Reading): XmlElement | undefined {
  const { lines, limits, faults } = reading;
  checkSize(text, lines, limits, faults);
  if (faults.count > 0) return undefined;
  checkCharacters(text, lines, faults);
  if (faults.count > 0) return undefined;
  const markup = checkMarkup(text, reading);
  if (faults.count > 0) return undefined;
  const tree = treeOf(text, markup, lines, faults);
  return tree && withoutNamespaces(readElement(tree, text, lines), faults);
}

function checkSize(text: string, lines: LineIndex, limits: XmlLimits, faults: FaultList): void {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= limits.sizeBytes) return;
  const hint = 'Split the flow, move data into files of their own, or raise the limit `sizeBytes`.';
  const message = `The file has ${sizeBytes} bytes; at most ${limits.sizeBytes} are allowed.`;
  faults.report('FLOW_LIMIT_EXCEEDED', lines.positionAt(0), message, { hint });
}

/** One is enough: what has a forbidden character is mostly no text at all. */
function checkCharacters(text: string, lines: LineIndex, faults: FaultList): void {
  const found = forbiddenCharacter.exec(text);
  if (found === null) return;
  const code = (text.codePointAt(found.index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const hint = 'Remove it, and make sure that the file is XML text in UTF-8.';
  const message = `The file holds a character that XML does not allow: U+${code}.`;
  faults.report('FLOW_XML_MALFORMED', lines.positionAt(found.index), message, { hint });
}

/** The parser must see just the elements that the check saw; anything else would be read wrongly without a word. */
function treeOf(text: string, markup: ReturnType<typeof checkMarkup>, lines: LineIndex, faults: FaultList): TreeNode | undefined {
  try {
    const [root, ...others] = parseTree(text, markup.instructions);
    if (root !== undefined && others.length === 0 && countElements(root) === markup.elements) return root;
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(0), 'The elements of this file cannot be told apart for certain.');
  } catch (cause) {
    const message = `The file cannot be parsed: ${cause instanceof Error ? cause.message : String(cause)}`;
    faults.report('FLOW_XML_MALFORMED', lines.positionAt(0), message, { cause });
  }
  return undefined;
}

function countElements({ children }: TreeNode): number {
  return children.reduce((count, child) => count + countElements(child), 1);
}
