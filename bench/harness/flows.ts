import { createEngine, type Engine, type EngineOptions, parseWorkflow, type RunOptions, type Workflow } from 'flowscript';
import { modulePath } from './modules.js';

/** A flow of these nodes, whose modules are those in `bench/modules`. */
export function flow(nodes: string, settings = ''): Workflow {
  return parseWorkflow(`<workflow name="bench" ${settings}>${nodes}</workflow>`, { file: modulePath('flow.xml') });
}

/**
 * Runs a flow and gives back its output.
 * @throws Error when it does not complete: a failed run must not look fast
 */
export async function run(engine: Engine, workflow: Workflow, options: RunOptions = {}): Promise<unknown> {
  const { status, output, error } = await engine.run(workflow, options);
  if (status !== 'completed') throw new Error(`The flow ended as ${status}`, { cause: error });
  return output;
}

/** An engine of a mode that this version may not have yet: `undefined` then. */
export function engineOf(mode: string, options: EngineOptions = {}): Engine | undefined {
  try {
    return createEngine({ ...options, mode: mode as NonNullable<EngineOptions['mode']> });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
