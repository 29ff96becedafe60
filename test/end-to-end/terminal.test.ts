import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, mainFile, type Project } from './command.js';

/** `script` of util-linux runs a command on a pseudo-terminal; elsewhere the pure rendering tests have to do. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

const files = {
  'count.xml': `<workflow name="counting" version="1.0.0">
  <foreach id="all" items="lists.range(8)"><transform:module id="work" src="./work.mjs"/></foreach>
</workflow>`,
  // Long enough for several frames, by the clock that the frames go by.
  'work.mjs':
    'export default (n, { log }) => { if (n === 2) log("half a line"); const end = Date.now() + 120; while (Date.now() < end); return n; };',
};

describe.skipIf(!hasScript)('on a terminal', () => {
  let project: Project;
  let shown: string;
  let code: number | null;
  beforeAll(async () => {
    project = await createProject(files);
    const command = `stty cols 70; "${process.execPath}" "${mainFile}" run count.xml`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: project.folder,
      env: { ...process.env, TERM: 'xterm' },
    });
    // Without an end of input `script` goes on reading it.
    child.stdin.end();
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    shown = await text(child.stdout);
    code = await exit;
  });
  afterAll(() => project.remove());

  it('draws the block while it runs', () => {
    expect(shown).toContain('counting');
    expect(shown).toMatch(/all {2}\S*\[#+-+\]\S* {2}[1-7]\/8 {2}\d+%/);
    expect(shown).toContain('running: work');
  });

  it('prints what modules log as whole lines', () => {
    expect(stripVTControlCharacters(shown)).toMatch(/^all\[2\]\/work: half a line\r$/m);
  });

  it('leaves the terminal as it was: nothing drawn below, the cursor and wrapping back', () => {
    expect(shown.lastIndexOf('\x1b[?25h')).toBeGreaterThan(shown.lastIndexOf('\x1b[?25l'));
    expect(shown.lastIndexOf('\x1b[?7h')).toBeGreaterThan(shown.lastIndexOf('\x1b[?7l'));
    expect(shown.lastIndexOf('completed')).toBeGreaterThan(shown.lastIndexOf('running'));
  });

  it('prints the result for people', () => {
    expect(code).toBe(0);
    expect(shown).toMatch(/\[\r\n {2}0,\r\n {2}1,/);
  });
});
