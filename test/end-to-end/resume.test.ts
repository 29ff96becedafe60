import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalReader } from '#src/journal/journal-reader.js';
import { createProject, type Project, runCommand, type Started, startCommand } from './command.js';

/** All 50 of the promise with FLOWSCRIPT_KILLS=50. */
const kills = Number(process.env['FLOWSCRIPT_KILLS'] ?? 8);
const killsPerRun = 4;
const iterations = 200;

const flow = `
<workflow name="long" maxConcurrency="2">
  <source:value id="numbers" value="lists.range(${iterations})"/>
  <foreach id="worked" items="numbers.output" item="n">
    <transform:module id="work" src="./work.mjs" input="n"/>
  </foreach>
  <transform:reduce id="sum" input="worked.output" initial="0">acc + item.value</transform:reduce>
  <output value="{'sum': sum.output, 'last': worked.output[${iterations - 1}]}"/>
</workflow>`;

const work = `
import { appendFileSync } from 'node:fs';
export default function work(n) {
  const until = performance.now() + 4;
  let value = n;
  while (performance.now() < until) value = (value * 31 + 7) % 1009;
  appendFileSync(new URL('side.txt', import.meta.url), n + '\\n');
  return { n, value: n * n };
}`;

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.remove());

/** Numbers of a seed, in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function setUp(name: string): Promise<string> {
  await project.write({ [`${name}/flow.xml`]: flow, [`${name}/work.mjs`]: work });
  return join(project.folder, name);
}

function sideOf(folder: string): number[] {
  const file = join(folder, 'side.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];
}

/** Iterations of which the outcome lies whole on the disk. */
function journaled(folder: string): Set<number> {
  const runs = join(folder, '.flowscript/runs');
  const found = new Set<number>();
  for (const id of existsSync(runs) ? readdirSync(runs) : []) {
    for (const name of readdirSync(join(runs, id)).filter((each) => each.endsWith('.journal'))) {
      const reader = new JournalReader(join(runs, id, name));
      for (const { key } of reader.spans()) {
        const index = /worked\[(\d+)\]/.exec(key)?.[1];
        if (index !== undefined) found.add(Number(index));
      }
      reader.close();
    }
  }
  return found;
}

async function untilWorked(folder: string, count: number, { child }: Started): Promise<void> {
  while (sideOf(folder).length < count && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Lets no time pass that a busy machine could stretch. */
async function spin(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
}

describe.each(['threads', 'async', 'auto'])('a run in mode %s that is killed at any moment', (mode) => {
  test('goes on to the same result, and nothing that was noted as finished runs twice', async () => {
    const random = seeded(mode.length * 7919);
    const args = ['run', 'flow.xml', '--mode', mode, '--quiet'];
    let twice = 0;
    let killed = 0;
    for (let round = 0; killed < kills / (mode === 'threads' ? 1 : 2); round++) {
      const folder = await setUp(`${mode}-${round}`);
      let resume: readonly string[] = [];
      const finished: { readonly known: Set<number>; readonly sideLines: number }[] = [];
      for (let kill = 0; kill < killsPerRun; kill++, killed++) {
        const started = startCommand([...args, ...resume], { cwd: folder });
        const target = sideOf(folder).length + Math.floor(random() * (iterations / killsPerRun));
        await untilWorked(folder, target, started);
        await spin(Math.floor(random() * 20));
        started.child.kill('SIGKILL');
        await started.ended;
        finished.push({ known: journaled(folder), sideLines: sideOf(folder).length });
        resume = existsSync(join(folder, '.flowscript/runs')) ? ['--resume'] : [];
      }
      const { code, stdout, stderr } = await runCommand([...args, ...resume], { cwd: folder });
      expect({ code, stderr: stderr.replace(/^resuming .*\n/, '') }).toEqual({ code: 0, stderr: '' });
      const sum = Array.from({ length: iterations }, (_, n) => n * n).reduce((a, b) => a + b, 0);
      expect(JSON.parse(stdout)).toEqual({ sum, last: { n: 199, value: 199 * 199 } });
      const side = sideOf(folder);
      expect(new Set(side).size).toBe(iterations);
      for (const { known, sideLines } of finished) {
        expect(side.slice(sideLines).filter((index) => known.has(index))).toEqual([]);
      }
      twice += side.length - iterations;
    }
    // Between the module's own note and ours a kill may always fall: at most one iteration a thread and kill.
    expect(twice).toBeLessThanOrEqual(2 * killed);
    console.log(`mode ${mode}: ${killed} kills, ${twice} iterations ran twice because the kill fell before their note`);
  }, 300_000);
});
