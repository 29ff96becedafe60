import { costOf, type Plan } from '../scheduler/index.js';
import { edgesInto } from './plan-edges.js';
import { type PlanExtras, renderPlanText } from './render-plan-text.js';

export type PlanFormat = 'text' | 'json';

/**
 * A plan as text that ends in a line break.
 *
 * `text`: the waves from 1, a line per node with its element, what it is taken to cost where that is known of any node, what it
 * waits for and why, and what it reads.
 *
 * `json`: `{ waves, nodes, criticalPath }`. `waves`: lists of ids in declared order. `nodes`, in declared order:
 * `{ id, element, wave, costMs, cost, remainingMs, line, column, dependsOn, reads }`, where `wave` is an index into `waves`, `costMs` is the
 * author's estimate or null, `cost` what it is taken to cost as `{ ms, from }` with from `hint`, `measured` or `default`, `remainingMs` the cost of the longest
 * chain from it to an end (of nodes that could start the one with the most does), `dependsOn` a list of `{ id, reasons }` with reasons `data`, `after` and
 * `variable`, and `reads` a list of paths. `criticalPath`: ids of the costliest chain, first to last.
 *
 * With `tree`, `text` has the bodies of a node below it, indented: of a wide block the first ones. `json` has all of them as `bodies`, and `onError` and
 * `finally` where the flow has these: lists of `PlannedNode`.
 *
 * With `places`, `text` also says where each node starts in mode `auto`, and `json` has it as `place`: `main` or `worker`.
 *
 * With `cache`, `text` ends in a line a node that says what the cache has of it, and `json` has it as `cache`, a list.
 */
export function renderPlan(plan: Plan, format: PlanFormat, extras: PlanExtras = {}): string {
  return `${renderers[format](plan, extras)}\n`;
}

const renderers: Readonly<Record<PlanFormat, (plan: Plan, extras: PlanExtras) => string>> = {
  text: renderPlanText,
  json: renderJson,
};

function renderJson(plan: Plan, { places, cache, tree }: PlanExtras): string {
  const nodes = plan.vertices.map(({ id, label, costMs, at, reads }, index) => ({
    id,
    element: label,
    wave: plan.layers.waveOf[index],
    costMs: costMs ?? null,
    cost: costOf(plan, index),
    remainingMs: plan.priorities[index],
    line: at.line,
    column: at.column,
    dependsOn: edgesInto(plan, index).map(({ from, reasons }) => ({ id: from.id, reasons })),
    reads,
    ...(places && { place: places.get(id) }),
    ...tree?.within.get(id),
  }));
  const { waves, criticalPath } = plan;
  return JSON.stringify({ waves, nodes, criticalPath, ...tree?.endings, ...(cache && { cache }) }, null, 2);
}
