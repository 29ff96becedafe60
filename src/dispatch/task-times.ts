import type { IterationOutcome, Task } from './types.js';

/** How much the latest measurement counts when it is longer than what was known; a shorter one counts more, since first runs load code. */
const weight = { longer: 0.5, shorter: 0.75 } as const;

/** How long iterations of each kind of task took lately. Tasks whose nodes call the same code are of one kind. */
export class TaskTimes {
  readonly #knownMs = new Map<string, number>();

  /** Milliseconds for one iteration; undefined for a kind that has never run. */
  expect(task: Task): number | undefined {
    return this.#knownMs.get(kindOf(task));
  }

  learn(task: Task, outcomes: readonly IterationOutcome[]): void {
    const kind = kindOf(task);
    const ms = totalMs(outcomes) / outcomes.length;
    const known = this.#knownMs.get(kind) ?? ms;
    const share = ms > known ? weight.longer : weight.shorter;
    this.#knownMs.set(kind, known + share * (ms - known));
  }
}

/** Milliseconds of work in all of them. */
function totalMs(outcomes: readonly IterationOutcome[]): number {
  let sum = 0;
  for (const outcome of outcomes) {
    if (outcome.status === 'failed') sum += outcome.durationMs;
    for (const { durationMs } of outcome.nodes) sum += durationMs;
  }
  return sum;
}

function kindOf({ run, nodeIds }: Task): string {
  let kind = '';
  for (const id of nodeIds) {
    const node = run.nodes[id];
    if (node === undefined) continue;
    const { src, export: name } = node.settings;
    kind += typeof src === 'string' ? `${node.type} ${src} ${typeof name === 'string' ? name : ''}\n` : `${node.type}\n`;
  }
  return kind;
}
