import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Broken, expectThat } from './kind.js';

const mainFile = fileURLToPath(new URL('../../lib/src/cli/main.js', import.meta.url));
const patienceMs = 60_000;
/** As many as a command may end with: ignored failures are 3, and nobody asks for those here. */
const exitCodes: ReadonlySet<number | string> = new Set([0, 1, 2, 124, 130]);

/** Of `export` in a file that is CommonJS by its name: Node says what helps. */
const ofNode = /^.* Warning: To load an ES module, set .*\n.*--trace-warnings.*\n/m;

/** A folder for one case. */
export async function inRoom(work: (folder: string) => Promise<string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'flowscript-fuzz-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the command to its end, which must be one of those that are promised, and tells which. */
export async function expectSpoken(args: readonly string[], stdin: string, folder: string): Promise<string> {
  const { code, stderr: said } = await call(args, stdin, folder);
  const stderr = said.replace(ofNode, '');
  expectThat(exitCodes.has(code), () => `${args.join(' ')}: exit code ${code}\n${stderr}`);
  expectThat(
    !/internal error|^\s+at .*(?:node:internal|\/lib\/|node_modules)|Unhandled|Warning: (?!An error escaped)/m.test(stderr),
    () => `${args.join(' ')}: stderr shows our insides:\n${stderr}`,
  );
  const isTold = stderr.trim() !== '' || args.includes('--json') || args[0] === 'validate' || args[0] === 'test';
  expectThat(code === 0 || isTold, () => `${args.join(' ')}: exit code ${code} without a word`);
  expectThat(stderr.length < 200_000, () => `stderr has ${stderr.length} characters`);
  return `exit ${code}`;
}

function call(
  args: readonly string[],
  stdin: string,
  cwd: string,
): Promise<{ readonly code: number | string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [mainFile, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd, NO_COLOR: '1' },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Broken(`flowscript ${args.join(' ')} did not end within ${patienceMs} ms`));
    }, patienceMs);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? String(signal), stderr });
    });
  });
}
