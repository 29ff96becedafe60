import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'lib/src/cli/main.js');

export interface Outcome {
  readonly exitCode: number | null;
  /** stdout and stderr as a terminal would show them. */
  readonly output: string;
}

/** A copy of the examples in a folder of its own, with `flowscript` as a command and as a package. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowscript-docs-'));

  constructor() {
    if (existsSync(join(root, 'examples'))) cpSync(join(root, 'examples'), join(this.folder, 'examples'), { recursive: true });
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    mkdirSync(join(this.folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(root, join(this.folder, 'node_modules/flowscript'), 'junction');
    const command = join(this.folder, 'node_modules/.bin/flowscript');
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(command, 0o755);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs a POSIX shell script that stops at the first failing command. */
  shell(script: string): Outcome {
    const path = [join(this.folder, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
    const { status, stdout } = spawnSync('sh', ['-e', '-c', `exec 2>&1\n${script}`], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: path, NO_COLOR: '1' },
      timeout: 60_000,
    });
    return { exitCode: status, output: stdout };
  }

  /** Type-checks a TypeScript file with strict settings and leaves a JavaScript file beside it. */
  compile(name: string): Outcome {
    const strict = '--strict --exactOptionalPropertyTypes --skipLibCheck --module nodenext --target es2022';
    const types = `--types node --typeRoots "${join(root, 'node_modules/@types')}"`;
    return this.shell(`"${process.execPath}" "${join(root, 'node_modules/typescript/bin/tsc')}" ${strict} ${types} ${name}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
