import { describe, expect, it } from 'vitest';
import type { Place } from '#src/dispatch/auto-nodes.js';
import { Placement } from '#src/dispatch/auto-placement.js';
import type { IterationOutcome } from '#src/dispatch/types.js';
import { FlowError } from '#src/errors/flow-error.js';
import { call, task } from './build.js';

/**
 * Runs of one flow on a machine whose times are drawn: what a run takes scatters by 12 %, a message by 20 or 30 %, and at times
 * another process makes a place slower for up to five runs. Time is virtual, so that hundreds of such runs are the same each time.
 */
interface Machine {
  /** Of an item on the main thread, and of one on a lane, in ms. */
  readonly main: number;
  readonly worker: number;
  readonly items: number;
  readonly messageItems: number;
  readonly busy: number;
}

const lanes = 2;
const runs = 19;
/** Of a new flow's runs: threads start, and little is known. */
const firstRuns = 3;
const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

describe('where a list runs after its first runs', () => {
  it.each([
    ['twice as fast in workers', { main: 0.048, worker: 0.05, items: 3_000, messageItems: 100, busy: 0 }],
    ['twice as fast in workers, on a busy machine', { main: 0.048, worker: 0.05, items: 3_000, messageItems: 100, busy: 0.08 }],
    ['twice as fast in workers, with few messages', { main: 0.048, worker: 0.05, items: 300, messageItems: 10, busy: 0.08 }],
    ['somewhat faster in workers', { main: 0.048, worker: 0.08, items: 3_000, messageItems: 100, busy: 0 }],
    ['faster on the main thread', { main: 0.02, worker: 0.06, items: 3_000, messageItems: 100, busy: 0.08 }],
    ['faster on the main thread, in long runs', { main: 0.02, worker: 0.06, items: 20_000, messageItems: 100, busy: 0 }],
  ])('is the better place: %s', (_what, machine) => {
    const worst = seeds.map((seed) => slowdown(machine, seed)).toSorted((a, b) => b - a);
    // One in ten may have met a busy time just when it looked; none stays in a place that takes twice as long.
    expect(worst[Math.floor(seeds.length / 10)]).toBeLessThan(1.12);
    expect(worst[0]).toBeLessThan(1.4);
  });
});

describe('user code of which one item has run', () => {
  it('has not proved short by what was cancelled before it began', () => {
    const placement = new Placement(lanes);
    const message = task([call('t', 'echo')]);
    const error = new FlowError('RUN_CANCELLED', 'cancelled');
    const unbegun = { status: 'failed', nodes: [], nodeId: 't', error, startedAt: 0, durationMs: 0 } as const;
    const trip = { place: 'worker', since: 0, until: 20, isShared: true, isOdd: false } as const;
    placement.learn(message, [{ ...unbegun, durationMs: 20 }, ...Array.from({ length: 100 }, () => unbegun)], trip);
    const choice = placement.choose(message, { items: 1, isShared: true, isMainBusy: false, isPoolWarm: true });
    // Where it could run here, what that would take is told.
    expect(choice).toEqual({ place: 'worker', mainMs: undefined });
  });
});

/** How much longer the median run takes than all in the better place would. */
function slowdown(machine: Machine, seed: number): number {
  const draw = drawFrom(seed * 7919);
  const placement = new Placement(lanes);
  const nodes = [call('t', 'echo')];
  const times = { auto: [] as number[], main: [] as number[], worker: [] as number[] };
  const busyRuns = { main: 0, worker: 0 };
  const noiseOf = (place: Place, run: number) => {
    if (busyRuns[place] > 0) busyRuns[place]--;
    else if (draw() < machine.busy) busyRuns[place] = 1 + Math.floor(draw() * 5);
    const cold = [2, 1.2][run] ?? 1;
    return Math.exp(0.12 * normal(draw)) * (busyRuns[place] > 0 ? 1.7 : 1) * cold;
  };
  const { run: flow } = task(nodes);
  let clock = 0;
  for (let run = 0; run < runs; run++) {
    const noise = { main: noiseOf('main', run), worker: noiseOf('worker', run) };
    const message = task(nodes, [], { run: { ...flow, key: `run ${run}` } });
    for (const place of ['auto', 'main', 'worker'] as const) {
      const end = new Run(machine, noise, draw, clock).play(message, place === 'auto' ? placement : place);
      times[place].push(end - clock);
      clock = end;
    }
  }
  const later = (values: readonly number[]) => values.slice(firstRuns);
  const better = median(later(times.main)) < median(later(times.worker)) ? times.main : times.worker;
  return median(later(times.auto.map((ms, run) => ms / (better[run] as number))));
}

