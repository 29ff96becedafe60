import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { lstat, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, mainFile, type Project, runCommand, startCommand } from './command.js';

const flow = (body: string, head = '') => `<workflow name="test" version="1.0.0">${head}\n${body}\n</workflow>\n`;

const files = {
  'double.xml': flow(
    '<transform:select id="doubled" input="run.input">input.map(n, n * config.factor)</transform:select>\n<output value="doubled.output"/>',
    '<config><param name="factor" type="number" default="2"/></config>',
  ),
  'typed.xml': flow('<transform:module id="typed" src="./typed.mjs"/>'),
  'typed.mjs': 'export default () => ({ wide: new Float64Array(1000), when: new Date(0), none: NaN, many: 5n });',
  'noisy.xml': flow('<transform:module id="noisy" src="./noisy.mjs"/>'),
  'noisy.mjs':
    'export default (input, context) => { console.log("printed"); console.error("printed too"); context.log("logged", "info"); context.log("beware", "warn"); context.log("detail", "debug"); context.log("x".repeat(3e6)); return 1; };',
  'lines.mjs': `const print = (count) => { for (let at = 0; at < count; at++) console.log('line ' + at); };
    export const ends = () => print(500);
    export const throws = () => { print(500); throw new Error('after its lines'); };
    export const spins = () => { print(500); for (;;) {} };
    export const exits = () => { print(500); process.exit(1); };`,
  'broken.xml': flow(
    '<foreach id="all" items="[1, 2, 3]" onError="wait">\n  <transform:module id="bad" src="./bad.mjs"/>\n</foreach>',
  ),
  'bad.mjs': 'export default function bad(n) {\n  throw new RangeError("no " + n, { cause: new Error("because") });\n}\n',
  'secret.xml': flow(
    '<transform:module id="size" src="./size.mjs" token="{{ secrets.TEST_TOKEN }}"/>',
    '<secrets><secret name="TEST_TOKEN"/></secrets>',
  ),
  'size.mjs': 'export default (input, { options }) => options.token.length;',
  'slow.xml': flow('<transform:module id="spin" src="./spin.mjs"/>'),
  'spin.mjs': 'export default (input, context) => { context.log("spinning"); for (;;) {} };',
  'keyed.xml': flow('<transform:module id="spin" src="./spin.mjs"/>', '<secrets><secret name="KEY"/></secrets>'),
  'busy.xml': flow('<transform:module id="busy" src="./busy.mjs"/>'),
  'busy.mjs': 'import { writeSync } from "node:fs"; export default () => { writeSync(2, "looping"); for (;;) {} };',
  'stubborn.xml': flow('<transform:module id="stubborn" src="./stubborn.mjs"/>'),
  // Asking for the signal buys the grace period, and this one would use all of it.
  'stubborn.mjs': 'export default (input, { signal, log }) => { signal.aborted; log("deaf"); for (;;) {} };',
  'exit.xml': flow('<transform:module id="m" src="./exit.mjs"/>'),
  'exit.mjs': 'export default () => process.exit(0);',
  'exits-later.xml': flow(
    '<transform:module id="a" src="./exits-later.mjs" export="waits"/>\n<transform:module id="b" src="./exits-later.mjs"/>',
  ),
  'exits-later.mjs': `export const waits = () => new Promise((resolve) => setTimeout(resolve, 1));
    export default () => new Promise(() => setTimeout(() => process.exit(0), 1));`,
  'late.xml': flow('<transform:module id="m" src="./late.mjs"/>'),
  'late.mjs': 'export default () => new Promise(() => { setTimeout(() => { throw new Error("too late"); }, 1); });',
  'rejected.xml': flow('<transform:module id="m" src="./rejected.mjs"/>'),
  'rejected.mjs': 'export default () => { Promise.reject(new Error("nobody waits")); return new Promise(() => {}); };',
  'loading.xml': flow('<transform:module id="m" src="./loading.mjs" timeout="30s"/>'),
  'loading.mjs': 'Promise.reject(new Error("not while it loads")); await new Promise(setImmediate); export default () => 7;',
  'several.xml': flow(
    `<foreach id="all" items="[0, 1, 2, 3, 4, 5, 6, 7]" onError="continue"><transform:module id="m" src="./several.mjs"/></foreach>
<output value="all.output"/>`,
  ),
  'several.mjs': `import { setTimeout as wait } from 'node:timers/promises';
    const fails = async (n) => { await wait(1); throw new Error('no ' + n); };
    export default async (n) => { if (n % 2 === 1) { fails(n); await wait(1e6); } return wait(20, n); };`,
  'left.xml': flow(
    '<transform:module id="a" src="./left.mjs"/>\n<transform:module id="b" src="./left.mjs" export="waits" input="a.output"/>',
  ),
  'left.mjs': `let left = 3;
    const fails = (what) => { left -= 1; throw new Error(what); };
    export default () => {
      setTimeout(() => fails('a timer was left'));
      setTimeout(async () => fails('a promise was left'));
      setTimeout(() => { left -= 1; throw null; });
      return 7;
    };
    export const waits = async (n) => {
      while (left > 0) await new Promise(setImmediate);
      return n;
    };`,
  'aborted.xml': flow('<transform:module id="m" src="./aborted.mjs" timeout="100ms"/>'),
  'aborted.mjs': `export default (input, { signal, log }) => new Promise((done) => {
      signal.addEventListener('abort', () => {
        Promise.reject(new Error('what nobody awaits was aborted too'));
        setTimeout(() => done(log('tidied up')), 20);
      });
    });`,
  'plugin.xml': flow('<transform:goes id="m"/>'),
  'plugin.mjs': `let goes = false;
    setInterval(() => { if (goes) throw new Error('of no node'); }, 1);
    export default (registry) => registry.register({
      type: 'transform:goes',
      execute: () => { goes = true; return new Promise(() => {}); },
    });`,
  'removes.xml': flow('<transform:module id="removes" src="./removes.mjs"/>'),
  'removes.mjs':
    'import { rmSync } from "node:fs"; export default () => rmSync(new URL("gone", import.meta.url), { recursive: true }) ?? 7;',
  'gone/empty.txt': '',
  'got.mjs': 'export default (row, { log }) => { log("got " + row); return row; };',
  'timer.xml': flow('<transform:module id="timer" src="./timer.mjs"/>'),
  'timer.mjs': 'export default () => { setInterval(() => {}, 1000); return "done"; };',
};

