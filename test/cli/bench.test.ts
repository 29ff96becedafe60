import { describe, expect, it } from 'vitest';
import { summarise } from '#src/cli/bench-figures.js';
import { renderBench } from '#src/cli/bench-render.js';
import { WorkMeter } from '#src/cli/bench-work.js';
import type { Dispatcher } from '#src/dispatch/dispatcher.js';
import { createInlineDispatcher } from '#src/dispatch/inline.js';
import type { IterationOutcome, Task } from '#src/dispatch/types.js';
import { parseWorkflow } from '#src/flowscript.js';

const bound = { workMs: 400, criticalPathMs: 150, boundMs: 200 };

describe('summarise', () => {
  it('takes medians, and speed-ups within a round', () => {
    const run = (mode: string, wallMs: number, movingMs = 0) => ({ mode, wallMs, movingMs });
    const runs = [
      run('async', 400, 40),
      run('threads', 200, 2),
      run('threads', 250, 5),
      run('async', 500, 50),
      run('async', 3000, 0),
      run('threads', 1000, 0),
    ];
    const report = summarise(runs, bound, { cores: 2, workers: 2 });

    expect(report).toMatchObject({ runs: 3, cores: 2, workers: 2, bound });
    expect(report.modes).toEqual([
      {
        ...{ mode: 'async', medianMs: 500, minMs: 400, maxMs: 3000, speedUp: { median: 1, min: 1, max: 1 } },
        ...{ efficiency: 0.5, movingShare: 0.1, overBound: 2.5 },
      },
      {
        ...{ mode: 'threads', medianMs: 250, minMs: 200, maxMs: 1000, speedUp: { median: 2, min: 2, max: 3 } },
        ...{ efficiency: 1, movingShare: 0.01, overBound: 1.25 },
      },
    ]);
  });

  it('takes the middle of two', () => {
    const runs = [10, 30].map((wallMs) => ({ mode: 'async', wallMs, movingMs: 0 }));
    expect(summarise(runs, bound, { cores: 1, workers: 1 }).modes[0]?.medianMs).toBe(20);
  });
});

describe('renderBench', () => {
  it('aligns the modes under their heads', () => {
    const runs = [
      { mode: 'async', wallMs: 4000, movingMs: 4 },
      { mode: 'threads', wallMs: 2100, movingMs: 420 },
    ];
    const [head, ...lines] = renderBench(summarise(runs, bound, { cores: 2, workers: 2 }), (_, text) => text).split('\n');

    expect(head).toBe('mode     median  fastest - slowest  speed-up            efficiency  moving data  over the bound');
    expect(lines[0]).toBe('async    4.0s    4.0s - 4.0s        1.00 (1.00 - 1.00)  50%         0.1%         20.00x');
    expect(lines[1]).toBe('threads  2.1s    2.1s - 2.1s        1.90 (1.90 - 1.90)  95%         20%          10.50x');
    expect(lines[3]).toBe('The bound is 200ms: the longer of the critical path (150ms) and 400ms of work shared by 2 workers.');
  });
});

describe('WorkMeter', () => {
  const flow = parseWorkflow(`
    <workflow name="w">
      <source:value id="first" value="[1, 2]"/>
      <foreach id="each" items="first.output"><transform:select id="one">item</transform:select></foreach>
      <phase name="p"><transform:select id="last" input="each.output">input</transform:select></phase>
    </workflow>`);

  it('adds up the work of each top-level node and finds the least time a run can take', async () => {
    const meter = new WorkMeter(flow.ast.nodes);
    const dispatcher = meter.watch(answering({ first: [30], one: [40, 100], last: [10] }));
    for (const id of ['first', 'one', 'last']) await dispatcher.dispatch({ nodeIds: [id] } as unknown as Task);

    // The longest item is longer than half of the block's work; with one worker it is the other way round.
    expect(meter.bound(flow.plan, 2)).toEqual({ workMs: 180, criticalPathMs: 140, boundMs: 140 });
    expect(meter.bound(flow.plan, 1)).toEqual({ workMs: 180, criticalPathMs: 180, boundMs: 180 });
  });

  it('passes everything else on', async () => {
    const inner = createInlineDispatcher({ maxConcurrency: 3 });
    const watched = new WorkMeter(flow.ast.nodes).watch(inner);
    expect(watched).toMatchObject({ mode: 'async', maxConcurrency: 3 });
    await watched.close();
    await expect(inner.dispatch({} as Task)).rejects.toMatchObject({ code: 'POOL_CLOSED' });
  });
});

/** Gives each node id's tasks these durations, an iteration each. */
function answering(durations: Readonly<Record<string, readonly number[]>>): Dispatcher {
  const outcomes = (id: string): IterationOutcome[] =>
    (durations[id] ?? []).map((durationMs) => ({
      status: 'completed',
      nodes: [{ id, status: 'completed', startedAt: 0, durationMs, writes: [] }],
    }));
  return {
    mode: 'async',
    maxConcurrency: 1,
    dispatch: async (task) => ({ outcomes: outcomes(task.nodeIds[0] ?? '') }),
    close: async () => {},
  };
}
