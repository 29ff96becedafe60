import { createHash } from 'node:crypto';
import { faultKinds, noFaults } from '../dispatch/fault-kinds.js';
import type { Fault, Faults, Iteration, Task } from '../dispatch/types.js';
import { type Check, listOf, numberFrom, oneOf, optionsOf } from '../errors/options.js';
import type { FaultKind } from '../types/events.js';
import type { PathOf } from './known-outcomes.js';

/** Faults on purpose, to try what a flow makes of them. */
export interface ChaosOptions {
  /** The same seed gives the same faults to the same flow, in every mode and order. @default 1 */
  readonly seed?: number;
  /** Share of the attempts that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** @default all of them */
  readonly kinds?: readonly FaultKind[];
  /** The longest delay. @default 50 */
  readonly delayMs?: number;
}

const chaosChecks: Readonly<Record<keyof ChaosOptions, Check>> = {
  seed: numberFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  rate: numberFrom(0, 1),
  kinds: listOf(oneOf(faultKinds)),
  delayMs: numberFrom(0, 2 ** 31 - 1),
};

/** What the option `chaos` may be. */
export const chaosOptions = optionsOf(chaosChecks, { needed: ['rate'] });

/** A hanging attempt is timed out after this many milliseconds, or sooner where its node says so. */
const hangMs = 20;

/** Decides which attempts of a run meet a fault, and counts those that did. */
export class Chaos {
  readonly counts = noFaults();
  readonly #seed: number;
  readonly #rate: number;
  readonly #kinds: readonly FaultKind[];
  readonly #delayMs: number;

  constructor({ seed = 1, rate, kinds = faultKinds, delayMs = 50 }: ChaosOptions) {
    this.#seed = seed;
    this.#rate = rate;
    this.#kinds = faultKinds.filter((kind) => kinds.includes(kind));
    this.#delayMs = delayMs;
  }

  /** The task with the faults that its attempts are to meet. `lineage` tells attempts of the blocks around apart. */
  arm(task: Task, pathOf: PathOf, lineage: string): Task {
    const entries = task.iterations.flatMap((iteration, at) => {
      const faults = this.#faultsOf(task, iteration, lineage + pathOf(at));
      return faults.length === 0 ? [] : [[at, faults] as const];
    });
    return entries.length === 0 ? task : { ...task, faults: Object.fromEntries(entries) as Faults };
  }

  #faultsOf({ nodeIds }: Task, { attempt }: Iteration, path: string): readonly Fault[] {
    return nodeIds.flatMap((id, node) => this.#draw(node, JSON.stringify([path + id, node === 0 ? attempt : 1])) ?? []);
  }

  /** By what the attempt is and by nothing else, so that no order and no thread changes it. */
  #draw(node: number, attempt: string): Fault | undefined {
    const hash = createHash('sha256').update(`${this.#seed} ${attempt}`).digest();
    const share = (at: number): number => hash.readUInt32LE(at) / 2 ** 32;
    const kind = share(0) < this.#rate ? this.#kinds[Math.floor(share(4) * this.#kinds.length)] : undefined;
    return kind && { node, kind, ms: kind === 'delay' ? Math.ceil(share(8) * this.#delayMs) : hangMs };
  }
}
