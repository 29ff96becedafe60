import type { EntryBody } from '../journal/journal-reader.js';
import { decode, type Encoded } from '../transport/encode.js';
import { type EncodedPart, newPartId, type Part, weighed } from '../transport/part.js';
import { Snapshot } from '../transport/snapshot.js';
import type { DoneNode } from './done-node.js';
import type { NodeRecord, VariableWrite } from './types.js';

/** Sizes of what a value is made of, in the order in which its bytes stand in the body of the entry. */
type Note =
  | readonly [kind: 'e', bytes: number, ...transfers: number[]]
  | readonly [kind: 'p', bytes: number, ...buffers: number[]]
  | readonly [kind: 'b', type: string, bytes: number]
  | readonly [kind: 'm', base: Note, ...held: (readonly [key: string, note: Note])[]];

/** A node that is done: its status, its times, its output and its writes. */
type NodeNote = readonly [
  status: 0 | 1,
  startedAt: number,
  durationMs: number,
  output: Note | 0,
  ...writes: (readonly [name: string, scope: VariableWrite['scope'], value: Note])[],
];

export interface OutcomeRecord {
  /** A line of text. */
  readonly detail: string;
  readonly body: readonly Uint8Array[];
}

/** What nodes gave, to be written down. Undefined when it cannot be: memory that threads share is of this process alone. */
export function toOutcomeRecord(nodes: readonly DoneNode[]): OutcomeRecord | undefined {
  const body: Uint8Array[] = [];
  let detail = '[';
  for (const { status, startedAt, durationMs, output, writes } of nodes) {
    const note = output === undefined ? '0' : spellNote(output, body);
    if (note === undefined) return undefined;
    let written = '';
    for (const { name, scope, value } of writes) {
      const valueNote = spellNote(value, body);
      if (valueNote === undefined) return undefined;
      written += `,[${JSON.stringify(name)},"${scope}",${valueNote}]`;
    }
    detail += `${detail === '[' ? '' : ','}[${status === 'completed' ? 1 : 0},${startedAt},${nanosecondsOf(durationMs)},${note}${written}]`;
  }
  return { detail: `${detail}]`, body };
}

/** In ms, without the digits that the clock does not have: they take longer to be spelled than all the rest. */
function nanosecondsOf(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}

/** A note as JSON. Most are of small values, which take longer to be made an array and spelled than to run. */
function spellNote(value: Encoded | Part, body: Uint8Array[]): string | undefined {
  if (!('kind' in value) && value.transfers.length === 0) {
    body.push(value.bytes);
    return `["e",${value.bytes.byteLength}]`;
  }
  const note = noteOf(value, body);
  return note && JSON.stringify(note);
}

/** What was written down, for nodes of these ids. */
export function fromOutcomeRecord(detail: string, body: EntryBody, nodeIds: readonly string[]): NodeRecord[] {
  const notes = JSON.parse(detail) as readonly NodeNote[];
  return notes.map(([status, startedAt, durationMs, output, ...written], at) => {
    const about = { id: nodeIds[at] ?? '', status: status === 1 ? 'completed' : 'skipped', startedAt, durationMs } as const;
    const held = output === 0 ? {} : { output: readNote(output, body) };
    const writes = written.map(([name, scope, value]) => ({ name, scope, value: decode(readEncoded(value, body)) }));
    return { ...about, ...held, writes };
  });
}

function noteOf(value: Encoded | Part, body: Uint8Array[]): Note | undefined {
  if (!('kind' in value)) return noteOfEncoded(value, body);
  if (value.kind === 'encoded') return noteOfPart(value, body);
  if (value.kind === 'binary') {
    body.push(new Uint8Array(value.memory));
    return ['b', value.type, value.memory.byteLength];
  }
  const base = noteOf(value.base, body);
  const held: [string, Note][] = [];
  for (const [key, part] of value.held) {
    const note = noteOf(part, body);
    if (note === undefined) return undefined;
    held.push([key, note]);
  }
  return base && ['m', base, ...held];
}

function noteOfEncoded({ bytes, transfers }: Encoded, body: Uint8Array[]): Note | undefined {
  if (transfers.some((buffer) => buffer instanceof SharedArrayBuffer)) return undefined;
  body.push(bytes, ...transfers.map((buffer) => new Uint8Array(buffer)));
  return ['e', bytes.byteLength, ...transfers.map(({ byteLength }) => byteLength)];
}

function noteOfPart({ bytes, buffers, plain }: EncodedPart, body: Uint8Array[]): Note | undefined {
  if (plain.includes(false)) return undefined;
  body.push(bytes, ...buffers.map((buffer) => new Uint8Array(buffer)));
  return ['p', bytes.byteLength, ...buffers.map(({ byteLength }) => byteLength)];
}

function readNote(note: Note, body: EntryBody): unknown {
  if (note[0] !== 'e') return new Snapshot(weighed(readPart(note, body)));
  const encoded = readEncoded(note, body);
  return encoded.transfers.length > 0 ? new Snapshot(encoded) : decode(encoded);
}

function readEncoded(note: Note, body: EntryBody): Encoded {
  const [, size, ...transfers] = note as Extract<Note, readonly ['e', ...unknown[]]>;
  const bytes = new Uint8Array(body.take(new ArrayBuffer(size)));
  return { bytes, transfers: transfers.map((each) => body.take(new ArrayBuffer(each))) };
}

function readPart(note: Note, body: EntryBody): Part {
  if (note[0] === 'b')
    return { kind: 'binary', id: newPartId(), type: note[1], memory: body.take(new SharedArrayBuffer(note[2])) };
  if (note[0] !== 'm') return readEncodedPart(note, body);
  const [, base, ...held] = note;
  const whole = readEncodedPart(base, body);
  return { kind: 'mixed', id: newPartId(), base: whole, held: held.map(([key, each]) => [key, readPart(each, body)]) };
}

function readEncodedPart(note: Note, body: EntryBody): EncodedPart {
  const [, size, ...sizes] = note as Extract<Note, readonly ['p', ...unknown[]]>;
  const bytes = new Uint8Array(body.take(new SharedArrayBuffer(size)));
  const buffers = sizes.map((each) => body.take(new SharedArrayBuffer(each)));
  return { kind: 'encoded', id: newPartId(), bytes, buffers, plain: buffers.map(() => true) };
}