/** Takes the rows of "a" as they come, and tells of each. */
const foreachRow =
  '<foreach id="each" items="a.output"><transform:module id="m" src="./got.mjs" input="item"/></foreach><output value="each.output"/>';

let project: Project;
const run = (args: readonly string[], options = {}) => runCommand(['run', ...args], { cwd: project.folder, ...options });

beforeAll(async () => {
  project = await createProject(files);
});
afterAll(() => project.remove());

describe('the result', () => {
  it.each(['threads', 'async'])('is one JSON document on stdout, mode %s', async (mode) => {
    const { code, stdout, stderr } = await run(['double.xml', '--input', '[1, 2.5]', '--mode', mode]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[2,5]\n' });
    expect(stderr).toContain(`mode ${mode}`);
    expect(stderr).toMatch(/doubled done in .*\ncompleted in .*: 1\/1 nodes\n$/);
  });

  it('takes input from a file and from standard input, config from --set', async () => {
    await project.write({ 'in.json': '[4]' });
    expect((await run(['double.xml', '--input', '@in.json'])).stdout).toBe('[8]\n');
    expect((await run(['double.xml', '--input', '-', '--set', 'factor=10'], { input: '[4]' })).stdout).toBe('[40]\n');
  });

  it('goes to a file instead when asked, whole and with nothing beside it', async () => {
    const { code, stdout } = await run(['double.xml', '--input', '[1]', '--output', 'best.json']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(JSON.parse(await readFile(join(project.folder, 'best.json'), 'utf8'))).toEqual([2]);
    expect((await readdir(project.folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('goes to stdout where its file turns out to be unwritable, for it may lie nowhere else', async () => {
    const { code, stdout, stderr } = await run(['removes.xml', '--no-record', '--output', 'gone/best.json']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '7\n' });
    expect(stderr).toMatch(/error\[FILE_UNWRITABLE\] .*gone\/best\.json: [\s\S]*\n {2}help: The result went to stdout instead/);
  });

  it('is said to have gone to stdout only if stdout took it', async () => {
    await project.write({ 'gone/empty.txt': '' });
    const { child, ended } = startCommand(['run', 'removes.xml', '--no-record', '--output', 'gone/best.json'], {
      cwd: project.folder,
    });
    child.stdout.destroy();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('error[FILE_UNWRITABLE]')]);
    expect(stderr).not.toContain('stdout instead');
  });

  it.skipIf(!existsSync('/dev/full'))('is not said to be safe on the stdout that could not be written', () => {
    const full = openSync('/dev/full', 'w');
    const args = [mainFile, 'run', 'double.xml', '--input', '[1]', '-q', '--no-record', '-o', '/dev/stdout'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: project.folder,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^error\[FILE_UNWRITABLE\] .*\/dev\/stdout: the disk is full\n/)]);
    expect(stderr).not.toContain('help:');
  });

  it('goes through a link to standard output, which is only written to', async () => {
    await symlink('/dev/stdout', join(project.folder, 'out.json'));
    expect(await run(['double.xml', '--input', '[1]', '-q', '-o', 'out.json'])).toEqual({
      code: 0,
      stdout: '[\n  2\n]\n',
      stderr: '',
    });
    expect((await lstat(join(project.folder, 'out.json'))).isSymbolicLink()).toBe(true);
  });

  it('describes what JSON has no form for', async () => {
    expect(JSON.parse((await run(['typed.xml'])).stdout)).toEqual({
      wide: { $type: 'Float64Array', length: 1000, preview: Array(10).fill(0) },
      when: { $type: 'Date', value: '1970-01-01T00:00:00.000Z' },
      none: { $type: 'number', value: 'NaN' },
      many: { $type: 'bigint', value: '5' },
    });
  });

  it.each([
    ['and then ends', 'ends', ''],
    ['and then throws', 'throws', ''],
    ['and then never yields until its timeout', 'spins', ' timeout="300ms"'],
    ['and then ends its thread', 'exits', ''],
  ])('shows every line that a module prints %s', async (_what, name, more) => {
    const file = `lines-${name}.xml`;
    await project.write({ [file]: flow(`<transform:module id="m" src="./lines.mjs" export="${name}"${more}/>`) });
    const { stderr } = await run([file, '--no-record', '--quiet']);
    const lines = stderr.split('\n').filter((line) => line.startsWith('line '));
    expect(lines).toEqual(Array.from({ length: 500 }, (_, at) => `line ${at}`));
  });

  it.each(['threads', 'async'])('is alone on stdout, whatever modules print, mode %s', async (mode) => {
    const { stdout, stderr } = await run(['noisy.xml', '--mode', mode]);
    expect(stdout).toBe('1\n');
    for (const text of ['printed\n', 'printed too\n', 'noisy: logged\n', 'warn noisy: beware\n']) expect(stderr).toContain(text);
  });

  it('does not wait for a timer that a module left behind', async () => {
    expect(await run(['timer.xml', '--mode', 'async'])).toMatchObject({ code: 0, stdout: '"done"\n' });
  });

  it('survives a reader that left', async () => {
    const { child, ended } = startCommand(['run', 'typed.xml'], { cwd: project.folder });
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('EPIPE') });
  });
});

