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
    const slip = forgottenOutput(read, source.text, place) ?? slipAt(read, source.text, place);
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

/** A node whose value is meant and whose whole result is named: something is to be done with it, and it is not passed on as it is. */
function forgottenOutput(read: Read, text: string, place: ReadingPlace): Slip | undefined {
  const { root, path, computed, isKept, at } = read;
  const [id, ...fields] = root === 'nodes' ? path : [root, ...path];
  if (computed || isKept || id === undefined || fields.length > 0) return undefined;
  if (place.localNames.has(root) || !place.declarations.byId.has(id)) return undefined;
  const hyphenated = hyphenatedId(read, text, place);
  if (hyphenated !== undefined) return hyphenated;
  const inBrackets = /^nodes\s*(?:\[[^[\]]*\]|\.\s*\w+)/.exec(text.slice(at, at + root.length + id.length + window))?.[0];
  const written = root === 'nodes' && inBrackets !== undefined ? inBrackets : root;
  const message = `"${written}" is the whole result of the node, with its status and times, not the value it gives`;
  return { message, hint: `Did you mean ${written}.output?`, length: written.length, onlyOnce: false };
}

/** What to say of a name that resembles no known one in an expression. */
export function adviceOnNames({ evaluable, extraNames }: ExpressionSite): string {
  const word = evaluable.source.text.trim();
  if (/^\w+$/.test(word)) return `Name a node of this flow, input, run, config or vars; a text needs quotes: '${word}'.`;
  if (evaluable.kind === 'lambda' && extraNames.includes('item')) return 'The element is called item.';
  return 'Name a node of this flow, input, run, config or vars.';
}
