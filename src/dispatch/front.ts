import { shortMs } from '../journal/journal-writer.js';
import { type Encoded, encode } from '../transport/encode.js';
import { isLarge } from '../transport/survey.js';
import type { DoneNode } from './done-node.js';
import type { IterationScope } from './iteration-scope.js';
import type { PackedTask } from './messages.js';
import type { PreparedNode, PreparedPackage } from './prepared-package.js';
import type { RunJournal } from './run-journal.js';
import type { Iteration } from './types.js';

/** Encoding and writing manage about so much. */
const bytesPerMs = 100_000;

/** The iteration whose nodes are noted. */
interface Noting {
  readonly journal: RunJournal;
  readonly prepared: PreparedPackage;
  readonly message: PackedTask;
  readonly at: number;
  readonly source: Iteration | Encoded;
}

/**
 * What is written down of an iteration while it goes on, so that its finished nodes need not run again when the process is
 * killed. Values that pass between nodes are encoded for that, which no other reader needs: so it is done for nodes that may have
 * done something in the world, and for those that would take longer to run again than to write down.
 */
export class Front {
  readonly #noting: Noting;
  /** Nodes that are written down. */
  #noted = 0;
  /** What the others took. */
  #workMs = 0;
  #acts: PreparedNode['acts'] = 'never';
  /** Something cannot be written down, and all that follows builds on it. */
  #isOver: boolean;

  constructor(noting: Noting) {
    this.#noting = noting;
    this.#isOver = noting.message.record?.fronts === undefined;
  }

  /** Takes in a node that is done. */
  add({ id, durationMs }: DoneNode): void {
    this.#workMs += durationMs;
    const { acts } = this.#noting.prepared.node(id);
    if (acts === 'surely' || this.#acts === 'never') this.#acts = acts;
  }

  /** Before the next node, which may never end. */
  save(done: readonly DoneNode[], scope: IterationScope, next: string): void {
    const { journal } = this.#noting;
    if (this.#isPressing(journal.isShort(next))) this.#note(done, scope);
    journal.prepareFor(next);
  }

  /** After the node behind them has failed: whoever asks for their results then must get them. */
  fail(done: readonly DoneNode[], scope: IterationScope): void {
    this.#note(done, scope);
  }

  /** At the end of the iteration. */
  end(done: readonly DoneNode[]): void {
    const { journal, message, at, source } = this.#noting;
    if (message.record === undefined) return;
    const noted = { record: message.record, at, source };
    if (this.#noted === 0 || this.#isOver) journal.add(noted, done);
    else journal.addFront(noted, this.#noted, done.slice(this.#noted));
  }

  #isPressing(isNextShort: boolean): boolean {
    return this.#acts === 'surely' || this.#workMs >= shortMs || (this.#acts === 'maybe' && !isNextShort);
  }

  #note(done: readonly DoneNode[], scope: IterationScope): void {
    const { journal, message, at, source } = this.#noting;
    if (this.#isOver || message.record === undefined || done.length === this.#noted) return;
    const needed = done.slice(this.#noted).map((node) => this.#isNeeded(node, done.length));
    const pending = done.slice(this.#noted);
    if (this.#acts === 'never' && pending.some((node, index) => needed[index] && this.#isCostly(node, scope))) return;
    const nodes = withOutputs(pending, needed, scope);
    this.#isOver = nodes === undefined || !journal.addFront({ record: message.record, at, source }, this.#noted, nodes);
    if (this.#isOver) return;
    this.#noted = done.length;
    this.#workMs = 0;
    this.#acts = 'never';
    journal.flush();
  }

  /** Whether the nodes from `from` on may read what one before them gave. */
  #isNeeded({ id }: DoneNode, from: number): boolean {
    const { prepared, message } = this.#noting;
    const rest = message.nodeIds.slice(from).map((each) => prepared.node(each));
    const [next] = rest;
    const isLast = id === message.nodeIds[from - 1];
    if (isLast && next !== undefined && (next.input === undefined || next.text.includes('input'))) return true;
    return rest.some(({ text }) => text.includes(id) || text.includes('nodes'));
  }

  #isCostly({ id, output }: DoneNode, scope: IterationScope): boolean {
    return output === undefined && isLarge(scope.outputOf(id), this.#workMs * bytesPerMs);
  }
}

/** The nodes with what the rest needs of them; undefined when that cannot be encoded. */
function withOutputs(
  pending: readonly DoneNode[],
  needed: readonly (boolean | undefined)[],
  scope: IterationScope,
): DoneNode[] | undefined {
  try {
    return pending.map((node, index) =>
      node.output === undefined && needed[index] ? { ...node, output: encode(scope.outputOf(node.id)) } : node,
    );
  } catch {
    // What never leaves the thread may be anything.
    return undefined;
  }
}
