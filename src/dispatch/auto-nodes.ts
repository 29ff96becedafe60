import type { WorkNode } from '../types/ast.js';

/** Where a task runs: on the thread that dispatches, or on a worker. */
export type Place = 'main' | 'worker';

/**
 * What is known of a task before it has ever run. `worker`: a worker and nothing else; `worker-first`: a worker until it has
 * proved short; `main-first`: here while its data is small, until measurements say otherwise.
 */
export type Expectation = 'worker' | 'worker-first' | 'main-first';

/** Built-in types that compute and never wait. Everything else is user code or waits for somebody. */
const computing = new Set([
  ...['source:value', 'sink:log', 'set', 'fail', 'stub'],
  ...['map', 'filter', 'reduce', 'sort', 'group', 'select', 'template', 'parse', 'stringify'].map(transform),
  ...['hash', 'compress', 'decompress'].map(transform),
]);

function transform(name: string): string {
  return `transform:${name}`;
}

/** What mode `auto` expects of nodes that run as one task, from the flow alone. */
export function expectPlace(nodes: readonly WorkNode[]): Expectation {
  // Only a worker can be stopped in the middle of a loop, or has a limit of memory.
  if (nodes.some((node) => node.timeoutMs !== undefined || node.memoryMb !== undefined)) return 'worker';
  return nodes.every(({ type }) => computing.has(type)) ? 'main-first' : 'worker-first';
}

/** The same for tasks that call the same code in whatever branch: what is measured of one holds for the others. */
export function familyOf(nodes: readonly WorkNode[]): string {
  return nodes.map(codeOf).join('\n');
}

/** A module's options are data; the expressions of other types are code. */
function codeOf({ type, settings }: WorkNode): string {
  if (type === 'transform:module') return JSON.stringify([type, settings['src'], settings['export']]);
  return JSON.stringify([type, settings], (name, value: unknown) => (name === 'source' ? textOf(value) : value));
}

function textOf(source: unknown): unknown {
  return typeof source === 'object' && source !== null && 'text' in source ? source.text : source;
}