describe('stderr', () => {
  it('is lines of JSON with --json', async () => {
    const { stderr } = await run(['noisy.xml', '--json']);
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events[0]).toMatchObject({ type: 'run.started', workflow: 'test', nodes: 1 });
    expect(events).toContainEqual(expect.objectContaining({ type: 'log', message: 'logged' }));
    expect(
      events
        .filter(({ type }) => type === 'printed')
        .map((event) => (event as unknown as { text: string }).text)
        .join(''),
    ).toContain('printed too');
    expect(events.map(({ type }) => type)).toContain('run.finished');
  });

  it('has what nodes log at level debug with --verbose alone, which --quiet contradicts', async () => {
    const [plain, verbose, both] = await Promise.all([[], ['-v'], ['-v', '-q']].map((more) => run(['noisy.xml', ...more])));
    expect([plain?.stderr.includes('detail'), verbose?.stderr.includes('debug noisy: detail\n')]).toEqual([false, true]);
    expect([both?.code, both?.stderr]).toEqual([
      2,
      expect.stringContaining("'-v, --verbose' cannot be used with option '-q, --quiet'"),
    ]);
  });

  it('and the record have the beginning of a message that is very long', async () => {
    const folder = join(project.folder, 'cut');
    const plain = await run(['noisy.xml', '--state-dir', folder]);
    const { stderr } = await run(['noisy.xml', '--json']);
    const recorded = await readFile(join(folder, 'runs', ...(await readdir(join(folder, 'runs'))), 'events.ndjson'), 'utf8');
    for (const text of [plain.stderr, stderr, recorded]) {
      expect(text.length).toBeLessThan(15_000);
      expect(text).toMatch(/x{10000}… \(3000000 characters in all\)/);
    }
    expect([stderr, recorded].map((text) => text.includes('"message":"detail"'))).toEqual([true, true]);
  });

  it('tells machines of a failure in full', async () => {
    const { code, stderr } = await run(['broken.xml', '--json']);
    const last = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ type }) => type === 'run.finished');
    expect(code).toBe(1);
    expect(last.error).toMatchObject({
      code: 'NODE_FAILED',
      nodeId: 'bad',
      message: expect.stringContaining('no 1'),
      source: { line: 3 },
    });
    expect(last.error.errors).toHaveLength(2);
  });

  it('has only warnings and failures with --quiet', async () => {
    const { stderr } = await run(['noisy.xml', '--quiet']);
    expect(stderr).toContain('warn noisy: beware');
    expect(stderr).not.toMatch(/logged|done|completed/);
    expect((await run(['double.xml', '--input', '[1]', '-q'])).stderr).toBe('');
  });
});

