import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, FlowValidationError, parseWorkflow } from '#src/index.js';
import { type FlowSeed, flowSeed, writeFlow } from './random-flow.js';

const vandal = new URL('vandal.mjs', import.meta.url).pathname;
type Mode = 'async' | 'threads' | 'auto';
const engines = new Map<string, Engine>();
afterAll(async () => {
  await Promise.all([...engines.values()].map((engine) => engine.close()));
});

function engine(mode: Mode, maxConcurrency: number): Engine {
  const key = mode + maxConcurrency;
  const known = engines.get(key) ?? createEngine({ mode, maxConcurrency });
  engines.set(key, known);
  return known;
}

async function outcome(flow: FlowSeed, mode: Mode, width: number, schedule: string) {
  const text = `<workflow name="random" schedule="${schedule}">${writeFlow(flow).replaceAll('MODULE', vandal)}</workflow>`;
  const workflow = parse(text);
  const { status, output, error, state } = await engine(mode, width).run(workflow, { input: 4 });
  const nodes = [...state.nodeResults].map(([id, result]) => [
    id,
    result.status,
    result.output,
    result.error?.message,
    result.attempts,
  ]);
  const { $vars } = state.nodeContext;
  return structuredClone({
    status,
    output,
    code: error?.code,
    message: error?.message,
    nodes: nodes.sort(),
    $vars,
    vars: state.globalContext,
  });
}

function parse(text: string) {
  try {
    return parseWorkflow(text, { file: '/flow.xml' });
  } catch (error) {
    if (error instanceof FlowValidationError)
      throw new Error(error.faults.map(({ message, hint }) => `${message} ${hint}`).join('\n'));
    throw error;
  }
}

/** More of them for a longer look: FLOWSCRIPT_PROPERTY_RUNS=1000. */
const runs = Number(process.env['FLOWSCRIPT_PROPERTY_RUNS'] ?? 20);

describe('any flow', () => {
  it(
    'gives the same results in every mode, schedule and width',
    async () => {
      await fc.assert(
        fc.asyncProperty(flowSeed, async (flow) => {
          const calm = await outcome(flow, 'async', 1, 'ready');
          for (const [mode, width, schedule] of [
            ['async', 4, 'waves'],
            ['threads', 1, 'waves'],
            ['threads', 2, 'ready'],
            ['threads', 3, 'ready'],
            ['auto', 1, 'ready'],
            ['auto', 3, 'waves'],
          ] as const) {
            expect(await outcome(flow, mode, width, schedule), `${mode} ${width} ${schedule}`).toEqual(calm);
          }
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    60_000 + runs * 3_000,
  );
});
