import { FlowError } from '../errors/flow-error.js';
import type { CacheReport } from '../types/cache.js';
import type { Workflow } from '../workflow.js';
import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { expectPlaces } from './expect-places.js';
import { drawFlow } from './flow-diagram.js';
import { planTree } from './plan-tree.js';
import { withStubs } from './read-stubs.js';
import { renderDot } from './render-dot.js';
import { renderMermaid, warningOfSize } from './render-mermaid.js';
import { renderPlan } from './render-plan.js';
import { warningNotes } from './warning-notes.js';

export interface PlanCommandOptions {
  readonly format: 'text' | 'json' | 'mermaid' | 'dot';
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
  const { plugin, stateDir, stub, format } = options;
  if (options.json && format !== 'json') {
    throw new FlowError('CONFIG_INVALID', `--json cannot be used with --format ${format}`, { hint: 'Leave one of them out.' });
  }
  await checkFlowFile(file);
  const [{ loadWorkflow }, { LastTimes }] = await Promise.all([import('../workflow.js'), import('../timings/last-times.js')]);
  const loaded = await loadWorkflow(file, { schemas: 'compile', ...(plugin && { plugins: plugin }) });
  for (const line of warningNotes(loaded.warnings)) process.stderr.write(`${line}\n`);
  const workflow = new LastTimes(await withStubs(loaded, stub), { stateDirectory: stateDir }).planned;
  process.stdout.write(await show(workflow, format, options));
  return exitCodes.done;
}

/** The pictures show the flow alone, nothing of times, places and the cache. */
async function show(workflow: Workflow, format: PlanCommandOptions['format'], options: PlanCommandOptions): Promise<string> {
  if (format === 'mermaid') return showMermaid(workflow);
  if (format === 'dot') return renderDot(drawFlow(workflow));
  const withPlaces = options.mode === 'auto';
  const places = withPlaces ? expectPlaces(workflow) : undefined;
  const cache = options.cache || options.explain ? await forecast(workflow, options) : undefined;
  return renderPlan(workflow.plan, format, { places, cache, tree: planTree(workflow, { withPlaces }) });
}

function showMermaid(workflow: Workflow): string {
  const diagram = drawFlow(workflow);
  const text = renderMermaid(diagram);
  const warning = warningOfSize(diagram, text);
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  return text;
}

/** What a run with these options would find in the cache. */
async function forecast(workflow: Workflow, options: PlanCommandOptions): Promise<CacheReport> {
  const { readGiven } = await import('./given-options.js');
  const { planCache } = await import('../cache/plan-cache.js');
  const given = await readGiven(workflow, options);
  const { cache, stateDir, plugin = [] } = options;
  return planCache(workflow, { ...given, ...(cache && { cache }), ...(stateDir && { stateDirectory: stateDir }) }, plugin);
}