describe('a failure', () => {
  it('is told once: message, line, code frame, cause, frames of the module, the others', async () => {
    const { code, stdout, stderr } = await run(['broken.xml', '--quiet']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error\[NODE_FAILED\] RangeError: .*no 1/);
    expect(stderr).toContain('  at broken.xml:3:3 (all[0]/bad)\n');
    expect(stderr).toContain('3 |   <transform:module id="bad" src="./bad.mjs"/>');
    expect(stderr).toContain('  caused by Error: because\n');
    expect(stderr).toContain('    at bad (bad.mjs:2:9)\n');
    expect(stderr).toContain('2 more failed:');
    expect(stderr.match(/error\[/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/node:internal|dist[\\/]/);
  });

  it.each([
    ['threads', 'read whole', ''],
    ['async', 'read whole', ''],
    ['threads', 'read by a foreach', foreachRow],
    ['async', 'read by a foreach', foreachRow],
  ])('is the flow timeout also while a pipe is silent, mode %s, %s', async (mode, how, reader) => {
    const name = `${mode} ${how}`;
    await project.write({ [`${name}.xml`]: flow(`<source:file id="a" path="/dev/stdin" format="lines"/>${reader}`) });
    execFileSync('mkfifo', [join(project.folder, name)]);
    // The shell holds the other end open, and writes nothing.
    const script = `exec 9<>'${name}'; "$@" <'${name}' 9>&- & wait $!`;
    const args = [process.execPath, mainFile, 'run', `${name}.xml`, '--no-record', '-q', '-t', '300ms', '-m', mode];
    const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', ...args], { cwd: project.folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([124, expect.stringContaining('error[FLOW_TIMEOUT]')]);
  });

  it('is the flow timeout: 124', async () => {
    const { code, stderr } = await run(['slow.xml', '--timeout', '300ms']);
    expect(code).toBe(124);
    expect(stderr).toContain('error[FLOW_TIMEOUT]');
  });
});

it('tells what is wrong with a command line while the pipe with its input stays open', async () => {
  await project.write({ 'open.xml': flow('<source:value id="a" value="1"/>') });
  execFileSync('mkfifo', [join(project.folder, 'open')]);
  const script = `exec 9<>open; "$@" <open 9>&- & wait $!`;
  const args = [process.execPath, mainFile, 'run', 'open.xml', '--no-record', '--set', 'nope=1', '--input', '-'];
  const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', ...args], {
    cwd: project.folder,
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect([status, stderr]).toEqual([2, expect.stringContaining('nope')]);
});

/** Standard input of a process that Node starts is a socket. */
describe.each(['threads', 'async'])('standard input that is a socket, in mode %s', (mode) => {
  const start = async (reader: string) => {
    await project.write({ 'socket.xml': flow(`<source:file id="a" path="/dev/stdin" format="lines"/>${reader}`) });
    return startCommand(['run', 'socket.xml', '--no-record', '-m', mode], { cwd: project.folder });
  };

  it.each([
    ['whole', ''],
    ['by a foreach', foreachRow],
  ])('is read %s to its end, however late it comes', async (_, reader) => {
    const { child, ended, stderrHas } = await start(reader);
    child.stdin.write('one\n');
    if (reader !== '') await stderrHas('got one');
    child.stdin.end('two\n');
    expect(await ended).toMatchObject({ code: 0, stdout: '["one","two"]\n' });
  });

  it('does not keep Ctrl-C from ending the run while it is silent', async () => {
    const { child, ended, stderrHas } = await start(foreachRow);
    child.stdin.write('one\n');
    await stderrHas('got one');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('cancelled in') });
  });
});

