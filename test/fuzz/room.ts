import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, type Engine, type ExecutionMode, type Workflow } from '#src/index.js';

let folder: string | undefined;
const engines = new Map<ExecutionMode, Engine>();

/** A folder with what the flows of the fuzzer read, for as long as this process lives. */
export function fixtureFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'flowscript-fuzz-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  cpSync(fileURLToPath(new URL('fixtures', import.meta.url)), made, { recursive: true });
  mkdirSync(join(made, 'data'));
  writeFileSync(join(made, 'data/orders.csv'), 'city,sum\nOslo,30\nRome,5\n');
  writeFileSync(join(made, 'data/calm.ndjson'), '{"a":1}\n{"a":2}\n');
  folder = made;
  return made;
}

/** One engine of each mode, kept for all cases of this process. */
export function engineOf(mode: ExecutionMode): Engine {
  const engine = engines.get(mode) ?? createEngine({ mode, maxConcurrency: 2, graceMs: 50 });
  engines.set(mode, engine);
  return engine;
}

/** A mutated author may write anywhere and call anybody; the fuzzer must not. */
export function mayRun({ text, ast }: Workflow): boolean {
  const paths = [...text.matchAll(/ (?:path|src|schema)="([^"]*)"/g)].map(([, path = '']) => path);
  const urls = [...text.matchAll(/ url="([^"]*)"/g)].map(([, url = '']) => url);
  const stays =
    paths.every((path) => /^(\.\/)?(data|out|kit)/.test(path) && !path.includes('..')) &&
    urls.every((url) => url.startsWith('http://127.0.0.1:9/'));
  return stays && !/<(?:path|url|schema|src)>/.test(text) && (ast.timeoutMs === undefined || ast.timeoutMs > 0);
}
