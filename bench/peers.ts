// Where does a block lose, and where does it win, against pools used by hand and plain Promise.all?
import { createEngine } from 'flowscript';
import { benchmark, type Check } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { openPeers } from './harness/peers.js';
import { ratio, spread } from './harness/statistics.js';

/** Fork-join work: so many tasks of so many steps, all results awaited. */
const shapes = [
  { name: '64 tasks of about 5 ms', tasks: 64, steps: 5e6 },
  { name: '5,000 tasks of next to nothing', tasks: 5_000, steps: 1 },
];

await benchmark('peers', "a peer's time for each of FlowScript's", async () => {
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  const workflow = flow('<foreach id="each" items="run.input" item="n"><transform:module id="t" src="./spin.js"/></foreach>');
  const peers = openPeers(2);
  const checks: Check[] = [];
  const notes: string[] = [];
  for (const { name, tasks, steps } of shapes) {
    const input = Array.from({ length: tasks }, () => steps);
    const sides = peers.map((peer) => [peer.name, () => timeOf(() => Promise.all(input.map((each) => peer.run(each))))] as const);
    const ours = () => timeOf(() => run(engine, workflow, { input }));
    const { flowscript = [], ...others } = await interleave<string>(
      { flowscript: ours, ...Object.fromEntries(sides) },
      { rounds: 5, budgetMs: 6_000 },
    );
    for (const [peer, times] of Object.entries(others)) {
      checks.push({ label: `${peer}, ${name}`, value: ratio(times, flowscript), goal: 'none' });
    }
    const faster = Object.entries(others).filter(([, times]) => ratio(times, flowscript).median < 1);
    const losing = faster.length === 0 ? 'nobody is faster' : `faster: ${faster.map(([peer]) => peer).join(', ')}`;
    notes.push(`${name}: ${spread(flowscript).median.toFixed(1)} ms, ${losing}`);
  }
  return { checks, notes };
});
