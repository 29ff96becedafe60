import { afterAll, describe, expect, test } from 'vitest';
import { createInlineDispatcher } from '#src/dispatch/inline.js';
import { createThreadDispatcher } from '#src/dispatch/threads.js';
import type { IterationOutcome, Task } from '#src/dispatch/types.js';
import type { KnownOutcomes, PathOf } from '#src/execution/known-outcomes.js';
import { runFlow } from '#src/execution/run.js';
import type { RunResult } from '#src/execution/run-options.js';
import { registry } from '#src/runtimes/registry.js';
import type { FlowEvent } from '#src/types/events.js';
import { flow } from './run-flow.js';

const dispatchers = {
  async: createInlineDispatcher({ maxConcurrency: 3 }),
  threads: createThreadDispatcher({ maxConcurrency: 3 }),
};
afterAll(async () => {
  await Promise.all(Object.values(dispatchers).map((dispatcher) => dispatcher.close()));
});

/** Keeps every success in memory, under its lineage and path. */
class Notebook implements KnownOutcomes {
  readonly source;
  readonly pages = new Map<string, IterationOutcome>();
  readonly ran: string[] = [];

  constructor(source: KnownOutcomes['source'] = 'resume') {
    this.source = source;
  }

  async recall(task: Task, pathOf: PathOf, lineage: string): Promise<(IterationOutcome | undefined)[]> {
    return task.iterations.map((_, at) => this.pages.get(this.#place(task, pathOf, at, lineage)));
  }

  async remember(task: Task, pathOf: PathOf, outcomes: readonly IterationOutcome[], lineage: string): Promise<void> {
    // What is told late must still be told before the run ends.
    await new Promise(setImmediate);
    outcomes.forEach((outcome, at) => {
      const place = this.#place(task, pathOf, at, lineage);
      this.ran.push(place);
      if (outcome.status === 'completed') this.pages.set(place, outcome);
    });
  }

  #place({ nodeIds }: Task, pathOf: PathOf, at: number, lineage: string): string {
    return `${lineage}${pathOf(at)}${nodeIds.join('+')}`;
  }
}

async function run(
  text: string,
  mode: keyof typeof dispatchers,
  known: readonly KnownOutcomes[],
): Promise<RunResult & { events: FlowEvent[] }> {
  const events: FlowEvent[] = [];
  const surroundings = { dispatcher: dispatchers[mode], registry, maxConcurrency: 3, known };
  const result = await runFlow(flow(text), surroundings, { onEvent: (event) => events.push(event) });
  return { ...result, events };
}

const squares = `
  <source:value id="numbers" value="[1, 2, 3, 4, 5, 6]"/>
  <foreach id="squares" items="numbers.output" batch="4"><transform:select id="square">item * item</transform:select></foreach>
  <transform:reduce id="sum" input="squares.output" initial="0">acc + item</transform:reduce>`;

describe.each(['async', 'threads'] as const)('outcomes known from elsewhere, mode %s', (mode) => {
  test('what is known does not run again, and the result is the same', async () => {
    const notebook = new Notebook();
    const first = await run(squares, mode, [notebook]);
    expect(notebook.ran.toSorted()).toEqual(['numbers', ...[0, 1, 2, 3, 4, 5].map((i) => `squares[${i}]/square`), 'sum']);
    notebook.ran.length = 0;
    const second = await run(squares, mode, [notebook]);
    expect(notebook.ran).toEqual([]);
    expect(second.output).toBe(91);
    expect(second.output).toBe(first.output);
  });

  test('just the iterations that are not known run, and come back in order', async () => {
    const notebook = new Notebook();
    await run(squares, mode, [notebook]);
    notebook.ran.length = 0;
    for (const index of [1, 4, 5]) notebook.pages.delete(`squares[${index}]/square`);
    const { output, state } = await run(squares, mode, [notebook]);
    expect(output).toBe(91);
    expect(state.nodeResults.get('squares')?.output).toEqual([1, 4, 9, 16, 25, 36]);
    expect(notebook.ran.toSorted()).toEqual(['squares[1]/square', 'squares[4]/square', 'squares[5]/square']);
  });

  test('events say what was reused, and from where', async () => {
    const notebook = new Notebook('cache');
    const first = await run(squares, mode, [notebook]);
    expect(first.events.some((event) => 'reused' in event)).toBe(false);
    notebook.pages.delete('squares[0]/square');
    const { events } = await run(squares, mode, [notebook]);
    expect(events.find((event) => event.type === 'node.finished' && event.nodeId === 'sum')).toMatchObject({ reused: 'cache' });
    expect(events.findLast((event) => event.type === 'block.progress')).toMatchObject({ done: 6, reused: 5 });
  });

  test('the first that knows an outcome is asked, the others of the rest', async () => {
    const [resume, cache] = [new Notebook('resume'), new Notebook('cache')];
    await run(squares, mode, [resume, cache]);
    resume.pages.delete('numbers');
    for (const index of [0, 1, 2]) cache.pages.delete(`squares[${index}]/square`);
    for (const index of [2, 3, 4]) resume.pages.delete(`squares[${index}]/square`);
    for (const notebook of [resume, cache]) notebook.ran.length = 0;
    const { output, events } = await run(squares, mode, [resume, cache]);
    expect(output).toBe(91);
    for (const { ran } of [resume, cache]) expect(ran).toEqual(['squares[2]/square']);
    expect(events.find((event) => event.type === 'node.finished' && event.nodeId === 'numbers')).toMatchObject({
      reused: 'cache',
    });
  });

  test("a block's second attempt is told apart from its first", async () => {
    const notebook = new Notebook();
    const text = `
      <parallel id="both"><retry limit="2" delay="1ms"/>
        <branch><source:value id="ready" value="1"/></branch>
        <branch><fail id="never" code="NEVER" message="no"/></branch>
      </parallel>`;
    await run(text, mode, [notebook]);
    const attempts = notebook.ran.filter((place) => place.endsWith('never')).toSorted();
    expect(attempts).toEqual(['both#2/both[1]/never', 'both#3/both[1]/never', 'both[1]/never']);
  });

  test('failures run again', async () => {
    const notebook = new Notebook();
    const text = '<source:value id="one" value="1"/><fail id="broken" after="one" code="BROKEN" message="no"/>';
    const [first, second] = [await run(text, mode, [notebook]), await run(text, mode, [notebook])];
    expect([first.status, second.status]).toEqual(['failed', 'failed']);
    expect(notebook.ran.filter((place) => place === 'broken')).toHaveLength(2);
    expect(notebook.ran.filter((place) => place === 'one')).toHaveLength(1);
  });
});
