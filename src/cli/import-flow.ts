import { reservedNames } from '../parser/node-ids.js';
import type { Trace } from './import-wfformat.js';

export interface TraceFlowOptions {
  /** What every run time is multiplied by. */
  readonly scale: number;
  /** `cpu`: a task computes for its time; `wait`: it lets it pass. */
  readonly as: 'cpu' | 'wait';
}

/** The module that a flow made from a trace needs beside it. */
export const traceModule = {
  name: 'trace-task.js',
  text: `// The tasks of a flow made from a trace: they take as long as they were measured to take, and give back nothing.
import { isMainThread } from 'node:worker_threads';

/** Computes for \`ms\` milliseconds. */
export function cpu(_input, { options }) {
  const end = performance.now() + Number(options.ms);
  let x = 1;
  while (performance.now() < end) for (let i = 0; i < 1000; i++) x = Math.imul(x, 1664525) + 1013904223;
  return null;
}

/** Lets \`ms\` milliseconds pass. */
export async function wait(_input, { options }) {
  const end = performance.now() + Number(options.ms);
  for (let left = Number(options.ms); left > 0; left = end - performance.now()) {
    // Timers count whole milliseconds: less than that a thread of its own sleeps through.
    if (left < 1 && !isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left);
    else await new Promise((resolve) => setTimeout(resolve, left));
  }
  return null;
}
`,
} as const;

/**
 * A flow with the graph and the run times of a trace: a node a task, `after` its parents, with its time as the `cost` that
 * orders the nodes. Ids keep their names as far as ids allow.
 */
export function renderTraceFlow({ name, tasks }: Trace, { scale, as }: TraceFlowOptions): string {
  const ids = nodeIds(tasks.map(({ id }) => id));
  const nodes = tasks.map((task) => {
    const ms = Number((task.seconds * 1000 * scale).toPrecision(6));
    const after = task.parents.map((parent) => ids.get(parent)).join(' ');
    const settings = `id="${ids.get(task.id)}"${after === '' ? '' : ` after="${after}"`} cost="${Math.round(ms)}"`;
    return `  <transform:module ${settings} src="./${traceModule.name}" export="${as}" ms="${ms}"/>`;
  });
  return `<workflow name="${escapeXml(name)}">\n${nodes.join('\n')}\n</workflow>\n`;
}

function nodeIds(taskIds: readonly string[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>(reservedNames);
  for (const taskId of taskIds) {
    const wanted = taskId.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^(?![A-Za-z_])/, '_');
    let id = wanted;
    for (let count = 2; taken.has(id); count++) id = `${wanted}-${count}`;
    taken.add(id);
    ids.set(taskId, id);
  }
  return ids;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\s]/g, (character) => `&#${character.charCodeAt(0)};`);
}
