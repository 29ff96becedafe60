import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { EngineOptions, RunOptions, RunResult } from '#src/index.js';
import { createEngine, loadWorkflow } from '#src/index.js';
import type { CacheReport } from '#src/types/cache.js';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

export interface CacheProject {
  folder: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs `flow.xml`, or another file, in a thread of its own, as a process would. */
  run(options?: RunOptions & { readonly file?: string; readonly engine?: EngineOptions }): Promise<CacheRun>;
}

export interface CacheRun extends RunResult {
  readonly cache: CacheReport;
  /** What modules of the flow noted while they ran, sorted. */
  readonly calls: readonly string[];
}

/** A module that notes each call in `calls.txt` beside the flow. */
export function noting(body: string, imports = ''): string {
  return `import { appendFileSync } from 'node:fs';\n${imports}
const note = (line) => appendFileSync(new URL('./calls.txt', import.meta.url), line + '\\n');
export default (input, { options }) => { note(JSON.stringify(input)); return ${body}; };\n`;
}

export async function createCacheProject(files: Readonly<Record<string, string>>): Promise<CacheProject> {
  const folder = await mkdtemp(join(tmpdir(), 'flowscript-cache-'));
  folders.push(folder);
  const project: CacheProject = {
    folder,
    async write(more) {
      for (const [name, text] of Object.entries(more)) {
        await mkdir(dirname(join(project.folder, name)), { recursive: true });
        await writeFile(join(project.folder, name), text);
      }
    },
    async run({ file = 'flow.xml', engine: engineOptions = {}, ...options } = {}) {
      const calls = join(project.folder, 'calls.txt');
      await rm(calls, { force: true });
      const workflow = await loadWorkflow(join(project.folder, file), { plugins: engineOptions.plugins ?? [] });
      const engine = createEngine({ maxConcurrency: 1, ...engineOptions });
      try {
        const result = await engine.run(workflow, options);
        const noted = await readFile(calls, 'utf8').catch(() => '');
        return { cache: [], ...result, calls: noted.split('\n').filter(Boolean).sort() };
      } finally {
        await engine.close();
      }
    },
  };
  await project.write(files);
  return project;
}

/** The output of a run that must complete, and what it called. */
export function expectRun(
  { status, error, output, calls }: CacheRun,
  expected: { output?: unknown; calls: readonly string[] },
): void {
  if (status !== 'completed') throw error ?? new Error(status);
  if ('output' in expected) expect(output).toEqual(expected.output);
  expect(calls).toEqual(expected.calls);
}

/** Hits, and the words for each miss, of a node. */
export function told({ cache }: CacheRun, nodeId: string): unknown {
  const node = cache.find((each) => each.nodeId === nodeId);
  return node && [node.hits, ...node.misses.map(({ text, count }) => `${count} ${text}`)];
}
