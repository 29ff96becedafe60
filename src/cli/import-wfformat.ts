import { z } from 'zod';
import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';

/** What was recorded of one workflow run: who waited for whom, and how long each task took. */
export interface Trace {
  readonly name: string;
  /** In the order of the file. */
  readonly tasks: readonly TraceTask[];
}

export interface TraceTask {
  readonly id: string;
  readonly seconds: number;
  /** Ids of the tasks it waited for, each once, none its own. */
  readonly parents: readonly string[];
}

const version = '1.5';

const taskId = z.string({ error: expected('the id of a task') }).min(1, { error: expected('the id of a task') });
const links = z.array(taskId, { error: expected('a list of task ids') }).default([]);
const specified = z.object(
  { id: taskId, parents: links, children: links },
  { error: expected('a task {"id", "parents", "children"}') },
);
const seconds = z.number({ error: expected('a number of seconds') }).min(0, { error: expected('a number of seconds from 0 on') });
const executed = z.object({ id: taskId, runtimeInSeconds: seconds }, { error: expected('a task {"id", "runtimeInSeconds"}') });

const wfFormat = z.object(
  {
    name: z.string({ error: expected('the name of the trace') }).default('trace'),
    schemaVersion: z.literal(version, { error: expected(`"${version}", the version of WfFormat that is understood`) }),
    workflow: object('the recorded workflow', {
      specification: object('the graph of tasks', { tasks: z.array(specified, { error: expected('a list of tasks') }) }),
      execution: object('the measured run', { tasks: z.array(executed, { error: expected('a list of tasks') }) }),
    }),
  },
  { error: expected('a WfFormat trace') },
);

/**
 * Reads the graph and the run times out of WfFormat 1.5 data. An edge counts whether its parent or its child names it.
 * @param file what messages call the data
 * @throws FlowError PARSE_FAILED naming the path of the field at fault
 */
export function readTrace(data: unknown, file: string): Trace {
  const { success, data: trace, error } = wfFormat.safeParse(data);
  if (!success) {
    const [issue] = error.issues;
    throw refuse(file, issue?.path ?? [], issue?.message ?? 'expected a WfFormat trace');
  }
  const { specification, execution } = trace.workflow;
  const times = new Map(execution.tasks.map((task) => [task.id, task.runtimeInSeconds]));
  const parents = collectParents(specification.tasks, file);
  const tasks = specification.tasks.map(({ id }, index) => ({
    id,
    seconds: times.get(id) ?? refuseUntimed(file, id, index),
    parents: [...(parents.get(id) ?? [])],
  }));
  return { name: trace.name, tasks };
}

type Specified = z.infer<typeof specified>;

const tasksPath = ['workflow', 'specification', 'tasks'] as const;

function collectParents(tasks: readonly Specified[], file: string): ReadonlyMap<string, ReadonlySet<string>> {
  const parents = new Map<string, Set<string>>();
  for (const [index, { id }] of tasks.entries()) {
    if (parents.has(id)) throw refuse(file, [...tasksPath, index, 'id'], `expected every id once, but "${id}" is there twice`);
    parents.set(id, new Set());
  }
  const parentsOf = (id: string, path: readonly PropertyKey[]) =>
    parents.get(id) ?? refuseUnknown(file, path, id, parents.keys());
  for (const [index, task] of tasks.entries()) {
    task.parents.forEach((parent, position) => {
      parentsOf(parent, [...tasksPath, index, 'parents', position]);
      parents.get(task.id)?.add(parent);
    });
    task.children.forEach((child, position) => {
      parentsOf(child, [...tasksPath, index, 'children', position]).add(task.id);
    });
  }
  return parents;
}

function refuseUnknown(file: string, path: readonly PropertyKey[], id: string, known: Iterable<string>): never {
  throw refuse(file, path, `expected the id of a task, but no task is called "${id}"`, suggestName(id, known));
}

function refuseUntimed(file: string, id: string, index: number): never {
  const message = `expected a run time for "${id}" in workflow.execution.tasks`;
  throw refuse(file, [...tasksPath, index, 'id'], message, 'Import a trace of a run: a workflow that never ran has no times.');
}

function refuse(file: string, path: readonly PropertyKey[], message: string, hint?: string): FlowError {
  const place = path.length === 0 ? '' : `${renderPath(path)}: `;
  return new FlowError('PARSE_FAILED', `${file} is not WfFormat ${version}: ${place}${message}.`, {
    hint: hint ?? 'Traces in this format: https://wfcommons.org/format',
    fields: { path: renderPath(path) },
  });
}

function renderPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

function object<Shape extends z.ZodRawShape>(words: string, shape: Shape) {
  return z.object(shape, { error: expected(words) });
}

function expected(words: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `expected ${words}, got ${describeInput(input)}`;
}

function describeInput(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  return typeof input === 'object' && input !== null ? 'an object' : JSON.stringify(input);
}
