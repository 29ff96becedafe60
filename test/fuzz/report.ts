export interface Breach {
  readonly kind: string;
  readonly seed: number;
  readonly why: string;
  readonly shown: string;
}

/** Cases of one kind, one after the other. */
export interface Stretch {
  readonly kind: string;
  readonly first: number;
  readonly count: number;
}

/** What came of the cases of one kind. */
export interface KindReport {
  /** How often cases ended in which way. */
  readonly endings: Record<string, number>;
  /** The longest case, in milliseconds of a processor. */
  slowest: { readonly seed: number; readonly cpuMs: number };
  /** Of all cases, children's starts included. */
  wallMs: number;
}

export interface FuzzReport {
  readonly cases: number;
  readonly breaches: readonly Breach[];
  readonly kinds: Readonly<Record<string, KindReport>>;
  /** What is yet to be run. */
  readonly left: readonly Stretch[];
}

/** A case may take this much time of a processor. Two orders above what the slowest need. */
const mostCpuMs = 10_000;

/** Gathers a report, from what an earlier one has left. */
export class Tally implements FuzzReport {
  cases: number;
  readonly breaches: Breach[];
  readonly kinds: Record<string, KindReport>;
  readonly left: Stretch[];
  readonly #onBreach: ((breach: Breach) => void) | undefined;

  constructor({ cases, breaches, kinds, left }: FuzzReport, onBreach: ((breach: Breach) => void) | undefined) {
    this.cases = cases;
    this.breaches = [...breaches];
    this.kinds = structuredClone(kinds);
    this.left = [...left];
    this.#onBreach = onBreach;
  }

  end(kind: string, seed: number, ending: string, cpuMs: number): void {
    this.cases += 1;
    const report = this.of(kind);
    report.endings[ending] = (report.endings[ending] ?? 0) + 1;
    if (cpuMs > report.slowest.cpuMs) report.slowest = { seed, cpuMs };
    if (cpuMs > mostCpuMs) this.breach({ kind, seed, why: `took ${Math.round(cpuMs)} ms of a processor`, shown: '' });
  }

  /** A case that came to no end of its own. */
  lose(breach: Breach): void {
    this.cases += 1;
    this.breach(breach);
  }

  breach(breach: Breach): void {
    this.breaches.push(breach);
    this.#onBreach?.(breach);
  }

  of(kind: string): KindReport {
    const report = this.kinds[kind] ?? { endings: {}, slowest: { seed: 0, cpuMs: 0 }, wallMs: 0 };
    this.kinds[kind] = report;
    return report;
  }
}
