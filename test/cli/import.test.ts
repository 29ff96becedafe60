import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderTraceFlow, traceModule } from '#src/cli/import-flow.js';
import { readTrace } from '#src/cli/import-wfformat.js';
import { createEngine, parseWorkflow, planWorkflow } from '#src/index.js';

const fixture = fileURLToPath(new URL('fixtures/small-trace.json', import.meta.url));
const small = () => JSON.parse(readFileSync(fixture, 'utf8'));
const tracesFolder = fileURLToPath(new URL('../../../shared/data/wfformat/', import.meta.url));

describe('a trace', () => {
  it('gives its tasks in file order, each edge once whichever end names it', () => {
    expect(readTrace(small(), 'small.json')).toEqual({
      name: 'small & odd',
      tasks: [
        { id: 'split 1', seconds: 2, parents: [] },
        { id: 'work/a', seconds: 3.25, parents: ['split 1'] },
        { id: 'work.b', seconds: 1, parents: ['split 1'] },
        { id: 'input', seconds: 0.5, parents: ['work.b', 'work/a'] },
        { id: '1st', seconds: 0, parents: [] },
        { id: 'work_a', seconds: 0.0015, parents: [] },
      ],
    });
  });

  it.each<[string, (trace: ReturnType<typeof small>) => unknown, string]>([
    ['a list', () => [], 'x.json is not WfFormat 1.5: expected a WfFormat trace, got a list.'],
    ['another version', (trace) => ({ ...trace, schemaVersion: '1.3' }), 'schemaVersion: expected "1.5", .* got "1.3"'],
    ['no workflow', (trace) => ({ ...trace, workflow: undefined }), 'workflow: expected the recorded workflow, got nothing'],
    [
      'no graph',
      (trace) => edit(trace, (w) => delete w.specification),
      'workflow.specification: expected the graph of tasks, got nothing',
    ],
    [
      'tasks that are no list',
      (trace) => edit(trace, (w) => Object.assign(w.execution, { tasks: {} })),
      'workflow.execution.tasks: expected a list of tasks, got an object',
    ],
    [
      'a task without an id',
      (trace) => edit(trace, (w) => delete w.specification.tasks[1].id),
      'workflow.specification.tasks\\[1\\].id: expected the id of a task, got nothing',
    ],
    [
      'a time that is text',
      (trace) => edit(trace, (w) => Object.assign(w.execution.tasks[2], { runtimeInSeconds: '3' })),
      'workflow.execution.tasks\\[2\\].runtimeInSeconds: expected a number of seconds, got "3"',
    ],
    [
      'a negative time',
      (trace) => edit(trace, (w) => Object.assign(w.execution.tasks[0], { runtimeInSeconds: -1 })),
      'workflow.execution.tasks\\[0\\].runtimeInSeconds: expected a number of seconds from 0 on, got -1',
    ],
    [
      'an id twice',
      (trace) => edit(trace, (w) => Object.assign(w.specification.tasks[5], { id: 'input' })),
      'workflow.specification.tasks\\[5\\].id: expected every id once, but "input" is there twice',
    ],
    [
      'an unknown parent',
      (trace) => edit(trace, (w) => w.specification.tasks[1].parents.push('work/b')),
      'workflow.specification.tasks\\[1\\].parents\\[1\\]: .* no task is called "work/b"',
    ],
    [
      'an unknown child',
      (trace) => edit(trace, (w) => w.specification.tasks[4].children.push('2nd')),
      'workflow.specification.tasks\\[4\\].children\\[0\\]: .* no task is called "2nd"',
    ],
    [
      'a task that never ran',
      (trace) => edit(trace, (w) => w.execution.tasks.pop()),
      'workflow.specification.tasks\\[5\\].id: expected a run time for "work_a"',
    ],
  ])('refuses %s and names the field', (_, change, message) => {
    expect(() => readTrace(change(small()), 'x.json')).toThrow(
      expect.objectContaining({ code: 'PARSE_FAILED', message: expect.stringMatching(message) }),
    );
  });
});

describe('the flow of a trace', () => {
  it('has the same graph, ids that can be ids, and the scaled times as costs', () => {
    const text = renderTraceFlow(readTrace(small(), 'small.json'), { scale: 0.1, as: 'wait' });
    const { name, plan } = parseWorkflow(text);

    expect(name).toBe('small & odd');
    expect(plan.vertices.map(({ id, costMs, dependsOn }) => [id, costMs, dependsOn.map((each) => each.id)])).toEqual([
      ['split_1', 200, []],
      ['work_a', 325, ['split_1']],
      ['work.b', 100, ['split_1']],
      ['input-2', 50, ['work.b', 'work_a']],
      ['_1st', 0, []],
      ['work_a-2', 0, []],
    ]);
    expect(text).toContain('ms="0.15"');
  });
});

function edit<T extends { workflow: unknown }>(trace: T, change: (workflow: T['workflow']) => unknown): T {
  change(trace.workflow);
  return trace;
}

// Real traces lie beside the clone where there are any; they are not part of the project.
const traces = existsSync(tracesFolder) ? readdirSync(tracesFolder).filter((name) => name.endsWith('.json')) : [];

describe('traces of real workflows', () => {
  it('become flows that are planned like the trace and run', async ({ skip }) => {
    skip(traces.length === 0, 'no traces in ../shared/data/wfformat beside this folder');
    const folder = mkdtempSync(join(tmpdir(), 'flowscript-import-'));
    writeFileSync(join(folder, traceModule.name), traceModule.text);
    const engine = createEngine({ mode: 'async' });
    for (const file of traces) {
      const { tasks, ...trace } = readTrace(JSON.parse(readFileSync(join(tracesFolder, file), 'utf8')), file);
      const text = renderTraceFlow({ tasks, ...trace }, { scale: 1e-9, as: 'cpu' });
      const workflow = parseWorkflow(text, { file: join(folder, 'flow.xml') });
      const edges = tasks.reduce((sum, { parents }) => sum + parents.length, 0);
      const { status, state } = await engine.run(workflow);
      const counts = { status, ran: state.nodeResults.size, edges: planWorkflow(workflow).dag.dependencies.targets.length };
      expect(counts, file).toEqual({ status: 'completed', ran: tasks.length, edges });
    }
    await engine.close();
    rmSync(folder, { recursive: true });
  });
});
