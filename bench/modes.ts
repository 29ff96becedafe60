// How much faster do the examples 1-flights and 4-mandelbrot run with threads than with async, as commands?
import { benchmark, type Check } from './harness/benchmark.js';
import { interleave, timeOf } from './harness/interleave.js';
import { commandPath, root } from './harness/modules.js';
import { runNode } from './harness/spawn.js';
import { ratio, spread } from './harness/statistics.js';

/** With `--whole` at their own size, else with about a second of work. */
const isWhole = process.argv.includes('--whole');
const examples = [
  { name: '1-flights', less: ['--set', 'resamples=400'] },
  { name: '4-mandelbrot', less: ['--set', 'width=600', '--set', 'height=400', '--set', 'iterations=2000'] },
];

await benchmark('modes', `threads over async, whole commands${isWhole ? '' : ', less work'}`, async () => {
  const checks: Check[] = [];
  const notes: string[] = [];
  for (const { name, less } of examples) {
    const command = [commandPath(), 'run', `${root}examples/${name}/flow.xml`, '--quiet', ...(isWhole ? [] : less), '--mode'];
    const times = await interleave(
      {
        async: () => timeOf(() => runNode([...command, 'async'])),
        threads: () => timeOf(() => runNode([...command, 'threads'])),
      },
      { rounds: 3, warmUps: 0, budgetMs: isWhole ? Number.POSITIVE_INFINITY : 8_000 },
    );
    checks.push({ label: name, value: ratio(times.async, times.threads), goal: 'none' });
    notes.push(
      `${name}: async ${spread(times.async).median.toFixed(0)} ms, threads ${spread(times.threads).median.toFixed(0)} ms`,
    );
  }
  return { checks, notes };
});
