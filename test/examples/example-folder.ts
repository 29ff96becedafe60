import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const modes = ['threads', 'async'] as const;

export interface Ended {
  readonly exitCode: number;
  /** The flow's output; `undefined` when it failed. */
  readonly output: unknown;
  /** Events of the run, in order. */
  readonly events: readonly { readonly type: string; readonly nodeId?: string; readonly path?: string }[];
}

/** A copy of one example in a folder of its own, where its files can be written without touching the repository. */
export class ExampleFolder {
  /** What lies beside the project, which a flow may be told to look at: nothing of others, which comes and goes. */
  readonly #around = mkdtempSync(join(tmpdir(), 'flowscript-example-'));
  readonly root = join(this.#around, 'project');
  readonly folder: string;

  constructor(name: string) {
    this.folder = join(this.root, 'examples', name);
    const withoutResults = (source: string) => !source.includes('/out/');
    cpSync(join(root, 'examples', name), this.folder, { recursive: true, filter: withoutResults });
    mkdirSync(join(this.root, 'node_modules'), { recursive: true });
    symlinkSync(join(root, 'node_modules/vega-datasets'), join(this.root, 'node_modules/vega-datasets'), 'junction');
    symlinkSync(root, join(this.root, 'node_modules/flowscript'), 'junction');
  }

  /** Runs the flow as a user would, in a process of its own. */
  async run(mode: (typeof modes)[number], settings: Readonly<Record<string, unknown>> = {}): Promise<Ended> {
    const assignments = Object.entries(settings).flatMap(([name, value]) => {
      return ['--set', `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`];
    });
    const command = [join(root, 'lib/src/cli/main.js'), 'run', 'flow.xml', '--mode', mode, '--json', ...assignments];
    const child = spawn(process.execPath, command, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
    const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    return { exitCode, output: stdout === '' ? undefined : JSON.parse(stdout), events: lines.map((line) => JSON.parse(line)) };
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  readBytes(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  readJson(name: string): unknown {
    return JSON.parse(this.read(name));
  }

  remove(): void {
    rmSync(this.#around, { recursive: true, force: true });
  }
}

/** A JSON file of vega-datasets. */
export function readDataset(name: string): unknown {
  return JSON.parse(readFileSync(join(root, 'node_modules/vega-datasets/data', name), 'utf8'));
}
