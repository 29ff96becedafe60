import type { CacheReport } from '../types/cache.js';
import type { Workflow } from '../workflow.js';
import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { expectPlaces } from './expect-places.js';
import { planTree } from './plan-tree.js';
import { withStubs } from './read-stubs.js';
import { type PlanFormat, renderPlan } from './render-plan.js';
import { warningNotes } from './warning-notes.js';

export interface PlanCommandOptions {
  readonly format: PlanFormat;
  readonly json?: true;
  readonly plugin?: readonly string[];
  readonly mode?: string;
  readonly cache?: true;
  readonly explain?: true;
  readonly stateDir?: string;
  readonly input?: string;
  readonly set?: readonly string[];
  readonly secretsFile?: string;
  readonly stub?: readonly string[];
}

/**
 * Writes the plan of a flow to stdout.
 * @throws FlowError when the flow cannot be read or has faults
 */
export async function plan(file: string, options: PlanCommandOptions): Promise<ExitCode> {
  const { plugin, mode, stateDir, stub } = options;
  const format = options.json ? 'json' : options.format;
  await checkFlowFile(file);
  const [{ loadWorkflow }, { LastTimes }] = await Promise.all([import('../workflow.js'), import('../timings/last-times.js')]);
  const loaded = await loadWorkflow(file, { schemas: 'compile', ...(plugin && { plugins: plugin }) });
  for (const line of warningNotes(loaded.warnings)) process.stderr.write(`${line}\n`);
  const workflow = new LastTimes(await withStubs(loaded, stub), { stateDirectory: stateDir }).planned;
  const places = mode === 'auto' ? expectPlaces(workflow) : undefined;
  const cache = options.cache || options.explain ? await forecast(workflow, options) : undefined;
  const tree = planTree(workflow, { withPlaces: mode === 'auto' });
  process.stdout.write(renderPlan(workflow.plan, format, { places, cache, tree }));
  return exitCodes.done;
}

/** What a run with these options would find in the cache. */
async function forecast(workflow: Workflow, options: PlanCommandOptions): Promise<CacheReport> {
  const { readGiven } = await import('./given-options.js');
  const { planCache } = await import('../cache/plan-cache.js');
  const given = await readGiven(workflow, options);
  const { cache, stateDir, plugin = [] } = options;
  return planCache(workflow, { ...given, ...(cache && { cache }), ...(stateDir && { stateDirectory: stateDir }) }, plugin);
}
