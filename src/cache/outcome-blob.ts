import v8 from 'node:v8';
import type { IterationOutcome, NodeRecord } from '../dispatch/types.js';
import { decode, encode, toSharedMemory } from '../transport/encode.js';
import { type EncodedPart, newPartId, type Part, weighed } from '../transport/part.js';
import { Snapshot } from '../transport/snapshot.js';

/** A value as it lies on the disk: what was a snapshot stays one, so that it need not be decoded to travel on. */
type Stored =
  | { readonly kind: 'value'; readonly bytes: Uint8Array; readonly buffers: readonly Uint8Array[] }
  | { readonly kind: 'part'; readonly bytes: Uint8Array; readonly buffers: readonly Uint8Array[] }
  | { readonly kind: 'binary'; readonly type: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'mixed';
      readonly base: StoredPart;
      readonly held: readonly (readonly [key: string, part: Exclude<Stored, { kind: 'value' }>])[];
    };

type StoredPart = Extract<Stored, { kind: 'part' }>;

/**
 * The output of a node that ran alone, as bytes. Undefined for what cannot be written down: a failure, a skipped node, a write of a
 * variable, memory that threads share.
 */
export function toBlob(outcome: IterationOutcome): Uint8Array | undefined {
  const [record] = outcome.nodes;
  if (outcome.status !== 'completed' || record?.status !== 'completed' || record.writes.length > 0) return undefined;
  const { output } = record;
  const stored = output instanceof Snapshot ? storePart(output.part) : storeValue(output);
  return stored && v8.serialize(stored);
}

/** A node's record with the output that was written down. */
export function fromBlob(blob: Uint8Array, about: Pick<NodeRecord, 'id' | 'startedAt' | 'durationMs'>): IterationOutcome {
  const stored = v8.deserialize(blob) as Stored;
  const output = stored.kind === 'value' ? readValue(stored) : new Snapshot(weighed(readPart(stored)));
  return { status: 'completed', nodes: [{ ...about, status: 'completed', output, writes: [] }] };
}

function storeValue(value: unknown): Stored | undefined {
  const { bytes, transfers } = encode(value);
  if (transfers.some((buffer) => buffer instanceof SharedArrayBuffer)) return undefined;
  return { kind: 'value', bytes, buffers: transfers.map((buffer) => new Uint8Array(buffer)) };
}

function readValue({ bytes, buffers }: Extract<Stored, { kind: 'value' }>): unknown {
  // Bytes read back lie in the middle of a larger buffer: `slice` gives each one of its own.
  return decode({ bytes, transfers: buffers.map((buffer) => buffer.slice().buffer as ArrayBuffer) });
}

function storePart(part: Part): Exclude<Stored, { kind: 'value' }> | undefined {
  if (part.kind === 'encoded') return storeEncoded(part);
  if (part.kind === 'binary') return { kind: 'binary', type: part.type, bytes: new Uint8Array(part.memory).slice() };
  const base = storeEncoded(part.base);
  const held = part.held.map(([key, member]) => [key, storePart(member)] as const);
  if (base === undefined || !held.every(isStored)) return undefined;
  return { kind: 'mixed', base, held };
}

function isStored<T>(member: readonly [string, T | undefined]): member is readonly [string, T] {
  return member[1] !== undefined;
}

function storeEncoded({ bytes, buffers, plain }: EncodedPart): StoredPart | undefined {
  if (!plain.every(Boolean)) return undefined;
  return { kind: 'part', bytes: bytes.slice(), buffers: buffers.map((buffer) => new Uint8Array(buffer).slice()) };
}

function readPart(stored: Exclude<Stored, { kind: 'value' }>): Part {
  const id = newPartId();
  if (stored.kind === 'part') return readEncoded(stored);
  if (stored.kind === 'binary') return { kind: 'binary', id, type: stored.type, memory: toSharedMemory(stored.bytes) };
  const held = stored.held.map(([key, member]) => [key, readPart(member)] as const);
  return { kind: 'mixed', id, base: readEncoded(stored.base), held };
}

function readEncoded({ bytes, buffers }: StoredPart): EncodedPart {
  const shared = buffers.map((buffer) => toSharedMemory(buffer));
  return {
    kind: 'encoded',
    id: newPartId(),
    bytes: new Uint8Array(toSharedMemory(bytes)),
    buffers: shared,
    plain: shared.map(() => true),
  };
}
