import { types } from 'node:util';

/** Why a value cannot be copied: where it sits (`$.orders[1].onSave`) and what stands there (`is a function`). */
export interface CloneFault {
  readonly path: string;
  readonly what: string;
}

interface Visit {
  readonly value: unknown;
  readonly parent: Visit | undefined;
  readonly step: string;
  readonly depth: number;
}

/** The first part of a value, in reading order, that no copy can be made of. */
export function findCloneFault(root: unknown): CloneFault | undefined {
  for (const visit of walk(root)) {
    const what = refusal(visit.value);
    if (what !== undefined) return { path: pathOf(visit), what };
  }
  return undefined;
}

/** Where a part of a value sits, and what it is: for parts that only the serialiser knows it cannot write. */
export function findPart(root: unknown, part: object): CloneFault | undefined {
  for (const visit of walk(root)) if (visit.value === part) return { path: pathOf(visit), what: `is ${named(part)}` };
  return undefined;
}

interface LargePart {
  readonly path: string;
  readonly what: string;
  readonly bytes: number;
}

/** The text or buffer of a value that takes the most memory. */
export function largestPart(root: unknown): LargePart | undefined {
  let largest: { readonly visit: Visit; readonly bytes: number } | undefined;
  for (const visit of walk(root)) {
    const bytes = sizeOf(visit.value);
    if (bytes > (largest?.bytes ?? 0)) largest = { visit, bytes };
  }
  if (largest === undefined) return undefined;
  const { visit, bytes } = largest;
  return { path: pathOf(visit), what: typeof visit.value === 'string' ? 'a text' : named(visit.value as object), bytes };
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) ? value.byteLength : 0;
}

/** `a Blob`, `an ArrayBuffer`. */
function named(value: object): string {
  const name = classOf(value);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

function classOf(value: object): string {
  const name: unknown = Reflect.get(Object(Reflect.get(value, 'constructor')), 'name');
  return typeof name === 'string' && name !== '' ? name : Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Every distinct `ArrayBuffer` of at least `sizeBytes` that a value holds, alone or under a view, and that a copy of its bytes can stand for. */
export function collectBuffers(root: unknown, sizeBytes: number, visitLimit: number = Number.POSITIVE_INFINITY): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  let visits = 0;
  for (const { value } of walk(root)) {
    if (visits++ > visitLimit) break;
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
    if (types.isArrayBuffer(buffer) && buffer.byteLength >= sizeBytes && !isResizable(buffer)) found.add(buffer);
  }
  return [...found];
}

/** A view of it may follow its length, which memory of another kind has no part in; V8 reads such a view back only beside its buffer. */
export function isResizable(buffer: ArrayBuffer): boolean {
  return Reflect.get(buffer, 'resizable') === true;
}

/** Depth first, in reading order, without recursion: a value may be nested deeper than any stack. */
function* walk(root: unknown): Generator<Visit> {
  const seen = new Set<unknown>();
  const stack: Visit[] = [{ value: root, parent: undefined, step: '$', depth: 0 }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    yield visit;
    const { value } = visit;
    if (typeof value !== 'object' || value === null || seen.has(value) || refusal(value) !== undefined) continue;
    seen.add(value);
    const children = [...childrenOf(value)];
    for (let i = children.length - 1; i >= 0; i--) {
      const [step, child] = children[i] as readonly [string, unknown];
      stack.push({ value: child, parent: visit, step, depth: visit.depth + 1 });
    }
  }
}

function* childrenOf(value: object): Generator<readonly [string, unknown]> {
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return;
  if (types.isMap(value)) yield* mapChildren(value);
  else if (types.isSet(value)) yield* setChildren(value);
  else yield* propertyChildren(value);
}

function* mapChildren(map: ReadonlyMap<unknown, unknown>): Generator<readonly [string, unknown]> {
  let position = 0;
  for (const [key, value] of map) {
    yield [`.keys()[${position}]`, key];
    yield [typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${position}]`, value];
    position++;
  }
}

function* setChildren(set: ReadonlySet<unknown>): Generator<readonly [string, unknown]> {
  let position = 0;
  for (const value of set) yield [`.values()[${position++}]`, value];
}

function* propertyChildren(value: object): Generator<readonly [string, unknown]> {
  const isArray = Array.isArray(value);
  for (const key of Object.keys(value)) yield [stepName(key, isArray), Reflect.get(value, key)];
  if (types.isNativeError(value) && Object.hasOwn(value, 'cause')) yield ['.cause', value.cause];
}

function stepName(key: string, isArray: boolean): string {
  if (isArray && /^\d+$/.test(key)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function pathOf(visit: Visit): string {
  const steps: string[] = [];
  for (let at: Visit | undefined = visit; at !== undefined; at = at.parent) steps.push(at.step);
  return steps.reverse().join('');
}

/** `is a …` for what the structured clone algorithm refuses. */
function refusal(value: unknown): string | undefined {
  if (typeof value === 'function') return value.name === '' ? 'is a function' : `is a function (${value.name})`;
  if (typeof value === 'symbol') return `is a symbol (${String(value)})`;
  if (typeof value !== 'object' || value === null) return undefined;
  return refusedKinds.find(([holds]) => holds(value))?.[1];
}

const refusedKinds: readonly (readonly [(value: object) => boolean, string])[] = [
  [types.isProxy, 'is a Proxy'],
  [types.isPromise, 'is a Promise (was an `await` forgotten?)'],
  [types.isWeakMap, 'is a WeakMap'],
  [types.isWeakSet, 'is a WeakSet'],
  [(value) => value instanceof WeakRef, 'is a WeakRef'],
  [types.isGeneratorObject, 'is a generator (spread it into an array first)'],
  [types.isExternal, 'is a native handle'],
];
