import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { RunOptions, RunResult, Workflow } from '#src/index.js';
import { createEngine, type Engine, FlowValidationError, parseWorkflow } from '#src/index.js';
import type { FlowEvent } from '#src/types/events.js';

export const modes = ['async', 'threads', 'auto'] as const;
const kit = new URL('modules/kit.mjs', import.meta.url).pathname;

const engines = new Map<string, Engine>();
afterAll(async () => {
  await Promise.all([...engines.values()].map((engine) => engine.close()));
  engines.clear();
});

/** One engine a mode and width for the whole test file, as a service would keep them. */
function engineOf(mode: (typeof modes)[number], width: number | 'flow'): Engine {
  const key = `${mode} ${width}`;
  const engine = engines.get(key) ?? createEngine({ mode, graceMs: 100, ...(width === 'flow' ? {} : { maxConcurrency: width }) });
  engines.set(key, engine);
  return engine;
}

/** `kit:NAME` in a `src` means that function of the kit. */
export function flow(body: string, attributes = ''): Workflow {
  const text = `<workflow name="test" ${attributes}>${body.replaceAll(/src="kit:(\w+)"/g, `src="${kit}" export="$1"`)}</workflow>`;
  try {
    return parseWorkflow(text, { file: join(process.cwd(), 'test/execution/flow.xml') });
  } catch (error) {
    if (!(error instanceof FlowValidationError)) throw error;
    throw new Error(
      error.faults.map((fault) => `${fault.source?.line}:${fault.source?.column} ${fault.message} ${fault.hint}`).join('\n'),
    );
  }
}

export interface Ran extends RunResult {
  readonly events: readonly FlowEvent[];
  /** Status and output by node id. */
  readonly nodes: Readonly<Record<string, unknown>>;
}

export async function run(
  workflow: Workflow,
  mode: (typeof modes)[number],
  options: RunOptions & { width?: number | 'flow' } = {},
): Promise<Ran> {
  const { width = 4, onEvent, ...rest } = options;
  const events: FlowEvent[] = [];
  const listen = (event: FlowEvent): void => {
    events.push(event);
    onEvent?.(event);
  };
  const result = await engineOf(mode, width).run(workflow, { ...rest, onEvent: listen });
  expectSoundEvents(events, result);
  const nodes = Object.fromEntries([...result.state.nodeResults].map(([id, { status, output }]) => [id, [status, output]]));
  return { ...result, events, nodes };
}

/** What must hold of the events of any run: what started ended, once and in its time, and the run tells of both its ends. */
function expectSoundEvents(events: readonly FlowEvent[], { durationMs, status }: RunResult): void {
  expect(events.at(0)?.type).toBe('run.started');
  expect(events.at(-1)).toMatchObject({ type: 'run.finished', status });
  const open = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'node.started') open.set(event.path, (open.get(event.path) ?? 0) + 1);
    if (event.type !== 'node.finished') continue;
    open.set(event.path, (open.get(event.path) ?? 0) - 1);
    expect(event.durationMs, `${event.path} took`).toBeLessThanOrEqual(durationMs + 1);
  }
  expect([...open].filter(([, count]) => count > 0)).toEqual([]);
}

const warnings: string[] = [];
const hear = (warning: Error) => warnings.push(String(warning));
process.on('warning', hear);
afterAll(() => {
  process.off('warning', hear);
  expect(warnings).toEqual([]);
});

/** The output of a run that must complete. */
export async function outputOf(
  workflow: Workflow,
  mode: (typeof modes)[number],
  options: Parameters<typeof run>[2] = {},
): Promise<unknown> {
  const { status, error, output } = await run(workflow, mode, options);
  if (status !== 'completed') throw error ?? new Error(status);
  return output;
}
