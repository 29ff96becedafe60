import { createEngine, type Engine, type Workflow } from 'flowscript';
import { Piscina } from 'piscina';
import { makeState } from '../modules/state.js';
import { flow, run } from './flows.js';
import { modulePath } from './modules.js';

const branches = 64;
const sizeBytes = 16 * 1024 * 1024;
/** Branches of the side that clones for each: its cost is the same for every branch, and all 64 take 15 s. */
const clonedBranches = 8;

/** The state of 16 MB, on this thread. */
export function createState(): Record<string, readonly unknown[]> {
  return makeState(branches, sizeBytes);
}

/** A node that makes the state, and a block of branches that read it with this export of `read-state.ts`. */
export function readingFlow(reader: 'default' | 'wholeReadonly' | 'field'): Workflow {
  const input = (index: number) => (reader === 'field' ? `state.output.f${index}` : 'state.output');
  const branch = (index: number) =>
    `<branch><transform:module id="b${index}" src="./read-state.js" export="${reader}" input="${input(index)}"/></branch>`;
  return flow(`
    <source:value id="asked">{"fields": ${branches}, "sizeBytes": ${sizeBytes}}</source:value>
    <transform:module id="state" src="./state.js" input="asked.output"/>
    <parallel id="readers">${Array.from({ length: branches }, (_, index) => branch(index)).join('')}</parallel>
    <output value="readers.output"/>`);
}

/** Two threads that have run before. */
export async function createReadingEngine(): Promise<Engine> {
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  const warm = flow('<foreach id="each" items="[1, 2, 3, 4]"><transform:module id="t" src="./tiny.js"/></foreach>');
  await run(engine, warm);
  return engine;
}

/** From the moment the state is there until all branches have read it, in milliseconds. */
export async function readingTime(engine: Engine, workflow: Workflow): Promise<number> {
  let began = Number.NaN;
  await run(engine, workflow, {
    onEvent: (event) => {
      if (event.type === 'node.finished' && event.nodeId === 'state') began = performance.now();
    },
  });
  return performance.now() - began;
}

/** The same by hand: the state is cloned to a thread for each branch. */
export function createCloningSide(state: unknown): () => Promise<number> {
  const pool = new Piscina({ filename: modulePath('read-state.js'), minThreads: 2, maxThreads: 2 });
  return async () => {
    const began = performance.now();
    await Promise.all(Array.from({ length: clonedBranches }, () => pool.run(state)));
    return (performance.now() - began) * (branches / clonedBranches);
  };
}
