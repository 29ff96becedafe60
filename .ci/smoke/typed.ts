import { createEngine, FlowError, type FlowEvent, loadWorkflow } from 'flowscript';
import { defineTransform } from 'flowscript/transform';

export async function double(numbers: readonly number[], onEvent: (event: FlowEvent) => void): Promise<unknown> {
  const engine = createEngine();
  const { status, output, error } = await engine.run(await loadWorkflow('flow.xml'), { input: numbers, onEvent });
  await engine.close();
  if (status !== 'completed') throw error ?? new FlowError('RUN_CANCELLED', status);
  return output;
}

// @ts-expect-error the types are really there: without them anything would pass
loadWorkflow(1);

export const lengths = defineTransform<readonly string[], number[]>((texts) => texts.map((text) => text.length));
