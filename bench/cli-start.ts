// How long do `flowscript --version` and `validate` of a small flow take, against `node -e 0`?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchmark } from './harness/benchmark.js';
import { interleave, timeOf } from './harness/interleave.js';
import { commandPath } from './harness/modules.js';
import { runNode } from './harness/spawn.js';
import { ratio, spread } from './harness/statistics.js';

const smallFlow = `<workflow name="small">
  <source:value id="numbers" value="[3, 1, 2]"/>
  <transform:sort id="sorted" input="numbers.output"/>
  <transform:select id="first" input="sorted.output">input[0]</transform:select>
  <output value="first.output"/>
</workflow>
`;

await benchmark('cli-start', 'start of the command, against node -e 0', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowscript-bench-'));
  const file = join(folder, 'flow.xml');
  writeFileSync(file, smallFlow);
  const command = commandPath();
  const times = await interleave(
    {
      node: () => timeOf(() => runNode(['-e', '0'])),
      version: () => timeOf(() => runNode([command, '--version'])),
      validate: () => timeOf(() => runNode([command, 'validate', file])),
    },
    { rounds: 15, budgetMs: 10_000 },
  );
  rmSync(folder, { recursive: true });
  return {
    checks: [
      { label: '--version', value: ratio(times.version, times.node), goal: { atMost: 1.6 } },
      { label: 'validate', value: ratio(times.validate, times.node), goal: { atMost: 3 } },
    ],
    notes: [
      Object.entries(times)
        .map(([name, all]) => `${name} ${spread(all).median.toFixed(0)} ms`)
        .join(', '),
    ],
  };
});
