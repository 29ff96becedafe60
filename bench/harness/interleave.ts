import v8 from 'node:v8';
import vm from 'node:vm';

/** Something to measure: gives back what it took, usually milliseconds. */
export type Side = () => number | Promise<number>;

export interface Rounds<Name extends string> {
  readonly rounds: number;
  /** No further round starts after this long: a benchmark of something slow ends with fewer rounds. @default 15000 */
  readonly budgetMs?: number;
  /** Runs of every side that are not counted. @default 1 */
  readonly warmUps?: number;
  /** Asked after each round with what all have measured so far: whether another one would tell nothing new. */
  readonly isEnough?: (measured: Readonly<Record<Name, readonly number[]>>) => boolean;
}

/**
 * Runs all sides once a round, every other round in the opposite order; of more than two none is always in the middle, where it
 * pays for the garbage of two. Gives each side's measurements, by round.
 */
export async function interleave<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  { rounds, budgetMs = 15_000, warmUps = 1, isEnough = () => false }: Rounds<NoInfer<Name>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(sides) as Name[];
  for (let warmUp = 0; warmUp < warmUps; warmUp++) for (const name of names) await sides[name]();
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const end = performance.now() + budgetMs;
  for (let round = 0; round < rounds && (round === 0 || performance.now() < end); round++) {
    for (const name of inTurn(names, round)) measured[name].push(await sides[name]());
    if (isEnough(measured)) break;
  }
  return measured;
}

function inTurn<Name>(names: readonly Name[], round: number): readonly Name[] {
  const first = names.length > 2 ? Math.floor(round / 2) % names.length : 0;
  const turned = [...names.slice(first), ...names.slice(0, first)];
  return round % 2 === 0 ? turned : turned.toReversed();
}

/** Frees what earlier sides left behind, for one that measures the collector's work too. */
export function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
}

/** How long something took, in milliseconds. */
export async function timeOf(run: () => unknown): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** How long this thread was busy while something ran, in milliseconds. */
export async function busyTimeOf(run: () => unknown): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  const before = performance.eventLoopUtilization();
  await run();
  return performance.eventLoopUtilization(before).active;
}
