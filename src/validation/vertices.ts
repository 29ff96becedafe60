import type { Dependency, Vertex } from '../scheduler/types.js';
import type { NodeAST, WorkflowAST } from '../types/ast.js';
import type { ValueRead } from '../types/reads.js';
import type { Analysis } from './analysis.js';
import { bodiesOf, topLevelNodes, walkNodes } from './bodies.js';
import { alwaysKnown } from './reads.js';
import { variableWritten } from './variables.js';

/** What the planner orders: one vertex per top-level node, with every dependency of the node and of all the bodies in it. */
export function toVertices(workflow: WorkflowAST, analysis: Analysis): readonly Vertex[] {
  const tops = topLevelNodes(workflow.nodes).map(({ node }) => node);
  const firsts = new Map([...tops].reverse().map((node) => [node.id, node]));
  const order = new VariableOrder(analysis);
  return tops.flatMap((node) => {
    // In a flow with faults: of two nodes with one id references mean the first, and what names nothing is no edge.
    if (firsts.get(node.id) !== node) return [];
    const inside = [...walkNodes([node])];
    const reads = inside.flatMap((inner) => analysis.reads.get(inner.id) ?? []);
    const dependencies = new Map<string, Dependency>();
    const add = (id: string, reason: Dependency['reason']): void => {
      if (id !== node.id && firsts.has(id) && !dependencies.has(id)) dependencies.set(id, { id, reason });
    };
    for (const read of reads) if (read.kind === 'node') add(topOf(read.id, tops, analysis), 'data');
    for (const id of inside.flatMap((inner) => inner.after)) add(topOf(id, tops, analysis), 'after');
    for (const id of order.place(node, inside, reads)) add(id, 'variable');
    return {
      id: node.id,
      label: node.kind === 'work' ? node.type : node.kind,
      costMs: node.costMs,
      at: node.at,
      dependsOn: [...dependencies.values()],
      reads: describeReads(inside, analysis),
    };
  });
}

/** The top-level node that a node is or lies in. */
function topOf(id: string, tops: readonly NodeAST[], analysis: Analysis): string {
  const place = analysis.declarations.byId.get(id)?.trail[0];
  const top = place?.kind === 'top' ? tops[place.index] : undefined;
  return top?.id ?? id;
}

/**
 * Keeps readers and writers of a variable in document order, so that what a variable holds never depends on
 * which of two independent nodes happened to finish first.
 */
class VariableOrder {
  readonly #writer = new Map<string, string>();
  readonly #readersSince = new Map<string, string[]>();
  /** Every variable of the flow: what reading `vars` as a whole reads. */
  readonly #all: readonly string[];

  constructor(analysis: Analysis) {
    this.#all = analysis.declarations.all.flatMap(({ node }) => variableWritten(node) ?? []);
  }

  place(node: NodeAST, inside: readonly NodeAST[], reads: readonly ValueRead[]): readonly string[] {
    const written = new Set(inside.flatMap((inner) => variableWritten(inner) ?? []));
    const read = this.#variablesRead(reads);
    const before: string[] = [];
    for (const name of read) {
      const writer = this.#writer.get(name);
      if (writer !== undefined) before.push(writer);
      const readers = this.#readersSince.get(name);
      if (readers) readers.push(node.id);
      else this.#readersSince.set(name, [node.id]);
    }
    for (const name of written) {
      for (const reader of this.#readersSince.get(name) ?? []) before.push(reader);
      const writer = this.#writer.get(name);
      if (writer !== undefined) before.push(writer);
      this.#writer.set(name, node.id);
      this.#readersSince.set(name, []);
    }
    return before;
  }

  #variablesRead(reads: readonly ValueRead[]): ReadonlySet<string> {
    const names = new Set<string>();
    for (const read of reads) {
      if (read.kind !== 'name' || read.name !== 'vars') continue;
      const name = read.path[0];
      for (const each of name === undefined ? this.#all : [name]) names.add(each);
    }
    return names;
  }
}

/** What a node in a body reads of what lies around it; a node without bodies also what those bind, such as `item`. */
export function readsOfNode(node: NodeAST, analysis: Analysis): readonly string[] {
  if (bodiesOf(node).length > 0) return describeReads([...walkNodes([node])], analysis);
  const reads = analysis.reads.get(node.id) ?? [];
  const named = reads.filter((read) => read.kind === 'node' || read.name !== 'input' || node.input === undefined);
  return [...new Set(named.map(describeRead))].sort();
}

/** What comes from outside of the node: not what its bodies bind and hand to one another. */
function describeReads(inside: readonly NodeAST[], analysis: Analysis): readonly string[] {
  const own = new Set(inside.map(({ id }) => id));
  const texts = inside.flatMap(({ id, input }) => {
    const reads = analysis.reads.get(id) ?? [];
    return reads.filter((read) => isFromOutside(read, own, input !== undefined)).map(describeRead);
  });
  return [...new Set(texts)].sort();
}

function isFromOutside(read: ValueRead, own: ReadonlySet<string>, hasInput: boolean): boolean {
  if (read.kind === 'node') return !own.has(read.id);
  return alwaysKnown.has(read.name) && !(read.name === 'input' && hasInput);
}

function describeRead(read: ValueRead): string {
  return [read.kind === 'node' ? read.id : read.name, ...read.path].join('.');
}
