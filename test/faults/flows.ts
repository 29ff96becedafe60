import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { createEngine, type Engine, type EngineOptions, parseWorkflow, type Workflow } from '#src/index.js';

export const modules = fileURLToPath(new URL('modules/', import.meta.url));
const open: Engine[] = [];

afterAll(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()));
});

/** An engine that is closed after the tests of the file. */
export function engine(options: EngineOptions = {}): Engine {
  const created = createEngine({ mode: 'threads', maxConcurrency: 2, ...options });
  open.push(created);
  return created;
}

/** A flow beside the modules of these tests. */
export function flow(body: string, attributes = ''): Workflow {
  return parseWorkflow(`<workflow name="faults" ${attributes}>${body}</workflow>`, { file: join(modules, 'flow.xml') });
}

/** A node `id` that calls a function of `stops.mjs`. */
export function call(name: string, attributes = '', children = ''): string {
  return `<transform:module id="${name}" src="./stops.mjs" export="${name}" ${attributes}>${children}</transform:module>`;
}
