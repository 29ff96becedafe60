import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWorkflow, type Workflow } from 'flowscript';
import { renderTraceFlow, traceModule } from '#src/cli/import-flow.js';
import { readTrace, type Trace } from '#src/cli/import-wfformat.js';
import { NotMeasurable } from './benchmark.js';
import { root } from './modules.js';

/** Recorded workflows, which lie beside the clone and are no part of it. */
const folder = join(root, '../shared/data/wfformat');

/** @throws NotMeasurable when there are no traces */
export function readTraces(): readonly Trace[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  if (names.length === 0) throw new NotMeasurable('no traces in ../shared/data/wfformat beside the clone');
  return names.map((name) => {
    const trace = readTrace(JSON.parse(readFileSync(join(folder, name), 'utf8')), name);
    return { ...trace, name: name.replace(/(-\d+)?\.json$/, '') };
  });
}

/** Tasks by position, as a simulation needs them. */
export interface Graph {
  /** Milliseconds. */
  readonly times: readonly number[];
  readonly parents: readonly (readonly number[])[];
  readonly children: readonly (readonly number[])[];
  /** Longest path from a task to an end, its own time included. */
  readonly remaining: readonly number[];
}

export function graphOf({ tasks }: Trace, scale: number): Graph {
  const positions = new Map(tasks.map(({ id }, position) => [id, position]));
  const times = tasks.map(({ seconds }) => seconds * 1000 * scale);
  const parents = tasks.map((task) => task.parents.map((parent) => positions.get(parent) as number));
  const children = tasks.map((): number[] => []);
  parents.forEach((of, position) => {
    for (const parent of of) children[parent]?.push(position);
  });
  const remaining: number[] = [];
  const longest = (position: number): number => {
    remaining[position] ??= (times[position] as number) + Math.max(0, ...(children[position] ?? []).map(longest));
    return remaining[position];
  };
  tasks.forEach((_, position) => {
    longest(position);
  });
  return { times, parents, children, remaining };
}

/** The longer of the critical path and the work shared by all workers: no schedule ends sooner. Milliseconds. */
export function boundOf({ times, remaining }: Graph, workers: number): number {
  return Math.max(...remaining, times.reduce((sum, time) => sum + time, 0) / workers);
}

/**
 * A bound that no schedule beats, even one that may interrupt tasks, and never below `boundOf`: before the first of a set of tasks
 * may start and after its last one has ended there is work that cannot be shared. Milliseconds.
 */
export function strictBoundOf(graph: Graph, workers: number): number {
  const { times, parents, children } = graph;
  const heads = earliestStarts(times, parents, workers);
  const tails = earliestStarts(times, children, workers);
  const at = (values: readonly number[], position: number) => values[position] as number;
  let bound = Math.max(...times.map((time, position) => at(heads, position) + time + at(tails, position)));
  for (const least of new Set(tails)) {
    const late = [...times.keys()].filter((position) => at(tails, position) >= least).sort((a, b) => at(heads, b) - at(heads, a));
    let work = 0;
    for (const position of late) {
      work += at(times, position);
      bound = Math.max(bound, at(heads, position) + work / workers + least);
    }
  }
  return bound;
}

/** Before when no schedule can start each task: all that must come before it, by the longest path and by what the workers can share. */
function earliestStarts(times: readonly number[], before: Graph['parents'], workers: number): readonly number[] {
  const starts: number[] = [];
  const ancestors: Set<number>[] = [];
  const visit = (position: number): void => {
    if (starts[position] !== undefined) return;
    const direct = before[position] ?? [];
    direct.forEach(visit);
    const all = new Set(direct.flatMap((each) => [each, ...(ancestors[each] as Set<number>)]));
    let start = Math.max(0, ...direct.map((each) => (starts[each] as number) + (times[each] as number)));
    let work = 0;
    for (const each of [...all].sort((a, b) => (starts[b] as number) - (starts[a] as number))) {
      work += times[each] as number;
      start = Math.max(start, (starts[each] as number) + work / workers);
    }
    ancestors[position] = all;
    starts[position] = start;
  };
  times.forEach((_, position) => {
    visit(position);
  });
  return starts;
}

/** When the last task ends if whoever is free takes the ready task with the longest remaining path. Milliseconds. */
export function listSchedule({ times, parents, children, remaining }: Graph, workers: number): number {
  const waiting = parents.map(({ length }) => length);
  const ready = [...waiting.keys()].filter((position) => waiting[position] === 0);
  const running: { readonly position: number; readonly ends: number }[] = [];
  let now = 0;
  while (ready.length > 0 || running.length > 0) {
    ready.sort((a, b) => (remaining[b] as number) - (remaining[a] as number));
    for (const position of ready.splice(0, workers - running.length)) {
      running.push({ position, ends: now + (times[position] as number) });
    }
    running.sort((a, b) => b.ends - a.ends);
    const done = running.pop();
    if (done === undefined) break;
    now = done.ends;
    for (const child of children[done.position] ?? []) {
      waiting[child] = (waiting[child] as number) - 1;
      if (waiting[child] === 0) ready.push(child);
    }
  }
  return now;
}

/** Traces as flows beside the module they need, in a folder of their own. */
export function createReplay(): (trace: Trace, scale: number, as: 'cpu' | 'wait', schedule: 'ready' | 'waves') => Workflow {
  const home = mkdtempSync(join(tmpdir(), 'flowscript-bench-'));
  writeFileSync(join(home, traceModule.name), traceModule.text);
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  return (trace, scale, as, schedule) => {
    const text = renderTraceFlow(trace, { scale, as }).replace('<workflow ', `<workflow schedule="${schedule}" `);
    return parseWorkflow(text, { file: join(home, 'flow.xml') });
  };
}
