import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { expectPlaces } from './expect-places.js';
import { withStubs } from './read-stubs.js';
import { type PlanFormat, renderPlan } from './render-plan.js';

export interface PlanCommandOptions {
  readonly format: PlanFormat;
  readonly plugin?: readonly string[];
  readonly mode?: string;
  readonly stateDir?: string;
  readonly stub?: readonly string[];
}

/**
 * Writes the plan of a flow to stdout.
 * @throws FlowError when the flow cannot be read or has faults
 */
export async function plan(file: string, { format, plugin, mode, stateDir, stub }: PlanCommandOptions): Promise<ExitCode> {
  await checkFlowFile(file);
  const [{ loadWorkflow }, { withLastTimes }] = await Promise.all([
    import('../workflow.js'),
    import('../timings/measured-costs.js'),
  ]);
  const loaded = await loadWorkflow(file, plugin === undefined ? {} : { plugins: plugin });
  const workflow = withLastTimes(await withStubs(loaded, stub), { stateDirectory: stateDir });
  process.stdout.write(renderPlan(workflow.plan, format, mode === 'auto' ? expectPlaces(workflow) : undefined));
  return exitCodes.done;
}
