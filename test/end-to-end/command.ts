import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const mainFile = fileURLToPath(new URL('../../lib/src/cli/main.js', import.meta.url));

export interface Ended {
  /** Exit code, or the name of the signal that ended the process. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr has shown the text; rejects when the process ends before. */
  stderrHas(text: string): Promise<void>;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** Whose process it is, by number. @default this one's */
  readonly user?: number | undefined;
}

/** Starts `flowscript` as a process of its own. */
export function startCommand(args: readonly string[], { cwd, input, env, node = [], user }: CommandOptions = {}): Started {
  const child = spawn(process.execPath, [...node, mainFile, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // Whoever ends without having read all of it leaves a pipe that is broken.
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? String(signal), stdout, stderr }));
  });
  const stderrHas = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.includes(text) && resolve();
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`ended without "${text}" on stderr:\n${stderr}`)));
      look();
    });
  return { child, ended, stderrHas };
}

/** Runs `flowscript` to its end. */
export function runCommand(args: readonly string[], options?: CommandOptions): Promise<Ended> {
  return startCommand(args, options).ended;
}

export interface Project {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** A folder of its own for flows and modules. */
export async function createProject(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'flowscript-e2e-'));
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  };
  await write(files);
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) };
}
