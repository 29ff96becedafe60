import type { SourcePosition } from '../types/source.js';
import type { FaultList } from './fault-list.js';
import type { GivenSetting } from './gather-settings.js';
import type { XmlElement } from './xml-element.js';

/** Names that expressions already give a meaning to. */
export const reservedNames: ReadonlySet<string> = new Set(
  'input run config secrets env branch item index acc vars error branches nodes'.split(' '),
);

/** Words of CEL, which no expression can read as a name. A node of such an id is read as `nodes["if"]`. */
export const celWords: ReadonlySet<string> = new Set(
  [
    'as break const continue else false for function if import in let loop namespace null',
    'package prototype return true var void while __proto__',
  ].flatMap((line) => line.split(' ')),
);

const idPattern = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const withoutId: ReadonlySet<string> = new Set(['set', 'fail', 'phase', 'break']);

/** Hands out and checks the ids of the nodes of one file. */
export class NodeIds {
  readonly #faults: FaultList;
  readonly #used = new Map<string, SourcePosition>();
  readonly #generated = new Map<string, number>();
  /** Every id written anywhere in the file, so that a suggested one is free. */
  readonly #taken: Set<string>;
  /** Every id written anywhere in the file, on elements that could not be built too. */
  readonly written: ReadonlySet<string>;

  constructor(root: XmlElement, faults: FaultList) {
    this.#faults = faults;
    this.written = new Set(writtenIds(root));
    this.#taken = new Set(this.written);
  }

  /** Where the node with this id is, if there is one so far. */
  find(id: string): SourcePosition | undefined {
    return this.#used.get(id);
  }

  /** The id of a node: the written one, or one made up where the author may leave it out. */
  claim(element: XmlElement, kind: string, given: GivenSetting | undefined): string {
    const id = given?.value;
    if (given === undefined || typeof id !== 'string') return this.#withoutId(element, kind);
    this.#check(id, given.at);
    return id;
  }

  #withoutId(element: XmlElement, kind: string): string {
    if (withoutId.has(kind)) return `$${kind}-${count(this.#generated, kind)}`;
    const hint = () => `Add one, such as id="${this.#suggest(kind)}".`;
    this.#faults.report('FLOW_SETTING_MISSING', element.at, `<${element.name}> needs an id.`, { hint });
    return '';
  }

  #check(id: string, at: SourcePosition): void {
    const nodeId = id;
    if (!idPattern.test(id)) {
      const hint = 'An id starts with a letter or "_", and goes on with letters, digits, "_", "." and "-".';
      this.#faults.report('FLOW_ID_INVALID', at, `"${id}" cannot be an id.`, { nodeId, hint });
    } else if (reservedNames.has(id)) {
      const hint = () => `Choose another, such as "${this.#suggest(`${id}-node`)}".`;
      this.#faults.report('FLOW_ID_INVALID', at, `"${id}" cannot be an id: expressions know it as something else.`, {
        nodeId,
        hint,
      });
    }
    const first = this.#used.get(id);
    if (first === undefined) {
      this.#used.set(id, at);
      return;
    }
    const hint = () => `Choose another, such as "${this.#suggest(id)}".`;
    this.#faults.report('FLOW_ID_DUPLICATE', at, `The id "${id}" is already used at ${first.line}:${first.column}.`, {
      nodeId,
      hint,
    });
  }

  #suggest(wanted: string): string {
    const base = wanted.replace(/^.*:/, '').replace(/[^A-Za-z0-9_.-]/g, '-');
    const start = /^[A-Za-z_]/.test(base) ? base : `_${base}`;
    for (let n = 1; ; n++) {
      const id = n === 1 ? start : `${start}-${n}`;
      if (this.#taken.has(id) || reservedNames.has(id)) continue;
      this.#taken.add(id);
      return id;
    }
  }
}

function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}

function* writtenIds(element: XmlElement): Generator<string> {
  const id = writtenId(element);
  if (id !== undefined) yield id;
  for (const child of element.children) yield* writtenIds(child);
}

/** The id an author gave an element, as attribute or as child element. */
export function writtenId({ attributes, children }: XmlElement): string | undefined {
  const attribute = attributes.find(({ name }) => name === 'id');
  return attribute?.value.text ?? children.find(({ name }) => name === 'id')?.text?.text.trim();
}
