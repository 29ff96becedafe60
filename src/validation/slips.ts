import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import type { Read } from '../expressions/index.js';
import { isKnownName, type ReadingPlace } from './reads.js';
import type { ExpressionSite } from './sites.js';

/** What reads mean other than they say, and the reads that say what they mean. */
export interface SortedReads {
  readonly faults: readonly FlowError[];
  readonly plain: readonly Read[];
}

interface Slip {
  readonly message: string;
  readonly hint: string;
  /** How many characters it covers: the reads in it are no reads. */
  readonly length: number;
  /** Told once in an expression, however often it is made. */
  readonly onlyOnce: boolean;
}

/** Finds the slips that reading name by name would report as unknown names, or not at all. */
export function findSlips(reads: readonly Read[], site: ExpressionSite, place: ReadingPlace): SortedReads {
  const { source } = site.evaluable;
  const faults: FlowError[] = [];
  const plain: Read[] = [];
  let covered = -1;
  let toldOnce = false;
  for (const read of reads) {
    if (read.at < covered) continue;
    const slip = forgottenOutput(read, site, place) ?? slipAt(read, source.text, place);
    if (slip === undefined) plain.push(read);
    else {
      covered = read.at + slip.length;
      if (slip.onlyOnce && toldOnce) continue;
      toldOnce ||= slip.onlyOnce;
      const details = { source: locate(source, read.at), nodeId: place.reader?.node.id, hint: slip.hint };
      faults.push(new FlowError('FLOW_REFERENCE_UNKNOWN', slip.message, details));
    }
  }
  return { faults, plain };
}

/** How much of a text around a name is looked at. */
const window = 100;

function slipAt(read: Read, text: string, place: ReadingPlace): Slip | undefined {
  if (isKnownName(read.root, place)) return undefined;
  return hyphenatedId(read, text, place) ?? unquotedKey(read, text);
}

/** `fetch-all.output` is a subtraction, whatever the node is called. */
function hyphenatedId({ at }: Read, text: string, { declarations }: ReadingPlace): Slip | undefined {
  const written = /^\w+(?:-\w+)+/.exec(text.slice(at))?.[0];
  if (written === undefined || !declarations.byId.has(written)) return undefined;
  const field = /^(?:\.\w+)*/.exec(text.slice(at + written.length))?.[0] ?? '';
  return {
    message: `"${written}" is read as a subtraction`,
    hint: `Write nodes["${written}"]${field || '.output'}.`,
    length: written.length + field.length,
    onlyOnce: false,
  };
}

function unquotedKey({ root, path, at }: Read, text: string): Slip | undefined {
  const isKey =
    path.length === 0 && /[{,]\s*$/.test(text.slice(Math.max(0, at - window), at)) && /^\s*:/.test(text.slice(at + root.length));
  if (!isKey) return undefined;
  const message = `nothing here is called "${root}", which stands where a key does`;
  return { message, hint: `Keys need quotes: {"${root}": …}.`, length: root.length, onlyOnce: true };
}

/** A setting that takes the value of a node and gets its whole result instead, or an operator that does. */
function forgottenOutput(read: Read, site: ExpressionSite, place: ReadingPlace): Slip | undefined {
  const { setting, evaluable } = site;
  const [id] = read.root === 'nodes' ? read.path : [read.root];
  if (id === undefined || place.localNames.has(read.root) || !place.declarations.byId.has(id)) return undefined;
  if (read.root === id && read.path.length === 0 && isOperand(evaluable.source.text, read)) return wholeResult(id);
  const takesValue = place.reader === undefined || setting === 'input' || setting === 'items';
  if (!takesValue) return undefined;
  // Looked at once a reference, so never the whole of a long text.
  if (evaluable.source.text.length > id.length + window) return undefined;
  const text = evaluable.source.text.trim().replace(/^\{\{\s*|\s*\}\}$/g, '');
  if (text !== id && !(read.root === 'nodes' && read.path.length === 1 && /^nodes\[[^[\].]*\]$/.test(text))) return undefined;
  return wholeResult(text);
}

function wholeResult(text: string): Slip {
  const message = `"${text}" is the whole result of the node, with its status and times, not the value it gives`;
  return { message, hint: `Did you mean ${text}.output?`, length: text.length, onlyOnce: false };
}

/** Of an operator that no whole result has a meaning for. */
function isOperand(text: string, { root, at }: Read): boolean {
  const after = text.slice(at + root.length, at + root.length + window).trimStart();
  if (/^[.[?]/.test(after)) return false;
  return /^[-+*/%<>]/.test(after) || /[-+*/%]\s*$/.test(text.slice(Math.max(0, at - window), at));
}

/** What to say of a name that resembles no known one in an expression. */
export function adviceOnNames({ evaluable, extraNames }: ExpressionSite): string {
  const word = evaluable.source.text.trim();
  if (/^\w+$/.test(word)) return `Name a node of this flow, input, run, config or vars; a text needs quotes: '${word}'.`;
  if (evaluable.kind === 'lambda' && extraNames.includes('item')) return 'The element is called item.';
  return 'Name a node of this flow, input, run, config or vars.';
}
