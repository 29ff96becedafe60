import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { expectPlaces } from './expect-places.js';
import { type PlanFormat, renderPlan } from './render-plan.js';

export interface PlanCommandOptions {
  readonly format: PlanFormat;
  readonly plugin?: readonly string[];
  readonly mode?: string;
}

/**
 * Writes the plan of a flow to stdout.
 * @throws FlowError when the flow cannot be read or has faults
 */
export async function plan(file: string, { format, plugin, mode }: PlanCommandOptions): Promise<ExitCode> {
  await checkFlowFile(file);
  const { loadWorkflow } = await import('../workflow.js');
  const workflow = await loadWorkflow(file, plugin === undefined ? {} : { plugins: plugin });
  process.stdout.write(renderPlan(workflow.plan, format, mode === 'auto' ? expectPlaces(workflow) : undefined));
  return exitCodes.done;
}
