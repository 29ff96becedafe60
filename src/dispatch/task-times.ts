import type { IterationOutcome, Task } from './types.js';
import { workOf } from './work-of.js';

/** How much the latest measurement counts when it is longer than what was known; a shorter one counts more, since first runs load code. */
const weight = { longer: 0.5, shorter: 0.75 } as const;

/** A long one is remembered for a while: what takes its time now and then must not have others wait behind it. */
const remembering = 0.8;

/** Up to how many times the typical time the longest is that counts as about as long. */
const steadyRatio = 2;

type Kind = Pick<Task, 'run' | 'nodeIds'>;

/** How long iterations of each kind of task took lately. Tasks whose nodes call the same code are of one kind. */
export class TaskTimes {
  readonly #known = new Map<string, { typicalMs: number; longestMs: number }>();

  /** Milliseconds that one iteration may well take; undefined for a kind that has never run. */
  expect(task: Kind): number | undefined {
    const known = this.#known.get(kindOf(task));
    return known && Math.max(known.typicalMs, known.longestMs, hintOf(task));
  }

  /** Whether none of its kind took, or is said to take, much longer than the others lately. */
  isSteady(task: Kind): boolean {
    const known = this.#known.get(kindOf(task));
    return known !== undefined && Math.max(known.longestMs, hintOf(task)) <= steadyRatio * known.typicalMs;
  }

  learn(task: Task, outcomes: readonly IterationOutcome[]): void {
    const { items, sumMs } = workOf(outcomes);
    if (items === 0) return;
    const kind = kindOf(task);
    const ms = sumMs / items;
    const known = this.#known.get(kind) ?? { typicalMs: ms, longestMs: ms };
    const share = ms > known.typicalMs ? weight.longer : weight.shorter;
    known.typicalMs += share * (ms - known.typicalMs);
    known.longestMs = Math.max(ms, known.longestMs * remembering);
    this.#known.set(kind, known);
  }
}

/** What its author says. */
function hintOf({ run, nodeIds }: Kind): number {
  return nodeIds.reduce((sum, id) => sum + (run.nodes[id]?.costMs ?? 0), 0);
}

function kindOf({ run, nodeIds }: Kind): string {
  let kind = '';
  for (const id of nodeIds) {
    const node = run.nodes[id];
    if (node === undefined) continue;
    const { src, export: name } = node.settings;
    kind += typeof src === 'string' ? `${node.type} ${src} ${typeof name === 'string' ? name : ''}\n` : `${node.type}\n`;
  }
  return kind;
}