describe('code that shares the thread of the command', () => {
  it.each([
    ['exit.xml', /The code of "m" ended the process with exit code 0 in the middle of the run\n {2}at \S*exit\.xml:\d+:\d+\n/],
    [
      'exits-later.xml',
      /The code of "b" ended the process with exit code 0 in the middle of the run\n {2}at \S*exits-later\.xml:3:1\n/,
    ],
    ['plugin.xml', /Node code failed outside of its call: of no node/],
  ])('never passes for success: %s', async (file, message) => {
    const { code, stdout, stderr } = await run([file, '--mode', 'async', '--plugin', './plugin.mjs']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('node:internal');
  });

  it('keeps its result when a promise that it does not await is rejected after the run', async () => {
    await project.write({
      'forgot.xml': flow('<transform:module id="m" src="./forgot.mjs"/>'),
      'forgot.mjs': `export default () => { save(); return 7; };
        async function save() {
          while (process.listenerCount("SIGINT") > 0) await new Promise(setImmediate);
          throw new Error("disk full");
        }`,
    });
    const { code, stdout, stderr } = await run(['forgot.xml', '--mode', 'async']);
    expect([code, stdout]).toEqual([0, '7\n']);
    expect(stderr).toMatch(
      /Warning: An error escaped from node code after its task had ended: disk full\n.*\n +at .*forgot\.mjs:4:/,
    );
  });
});

describe.each(['threads', 'async'])('an error that nobody catches, mode %s,', (mode) => {
  it.each([
    ['a timer throws', 'late.xml', 'too late'],
    ['a promise is rejected', 'rejected.xml', 'nobody waits'],
    ['a module is loaded', 'loading.xml', 'not while it loads'],
  ])('fails the node that it came from: %s', async (_what, file, message) => {
    const { code, stdout, stderr } = await run([file, '--mode', mode, '--json']);
    const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
    expect([code, stdout, error]).toEqual([1, '', expect.objectContaining({ code: 'NODE_FAILED', message, nodeId: 'm' })]);
  });

  it('fails the item that it came from, and no other', async () => {
    const { code, stdout, stderr } = await run(['several.xml', '--mode', mode]);
    expect([code, stdout]).toEqual([0, '[0,null,2,null,4,null,6,null]\n']);
    expect(stderr).toContain('4 failures were ignored');
  });

  it('changes nothing of a node that is being stopped, which may still tidy up', async () => {
    const { code, stderr } = await run(['aborted.xml', '--mode', mode, '--json']);
    const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
    expect([code, error]).toEqual([1, expect.objectContaining({ code: 'NODE_TIMEOUT', nodeId: 'm' })]);
    expect(stderr).toContain('"message":"tidied up"');
    expect(stderr).not.toContain('nobody awaits');
  });

  it('is a warning when its task has ended', async () => {
    const { code, stdout, stderr } = await run(['left.xml', '--mode', mode]);
    expect([code, stdout]).toEqual([0, '7\n']);
    for (const what of ['timer', 'promise'])
      expect(stderr).toMatch(
        new RegExp(`after its task had ended: a ${what} was left\nError: a ${what} was left\n[^]*? at .*left\\.mjs:2:`),
      );
    expect(stderr).toContain('after its task had ended: null was thrown\n');
    expect(stderr).not.toMatch(/ at .*worker/);
  });
});

describe('secrets', () => {
  it('come from the environment or a file', async () => {
    await project.write({ '.env': 'export TEST_TOKEN="four" # comment\n' });
    expect((await run(['secret.xml'], { env: { TEST_TOKEN: 'abc' } })).stdout).toBe('3\n');
    expect((await run(['secret.xml', '--secrets-file', '.env'])).stdout).toBe('4\n');
  });

  it('are asked for before anything runs', async () => {
    const { code, stderr } = await run(['secret.xml']);
    expect(code).toBe(2);
    expect(stderr).toContain('error[SECRET_MISSING]');
    expect(stderr).toContain('help:');
    expect(stderr).not.toContain('mode threads');
    expect((await run(['secret.xml'], { env: { TEST_TOKEN: '' } })).stderr).toContain('secret given, but empty: TEST_TOKEN');
  });
});

describe('Ctrl-C', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops a module that never yields; exit %i', async (signal, code) => {
    const { child, ended, stderrHas } = startCommand(['run', 'slow.xml'], { cwd: project.folder });
    await stderrHas('spinning');
    child.kill(signal);
    const { code: exit, stdout, stderr } = await ended;
    expect({ exit, stdout }).toEqual({ exit: code, stdout: '' });
    expect(stderr.match(/Stopping/g)).toHaveLength(1);
    expect(stderr).toMatch(/cancelled in .*\n(?:.*\n)*To go on where it was: flowscript run slow\.xml --resume\n$/);
    expect(stderr).not.toContain('error[');
  });

  it('prints a command that goes on when it is pasted into a shell, and no secret', async () => {
    const folder = "it's a folder";
    await project.write({
      [`${folder}/-a flow.xml`]: `<workflow name="pasted"><secrets><secret name="KEY"/></secrets>
        <transform:double id="one" input="run.input.n"/>
        <transform:module id="two" src="./wait.mjs" input="one.output" key="{{ secrets.KEY }}"/></workflow>`,
      [`${folder}/wait.mjs`]: `import { existsSync } from 'node:fs';
        export default async (n) => {
          if (!existsSync(new URL('go', import.meta.url))) console.log('waiting');
          while (!existsSync(new URL('go', import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 5));
          return n;
        };`,
      [`${folder}/my plugin.mjs`]: `export default function register(registry) {
        registry.register({ type: 'transform:double', execute: ({ input }) => 2 * input });
      }`,
      [`${folder}/$keys.env`]: 'KEY=hush-hush-42\n',
    });
    const cwd = join(project.folder, folder);
    const args = [
      '--plugin',
      './my plugin.mjs',
      '--secrets-file',
      '$keys.env',
      '--state-dir',
      'kept; here',
      '-o',
      'a & b.json',
      '-v',
    ];
    const { child, ended, stderrHas } = startCommand(['run', './-a flow.xml', '-i', '{"n": 21}', ...args], { cwd });
    await stderrHas('waiting');
    child.kill('SIGINT');
    const { stderr } = await ended;
    expect(stderr).not.toContain('hush');
    const command = /To go on where it was: (.*)\n$/.exec(stderr)?.[1] ?? stderr;
    expect(command).toMatch(/ --verbose --resume$/);
    await project.write({ [`${folder}/go`]: '' });
    const pasted = spawnSync('sh', ['-c', `flowscript() { "$NODE" "$MAIN" "$@"; }; ${command}`], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, MAIN: mainFile },
    });
    expect([pasted.status, pasted.stderr]).toEqual([0, expect.stringContaining('1 result is known')]);
    expect(readFileSync(join(cwd, 'a & b.json'), 'utf8')).toBe('42\n');
  });

  it('says that an input which holds a secret is to be given again', async () => {
    const { child, ended, stderrHas } = startCommand(['run', 'keyed.xml', '-i', '"my hush-hush-42"'], {
      cwd: project.folder,
      env: { KEY: 'hush-hush-42' },
    });
    await stderrHas('spinning');
    child.kill('SIGINT');
    const { stderr } = await ended;
    expect(stderr).toContain(
      'To go on where it was, with --input and --set given again (they hold a secret, so they were not kept): flowscript run keyed.xml --resume',
    );
    expect(stderr).not.toContain('hush');
  });

  it('and SIGTERM leave a busy loop in mode async alone, which SIGQUIT ends', async () => {
    const { child, ended, stderrHas } = startCommand(['run', 'busy.xml', '--mode', 'async', '--no-record'], {
      cwd: project.folder,
    });
    await stderrHas('looping');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) child.kill(signal);
    child.kill('SIGQUIT');
    expect(await ended).toMatchObject({ code: 'SIGQUIT', stderr: expect.not.stringContaining('Stopping') });
  });

  it('pressed twice kills at once', async () => {
    const { child, ended, stderrHas } = startCommand(['run', 'stubborn.xml', '--grace', '30s'], { cwd: project.folder });
    await stderrHas('deaf');
    child.kill('SIGINT');
    await stderrHas('Stopping');
    const again = setInterval(() => child.kill('SIGINT'), 30);
    const { code, stderr } = await ended.finally(() => clearInterval(again));
    expect(code).toBe(130);
    expect(stderr).not.toContain('cancelled in');
  });
});

it('--plugin and --worker-memory reach the engine', async () => {
  await project.write({
    'hog.xml': flow('<transform:module id="hog" src="./hog.mjs"/>'),
    'hog.mjs': 'export default () => { const all = []; for (;;) all.push({ n: all.length, list: [1, 2, 3] }); };',
  });
  const { code, stderr } = await run(['hog.xml', '--worker-memory', '32']);
  expect(code).toBe(1);
  expect(stderr).toContain('error[WORKER_OUT_OF_MEMORY]');
  const missing = await run(['double.xml', '--plugin', './none.mjs']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('none.mjs');
});
