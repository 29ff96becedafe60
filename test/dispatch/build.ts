import type { Iteration, RunPackage, Task, TaskReply } from '#src/dispatch/types.js';
import { reveal } from '#src/transport/snapshot.js';
import type { WorkNode } from '#src/types/ast.js';
import type { ExpressionSource } from '#src/types/source.js';

const at = { file: 'flow.xml', line: 7, column: 3 };

/** URL of a module beside the tests. */
export function fixture(name: string): string {
  return new URL(`./fixtures/${name}`, import.meta.url).href;
}

export const plugins = [fixture('plugin.js')];

export function expression(text: string): ExpressionSource {
  return { kind: 'expression', source: { text, file: at.file, marks: [{ index: 0, line: at.line, column: at.column }] } };
}

type Extras = Partial<Pick<WorkNode, 'when' | 'input' | 'timeoutMs'>>;

/** A node that calls a function of the test plugin. */
export function call(id: string, fn: string, settings: Readonly<Record<string, unknown>> = {}, extras: Extras = {}): WorkNode {
  return node(id, 'test:call', { fn, ...settings }, extras);
}

export function node(id: string, type: string, settings: Readonly<Record<string, unknown>>, extras: Extras = {}): WorkNode {
  const none = {
    input: undefined,
    when: undefined,
    after: [],
    timeoutMs: undefined,
    costMs: undefined,
    retries: [],
    fallback: undefined,
  };
  return { kind: 'work', id, at, type, settings, ...none, ...extras };
}

let runs = 0;

export function runPackage(nodes: readonly WorkNode[], extras: Partial<RunPackage> = {}): RunPackage {
  const key = `run-${runs++}`;
  const base = { key, runId: key, flowDirectory: '/flows', config: { top: 10 }, secrets: { TOKEN: 's' }, env: {}, startedAt: 0 };
  return { ...base, nodes: Object.fromEntries(nodes.map((each) => [each.id, each])), ...extras };
}

export function iteration(input: unknown = null, extras: Partial<Iteration> = {}): Iteration {
  return { attempt: 1, index: undefined, branch: undefined, input, item: null, slice: { names: {}, nodes: {} }, ...extras };
}

/** A task of these nodes in order, all of their outputs kept. */
export function task(
  nodes: readonly WorkNode[],
  iterations: readonly Iteration[] = [iteration()],
  extras: Partial<Task> = {},
): Task {
  const nodeIds = nodes.map(({ id }) => id);
  return { run: runPackage(nodes), nodeIds, keep: nodeIds, shared: { names: {}, nodes: {} }, iterations, priority: 0, ...extras };
}

/** The kept outputs of each iteration by node id; of a failed one its error's code. */
export function outputs({ outcomes }: TaskReply): unknown[] {
  return outcomes.map((outcome) =>
    outcome.status === 'failed'
      ? outcome.error.code
      : Object.fromEntries(outcome.nodes.filter((done) => 'output' in done).map(({ id, output }) => [id, reveal(output)])),
  );
}

/** The error of the only iteration. */
export function onlyError({ outcomes }: TaskReply) {
  const [outcome] = outcomes;
  if (outcome?.status !== 'failed') throw new Error('The task was expected to fail.');
  return outcome.error;
}
