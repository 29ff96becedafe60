import type { Arbitrary } from 'fast-check';

/** One way to attack: how a case is made from its seed, and what must hold of it. */
export interface Kind<Case = unknown> {
  readonly name: string;
  /** Of a hundred cases of a run, so many are of this kind. */
  readonly share: number;
  readonly cases: Arbitrary<Case>;
  /** Tells how the case ended; throws when FlowScript broke its word. */
  check(value: Case, seed: number): string | Promise<string>;
}

/** Thrown for what must never happen. */
export class Broken extends Error {}

export function expectThat(holds: boolean, otherwise: () => string): asserts holds {
  if (!holds) throw new Broken(otherwise());
}
