import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { createEngine, type Engine, FlowError, FlowValidationError, parseWorkflow, type Workflow } from '#src/index.js';
import { runnableFlows } from '../corpus.js';
import { expectFlowError } from '../faults.js';
import { expectThat, type Kind } from '../kind.js';
import { gentleEdit, mutated } from '../mutations.js';
import { anyValue, uncloneable } from '../values.js';

interface Case {
  readonly text: string;
  readonly input: unknown;
}

const timeoutMs = 1_000;

let room: { readonly folder: string; readonly engine: Engine } | undefined;

function enter(): { readonly folder: string; readonly engine: Engine } {
  if (room === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'flowscript-fuzz-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    cpSync(fileURLToPath(new URL('../fixtures', import.meta.url)), folder, { recursive: true });
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/orders.csv'), 'city,sum\nOslo,30\nRome,5\n');
    writeFileSync(join(folder, 'data/calm.ndjson'), '{"a":1}\n{"a":2}\n');
    room = { folder, engine: createEngine({ mode: 'async', maxConcurrency: 2, graceMs: 50 }) };
  }
  return room;
}

/** A mutated author may write anywhere and call anybody; the fuzzer must not. */
function mayRun({ text, ast }: Workflow): boolean {
  const paths = [...text.matchAll(/ (?:path|src|schema)="([^"]*)"/g)].map(([, path = '']) => path);
  const urls = [...text.matchAll(/ url="([^"]*)"/g)].map(([, url = '']) => url);
  const stays =
    paths.every((path) => /^(\.\/)?(data|out|kit)/.test(path) && !path.includes('..')) &&
    urls.every((url) => url.startsWith('http://127.0.0.1:9/'));
  return stays && !/<(?:path|url|schema|src)>/.test(text) && (ast.timeoutMs === undefined || ast.timeoutMs > 0);
}

/** Flows that were changed and still pass, run on any input. */
export const run: Kind<Case> = {
  name: 'run',
  share: 20,
  cases: fc.record({
    text: mutated(runnableFlows, gentleEdit, 3),
    input: fc.oneof({ weight: 20, arbitrary: anyValue }, { weight: 1, arbitrary: uncloneable }),
  }),
  async check({ text, input }) {
    const { folder, engine } = enter();
    let workflow: Workflow;
    try {
      workflow = parseWorkflow(text, { file: join(folder, 'flow.xml') });
    } catch (error) {
      expectThat(error instanceof FlowValidationError, () => `parseWorkflow threw ${String(error)}`);
      return 'refused';
    }
    if (!mayRun(workflow)) return 'not run';
    const start = performance.now();
    try {
      const { status, error, output } = await engine.run(workflow, {
        input,
        timeoutMs,
        secrets: { API_TOKEN: 'tok-en-12345' },
        env: {},
      });
      if (status === 'completed')
        expectThat(!['function', 'symbol'].includes(typeof output), () => `the output is a ${typeof output}`);
      else expectFlowError(error, text, () => true);
      expectThat(error?.code !== 'WORKER_FAILED', () => `nothing could run: ${error?.message}`);
      return error?.code ?? status;
    } catch (error) {
      expectFlowError(error, text);
      expectThat(
        error instanceof FlowError && ['CONFIG_INVALID', 'SECRET_MISSING', 'VALUE_NOT_CLONEABLE'].includes(error.code),
        () => `run rejected with ${error.code}: ${error.message}`,
      );
      return error.code;
    } finally {
      const took = performance.now() - start;
      expectThat(took < timeoutMs + 8_000, () => `took ${Math.round(took)} ms in spite of a timeout of ${timeoutMs} ms`);
    }
  },
};
