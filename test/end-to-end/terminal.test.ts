import { spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, mainFile, type Project } from './command.js';

/** `script` of util-linux runs a command on a pseudo-terminal; elsewhere the pure rendering tests have to do. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

const files = {
  'count.xml': `<workflow name="counting" version="1.0.0" maxConcurrency="2">
  <foreach id="all" items="lists.range(8)"><transform:module id="work" src="./work.mjs"/></foreach>
  <transform:module id="other" src="./work.mjs" input="run.input"/>
  <output value="all.output"/>
</workflow>`,
  'deaf.xml': '<workflow name="deaf" version="1.0.0"><transform:module id="deaf" src="./deaf.mjs"/></workflow>',
  'deaf.mjs': 'export default (input, { signal, log }) => { signal.aborted; log("deaf"); for (;;) {} };',
  // Long enough for several frames, by the clock that the frames go by.
  'work.mjs':
    'export default (n, { log }) => { if (n === 2) log("half a line"); const end = Date.now() + 120; while (Date.now() < end); return n; };',
};

interface Session {
  readonly shown: string;
  readonly code: number | null;
}

/** Runs the command line on a terminal of 70 columns; `onShown` may press keys in answer to what it sees. */
async function runOnTerminal(
  cwd: string,
  args: string,
  onShown?: (shown: string, press: (key: string) => void) => void,
): Promise<Session> {
  // Without noflsh, Ctrl-C throws away what a busy machine has not read of the output yet.
  const command = `stty cols 70 noflsh; exec "${process.execPath}" "${mainFile}" ${args}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, TERM: 'xterm' } });
  // At an end of its input `script` types Ctrl-D, so where nobody presses a key there is nothing to wait for either.
  if (onShown === undefined) child.stdin.end();
  child.stdin.on('error', () => {});
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    onShown?.(shown, (key) => child.stdin.write(key));
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { shown, code };
}

const interruptKey = '\x03';

function expectRestored(shown: string): void {
  expect(shown.lastIndexOf('\x1b[?25h')).toBeGreaterThan(shown.lastIndexOf('\x1b[?25l'));
  expect(shown.lastIndexOf('\x1b[?7h')).toBeGreaterThan(shown.lastIndexOf('\x1b[?7l'));
}

describe.skipIf(!hasScript)('on a terminal', () => {
  let project: Project;
  let shown: string;
  let code: number | null;
  beforeAll(async () => {
    project = await createProject(files);
    ({ shown, code } = await runOnTerminal(project.folder, 'run count.xml'));
  });
  afterAll(() => project.remove());

  it('draws the block while it runs', () => {
    expect(shown).toContain('counting');
    expect(shown).toMatch(/all {2}\S*\[#+-+\]\S* {2}[1-7]\/8 {2}\d+%/);
    expect(shown).toContain('running: other');
  });

  it('prints what modules log as whole lines', () => {
    expect(stripVTControlCharacters(shown)).toMatch(/^all\[2\]\/work: half a line\r$/m);
  });

  it('leaves the terminal as it was: nothing drawn below, the cursor and wrapping back', () => {
    expectRestored(shown);
    expect(shown.lastIndexOf('completed')).toBeGreaterThan(shown.lastIndexOf('running'));
  });

  it('prints the result for people', () => {
    expect(code).toBe(0);
    expect(shown).toMatch(/\[\r\n {2}0,\r\n {2}1,/);
  });

  it('gives the cursor back when Ctrl-C is pressed twice', async () => {
    let pressing: NodeJS.Timeout | undefined;
    const session = await runOnTerminal(project.folder, 'run deaf.xml --grace 30s', (text, press) => {
      if (text.includes('running: deaf')) pressing ??= setInterval(() => press(interruptKey), 60);
    }).finally(() => clearInterval(pressing));
    expect(session.code).toBe(130);
    expect(session.shown).toContain('Stopping');
    expect(session.shown).not.toContain('cancelled in');
    expectRestored(session.shown);
  });
});
