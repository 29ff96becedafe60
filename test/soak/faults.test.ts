import { writeFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { expectedCodes, type FaultName, type Figures, soak } from './inject.js';

/** `npm run soak` injects as many as docs/reliability.md tells of, and leaves its figures beside this file. */
const isLong = process.env['FLOWSCRIPT_SOAK'] !== undefined;
const all = Object.keys(expectedCodes) as FaultName[];
const figures: Record<string, Figures> = {};

/** What is dear in time comes in smaller numbers. */
const amounts: Readonly<Record<FaultName, number>> = {
  ...{ exit: 500, throw: 20_000, 'throw-null': 5_000, 'late-throw': 2_000, 'late-rejection': 2_000 },
  ...{ loop: 100, native: 100, promise: 100, 'deaf-to-cancel': 100, memory: 60, function: 5_000, deep: 1_000 },
};

async function expectSound(title: string, names: readonly FaultName[], amount: number): Promise<void> {
  const quiet = (): void => undefined;
  // Errors that come too late are told as warnings, thousands of them here.
  process.on('warning', quiet);
  const seed = 20_261_125;
  const result = await soak(
    names,
    isLong ? amount : Math.max(2 * names.length, Math.ceil(amount / 100)),
    seed,
    isLong ? 500_000 : 110_000,
  );
  process.off('warning', quiet);
  figures[title] = result;
  expect(result).toMatchObject({ odd: [], lost: 0, hung: 0, doubled: 0 });
}

it.each(all)('loses, hangs and doubles nothing: %s', (name) => expectSound(name, [name], amounts[name]), 600_000);

it('loses, hangs and doubles nothing: all of them mixed', () => expectSound('mixed', all, 600), 600_000);

afterAll(() => {
  if (!isLong) return;
  console.table(figures);
  writeFileSync(new URL('figures.json', import.meta.url), `${JSON.stringify(figures, null, 2)}\n`);
});