/** Under way in a worker. */
interface Message {
  readonly since: number;
  readonly until: number;
  readonly items: number;
  isOdd: boolean;
}

class Run {
  readonly #machine: Machine;
  readonly #noise: Readonly<Record<Place, number>>;
  readonly #draw: () => number;
  readonly #busy: Message[] = [];
  #clock: number;

  constructor(machine: Machine, noise: Readonly<Record<Place, number>>, draw: () => number, clock: number) {
    this.#machine = machine;
    this.#noise = noise;
    this.#draw = draw;
    this.#clock = clock;
  }

  /** All messages of a run, in one place or where a placement says; gives back when the last has ended. */
  play(message: ReturnType<typeof task>, where: Placement | Place): number {
    let left = this.#machine.items;
    let size = 1;
    while (left > 0) {
      while (this.#busy.some(({ until }) => until <= this.#clock) || this.#busy.length >= lanes) this.#endFirst(message, where);
      const items = Math.min(left, size);
      left -= items;
      size = Math.min(this.#machine.messageItems, size * 4);
      const traffic = { items, isShared: true, isMainBusy: false, isPoolWarm: true };
      const place = typeof where === 'string' ? where : where.choose(message, traffic).place;
      if (place === 'main') this.#runHere(message, where, items);
      else this.#busy.push({ since: this.#clock, until: this.#clock + this.#costMs(place, items), items, isOdd: false });
    }
    while (this.#busy.length > 0) this.#endFirst(message, where);
    return this.#clock;
  }

  #runHere(message: ReturnType<typeof task>, where: Placement | Place, items: number): void {
    for (const each of this.#busy) each.isOdd = true;
    const since = this.#clock;
    this.#clock += this.#costMs('main', items);
    if (typeof where === 'string') return;
    const trip = { place: 'main', since, until: this.#clock, isShared: true, isOdd: this.#busy.length > 0 } as const;
    where.learn(message, outcomesOf(items), trip);
  }

  #endFirst(message: ReturnType<typeof task>, where: Placement | Place): void {
    this.#busy.sort((a, b) => a.until - b.until);
    const first = this.#busy.shift();
    if (first === undefined) return;
    this.#clock = Math.max(this.#clock, first.until);
    if (typeof where === 'string') return;
    const trip = { place: 'worker', since: first.since, until: this.#clock, isShared: true, isOdd: first.isOdd } as const;
    where.learn(message, outcomesOf(first.items), trip);
  }

  #costMs(place: Place, items: number): number {
    const ms = items * this.#machine[place] * this.#noise[place];
    return place === 'main' ? ms * Math.exp(0.2 * normal(this.#draw)) : (0.1 + ms) * Math.exp(0.3 * normal(this.#draw));
  }
}

function outcomesOf(items: number): readonly IterationOutcome[] {
  const record = { id: 't', status: 'completed', startedAt: 0, durationMs: 0.02, writes: [] } as const;
  return Array.from({ length: items }, () => ({ status: 'completed', nodes: [record] }) as const);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

function normal(draw: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/** Numbers from 0 to 1, the same for a seed each time: a linear congruential generator with the constants of Numerical Recipes. */
function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
