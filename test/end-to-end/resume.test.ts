import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalReader } from '#src/journal/journal-reader.js';
import { createProject, type Project, runCommand, type Started, startCommand } from './command.js';

/** All 50 of the promise with FLOWSCRIPT_KILLS=50. */
const kills = Number(process.env['FLOWSCRIPT_KILLS'] ?? 4);
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
  const until = performance.now() + 2;
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

function linesOf(folder: string): string[] {
  const file = join(folder, 'side.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
}

function sideOf(folder: string): number[] {
  return linesOf(folder).map(Number);
}

/** Iterations of which the outcome lies whole on the disk. */
function journaled(folder: string): Set<number> {
  const runs = join(folder, '.flowscript/runs');
  const found = new Set<number>();
  for (const id of existsSync(runs) ? readdirSync(runs) : []) {
    for (const name of readdirSync(join(runs, id)).filter((each) => each.endsWith('.journal'))) {
      const reader = new JournalReader(join(runs, id, name));
      for (const { key } of reader.spans()) {
        const index = /^(?!failed ).*worked\[(\d+)\]/.exec(key)?.[1];
        if (index !== undefined) found.add(Number(index));
      }
      reader.release();
    }
  }
  return found;
}

async function untilWorked(folder: string, count: number, { child }: Started): Promise<void> {
  while (linesOf(folder).length < count && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Lines are looked for once a millisecond: a kill must come as likely long after one was written as just then. */
async function killAtAnyMoment({ child, ended }: Started, random: () => number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random() * 8));
  child.kill('SIGKILL');
  await ended;
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
        await killAtAnyMoment(started, random);
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

const links = ['a', 'b', 'c', 'd', 'e'];
const chains = 16;

/** Every branch, and every item, is a chain of nodes that each do something in the world; what they give passes on, or is read by name. */
const chained = `
<workflow name="chained" maxConcurrency="2">
  <parallel id="chains" merge="array">${Array.from(
    { length: chains },
    (_, branch) => `<branch>${links
      .map(
        (link) =>
          `<transform:module id="${link}${branch}" src="./link.mjs" link="${link}" ${link === 'a' ? `input="{'n': ${branch}, 'seen': []}"` : ''}/>`,
      )
      .join('')}
      <transform:select id="s${branch}">{'n': input.n, 'seen': input.seen, 'half': size(b${branch}.output.seen)}</transform:select></branch>`,
  ).join('')}</parallel>
  <foreach id="items" items="lists.range(${chains})" item="n" batch="4">
    <transform:select id="ready">{'n': n, 'seen': []}</transform:select>
    ${links.map((link) => `<transform:module id="i${link}" src="./link.mjs" link="${link}"/>`).join('')}
  </foreach>
  <output value="[chains.output, items.output]"/>
</workflow>`;

const link = `
import { appendFileSync } from 'node:fs';
export default function link({ n, seen }, { options, index, branch }) {
  const until = performance.now() + 2;
  while (performance.now() < until);
  appendFileSync(new URL('side.txt', import.meta.url), options.link + (index === undefined ? branch : '#' + index) + '\\n');
  return { n, seen: [...seen, options.link] };
}`;

describe.each(['threads', 'async'])('chains of nodes in mode %s, killed at any moment', (mode) => {
  test('go on behind the last node that had finished', async () => {
    const random = seeded(mode.length * 104729);
    const args = ['run', 'flow.xml', '--mode', mode, '--quiet'];
    const all = 2 * chains * links.length;
    let [twice, killed] = [0, 0];
    for (let round = 0; killed < kills / 2; round++) {
      await project.write({ [`chain-${mode}-${round}/flow.xml`]: chained, [`chain-${mode}-${round}/link.mjs`]: link });
      const folder = join(project.folder, `chain-${mode}-${round}`);
      let resume: readonly string[] = [];
      for (let kill = 0; kill < killsPerRun; kill++, killed++) {
        const started = startCommand([...args, ...resume], { cwd: folder });
        const target = linesOf(folder).length + Math.floor((random() * all) / killsPerRun);
        await untilWorked(folder, target, started);
        await killAtAnyMoment(started, random);
        resume = existsSync(join(folder, '.flowscript/runs')) ? ['--resume'] : [];
      }
      const { code, stdout, stderr } = await runCommand([...args, ...resume], { cwd: folder });
      expect({ code, stderr: stderr.replace(/^resuming .*\n/, '') }).toEqual({ code: 0, stderr: '' });
      const whole = (n: number, more: object = {}) => ({ n, seen: links, ...more });
      const each = Array.from({ length: chains }, (_, n) => n);
      expect(JSON.parse(stdout)).toEqual([each.map((n) => whole(n, { half: 2 })), each.map((n) => whole(n))]);
      expect(new Set(linesOf(folder)).size).toBe(all);
      twice += linesOf(folder).length - all;
    }
    // As above: one node a thread and kill, whatever stood before it in its chain.
    expect(twice).toBeLessThanOrEqual(2 * killed);
    console.log(`chains, mode ${mode}: ${killed} kills, ${twice} nodes ran twice because the kill fell before their note`);
  }, 300_000);
});

test.each(['threads', 'async'])(
  'a node edited to read something else, after a kill in it, runs without those before it, mode %s',
  async (mode) => {
    const deed =
      "if (options.link === 'c' && existsSync(at('trip'))) { rmSync(at('trip')); process.kill(process.pid, 'SIGKILL'); for (;;); }";
    const module = `
import { appendFileSync, existsSync, rmSync } from 'node:fs';
const at = (name) => new URL(name, import.meta.url);
export default function work(input, { options }) {
  appendFileSync(at('side.txt'), options.link + '\\n');
  ${deed}
  return input;
}`;
    const nodeOf = (link: string, more = '') => `<transform:module id="${link}" src="./work.mjs" link="${link}" ${more}/>`;
    const edited = (more: string) => `<workflow name="edited"><source:value id="outer" value="{'one': 1, 'two': [2]}"/>
    <parallel id="p"><branch>${nodeOf('a', 'input="outer.output.one"')}${nodeOf('b')}${nodeOf('c', more)}</branch></parallel></workflow>`;
    const folder = join(project.folder, `edited-${mode}`);
    await project.write({
      [`edited-${mode}/flow.xml`]: edited(''),
      [`edited-${mode}/work.mjs`]: module,
      [`edited-${mode}/trip`]: '',
    });
    const args = ['run', 'flow.xml', '--mode', mode, '--quiet'];
    expect((await runCommand(args, { cwd: folder })).code).toBe('SIGKILL');
    expect(linesOf(folder)).toEqual(['a', 'b', 'c']);
    await project.write({ [`edited-${mode}/flow.xml`]: edited('input="[input, outer.output.two, run.input]"') });
    const { code, stdout } = await runCommand([...args, '--resume'], { cwd: folder });
    expect([code, JSON.parse(stdout), linesOf(folder)]).toEqual([0, [[1, [2], null]], ['a', 'b', 'c', 'c']]);
  },
);

/** Root may do everything. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

/** Works until a file called `trip` lies beside it, then does what is asked. */
const tripping = (deed: string) => `
import { appendFileSync, existsSync, rmSync } from 'node:fs';
const at = (name) => new URL(name, import.meta.url);
export default function work(n) {
  if (n === 20 && existsSync(at('trip'))) { rmSync(at('trip')); ${deed} }
  // Longer than what may lie unwritten for a while.
  for (const end = performance.now() + 0.4; performance.now() < end; );
  appendFileSync(at('side.txt'), n + '\\n');
  return n;
}`;

const short = `
<workflow name="short" maxConcurrency="2">
  <foreach id="worked" items="lists.range(40)" batch="1"><transform:module id="work" src="./work.mjs"/></foreach>
  <output value="sum(worked.output)"/>
</workflow>`;

async function setUpShort(name: string, deed: string): Promise<string> {
  await project.write({ [`${name}/flow.xml`]: short, [`${name}/work.mjs`]: tripping(deed), [`${name}/trip`]: '' });
  return join(project.folder, name);
}

describe('a run whose process', () => {
  test.each([
    ['aborts', 'threads', "process.kill(process.pid, 'SIGABRT'); for (;;);"],
    ['aborts', 'async', 'process.abort();'],
    ['ends itself', 'async', 'process.exit(3);'],
    ['loses a thread', 'threads', 'process.exit(3);'],
    // A list that grows past the heap's limit in one go takes the process along, whichever thread it is on.
    ['V8 aborts', 'threads', 'const list = []; for (;;) list.push(list.length);'],
    ['V8 aborts', 'async', 'const list = []; for (;;) list.push(list.length);'],
  ])('%s in mode %s goes on where it was', async (what, mode, deed) => {
    const folder = await setUpShort(`${what}-${mode}`.replaceAll(' ', '-'), deed);
    const args = ['run', 'flow.xml', '--quiet', '--mode', mode, '--worker-memory', '64'];
    const first = await runCommand(args, { cwd: folder, node: ['--max-old-space-size=128'] });
    expect(first.code).not.toBe(0);
    if (what === 'V8 aborts') expect([first.code, first.stderr]).toEqual(['SIGABRT', expect.stringContaining('FATAL ERROR')]);
    const known = journaled(folder);
    const before = sideOf(folder);
    // The other thread may be behind: what a thread has been given ahead need not be done in order with its neighbour's.
    expect(before.length).toBeGreaterThanOrEqual(10);
    expect(before.filter((n) => !known.has(n)).length).toBeLessThanOrEqual(1);
    const second = await runCommand([...args, '--resume'], { cwd: folder });
    expect([second.code, second.stdout]).toEqual([0, '780\n']);
    expect(
      sideOf(folder)
        .slice(before.length)
        .filter((n) => known.has(n)),
    ).toEqual([]);
  });

  test('is resumed twice at the same time does its work once', async () => {
    const folder = await setUpShort('twice', "process.kill(process.pid, 'SIGABRT'); for (;;);");
    await runCommand(['run', 'flow.xml', '--quiet'], { cwd: folder });
    const known = journaled(folder);
    const before = sideOf(folder).length;
    const both = await Promise.all([1, 2].map(() => runCommand(['run', 'flow.xml', '--quiet', '--resume'], { cwd: folder })));
    for (const { code, stdout, stderr } of both) {
      if (code === 0) expect(stdout).toBe('780\n');
      else expect([code, stderr]).toEqual([2, expect.stringContaining('RUN_ACTIVE')]);
    }
    expect(both.some(({ code }) => code === 0)).toBe(true);
    const after = sideOf(folder).slice(before);
    expect(new Set(after).size).toBe(after.length);
    expect(after.filter((n) => known.has(n))).toEqual([]);
  });

  test('may not write beside its flow, or not read a file, says so (root aside)', async ({ skip }) => {
    const one = (node: string) => `<workflow name="closed">${node}</workflow>`;
    await project.write({
      'closed/flow.xml': one('<source:value id="v" value="41 + 1"/>'),
      'closed/reads.xml': one('<source:file id="f" path="./secret.json"/>'),
      'closed/secret.json': '[1]',
    });
    const folder = join(project.folder, 'closed');
    chmodSync(join(folder, 'secret.json'), 0o000);
    chmodSync(folder, 0o555);
    chmodSync(project.folder, 0o755);
    const run = (flow: string) => runCommand(['run', flow, '--quiet'], { cwd: folder, user: nobody });
    const probe = await runCommand(['--version'], { cwd: folder, user: nobody });
    // Whoever runs the tests may keep the clone to themselves.
    skip(probe.code !== 0, 'another user cannot read this clone');
    const unrecorded = await run('flow.xml');
    const reading = await run('reads.xml');
    chmodSync(folder, 0o755);
    expect([unrecorded.code, unrecorded.stdout]).toEqual([0, '42\n']);
    expect(unrecorded.stderr).toMatch(/^.*the record of this run cannot be written \(EACCES\).*\n$/);
    expect(reading.code).toBe(1);
    expect(reading.stderr.match(/error\[/g)).toHaveLength(1);
    expect(reading.stderr).toMatch(
      /error\[FILE_UNREADABLE\] Cannot read \.\/secret\.json: access is denied\.\n.*reads\.xml:1:\d+ \(f\)/,
    );
    expect(reading.stderr).not.toMatch(/ {4}at /);
  });

  test('cannot write its record warns once and ends well', async () => {
    const folder = await setUpShort('unwritable', '');
    await project.write({ 'unwritable/state': 'a file, no folder' });
    const { code, stdout, stderr } = await runCommand(['run', 'flow.xml', '--quiet', '--state-dir', 'state'], { cwd: folder });
    expect([code, stdout]).toEqual([0, '780\n']);
    expect(stderr.match(/the record of this run cannot be written/g)).toHaveLength(1);
  });
});

describe('flowscript runs', () => {
  test('lists runs and shows one, as text and as JSON; keeps as many as asked', async () => {
    const folder = await setUpShort('listed', "throw new Error('out of order');");
    const at = { cwd: folder };
    expect((await runCommand(['run', 'flow.xml', '--quiet'], at)).code).toBe(1);
    const shown = await runCommand(['runs', 'last'], at);
    expect(shown.stdout).toMatch(/short \(flow.xml\), run [\w-]+\nfailed in .*, 0\/1 nodes/);
    expect(shown.stdout).toContain('worked[20]/work: [NODE_FAILED] out of order');
    expect(shown.stdout).toContain('flowscript run flow.xml --resume');
    await runCommand(['run', 'flow.xml', '--quiet', '--resume'], at);
    const [only] = JSON.parse((await runCommand(['runs', '--json'], at)).stdout) as [{ id: string }];
    expect(only).toMatchObject({ status: 'completed', done: 1, nodes: 1, processes: 2, workflow: 'short', file: 'flow.xml' });
    const details = JSON.parse((await runCommand(['runs', only.id.slice(0, 6), '--json'], at)).stdout);
    expect(details.ended).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'worked', status: 'completed' })]));
    for (let each = 0; each < 2; each++) await runCommand(['run', 'flow.xml', '--quiet', '--keep', '2'], at);
    const listed = await runCommand(['runs', '--flow', 'flow.xml'], at);
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    expect(listed.stdout).not.toContain(only.id.slice(0, 8));
    const missing = await runCommand(['runs', 'nothing-like-it'], at);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('RUN_NOT_FOUND')]);
    expect((await runCommand(['run', 'flow.xml', '--quiet', '--no-record', '--state-dir', 'other'], at)).code).toBe(0);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  test('lists and shows what is left of a damaged record, and nothing that a terminal acts on', async () => {
    const folder = await setUpShort('spoilt', "throw new Error('\\u001B[31mred');");
    const at = { cwd: folder };
    await runCommand(['run', 'flow.xml', '--quiet'], at);
    const [only] = JSON.parse((await runCommand(['runs', '--json'], at)).stdout) as [{ id: string }];
    const record = join(folder, '.flowscript/runs', only.id);
    const lines = ['null', '{"type": "node.finished", "path": 5}', '{"type": "node.rescued", "path": "a", "error": "text"}'];
    writeFileSync(join(record, 'events.ndjson'), `${lines.join('\n')}\n${readFileSync(join(record, 'events.ndjson'), 'utf8')}`);
    const shown = await runCommand(['runs', 'last'], at);
    expect(shown).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('work: [NODE_FAILED] red') });
    expect(shown.stdout).not.toContain('\u001B');
    writeFileSync(join(record, 'outcome.json'), '{"status": "toString", "durationMs": null}');
    expect(await runCommand(['runs'], at)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('interrupted') });
  });
});
