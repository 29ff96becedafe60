import type { Place } from '../dispatch/auto-nodes.js';
import { formatDuration } from '../errors/format-duration.js';
import { type Cost, costOf, type Dependency, type Plan, type Vertex } from '../scheduler/index.js';
import type { CacheReport } from '../types/cache.js';
import { renderCache } from './render-cache.js';

export type PlanFormat = 'text' | 'json' | 'mermaid' | 'dot';

/**
 * A plan as text that ends in a line break.
 *
 * `text`: the waves from 1, a line per node with its element, what it is taken to cost where that is known of any node, what it
 * waits for and why, and what it reads.
 *
 * `json`: `{ waves, nodes, criticalPath }`. `waves`: lists of ids in declared order. `nodes`, in declared order:
 * `{ id, element, wave, costMs, cost, line, column, dependsOn, reads }`, where `wave` is an index into `waves`, `costMs` is the
 * author's estimate or null, `cost` what it is taken to cost as `{ ms, from }` with from `hint`, `measured` or `default`, `dependsOn` a list of `{ id, reasons }` with reasons `data`, `after` and `variable`, and
 * `reads` a list of paths. `criticalPath`: ids of the costliest chain, first to last.
 *
 * With `places`, `text` also says where each node starts in mode `auto`, and `json` has it as `place`: `main` or `worker`.
 *
 * With `cache`, `text` ends in a line a node that says what the cache has of it, and `json` has it as `cache`, a list.
 *
 * `mermaid`: a flowchart. `dot`: a Graphviz digraph. An arrow leads from a node to one that waits for it, and bears
 * the reasons unless `data` is the only one.
 */
export function renderPlan(plan: Plan, format: PlanFormat, { places, cache }: PlanExtras = {}): string {
  return `${renderers[format](plan, places, cache)}\n`;
}

export interface PlanExtras {
  readonly places?: Places | undefined;
  /** What the cache would have. Not in diagrams. */
  readonly cache?: CacheReport | undefined;
}

type Places = ReadonlyMap<string, Place>;

const renderers: Readonly<
  Record<PlanFormat, (plan: Plan, places: Places | undefined, cache: CacheReport | undefined) => string>
> = {
  text: renderText,
  json: renderJson,
  mermaid: renderMermaid,
  dot: renderDot,
};

// One very long name should not push every other line's columns off the screen.
const widestColumn = 40;

function renderText(plan: Plan, places: Places | undefined, cache: CacheReport | undefined): string {
  const idWidth = columnWidth(plan.vertices.map(({ id }) => id));
  const labelWidth = columnWidth(plan.vertices.map(({ label }) => label));
  const costs = plan.vertices.map((_, index) => costOf(plan, index));
  const costTexts = costs.some(({ from }) => from !== 'default') ? costs.map(describeCost) : [];
  const costWidth = columnWidth(costTexts);
  const line = (index: number): string => {
    const { id, label, reads } = vertexAt(plan, index);
    const waits = edgesInto(plan, index).map(({ from, reasons }) => `${from.id} (${reasons.join(', ')})`);
    const columns = [
      `  ${id.padEnd(idWidth)}  ${label.padEnd(labelWidth)}`,
      ...(costTexts.length === 0 ? [] : [(costTexts[index] ?? '').padEnd(costWidth)]),
      ...(places === undefined ? [] : [(places.get(id) === 'main' ? 'on main' : 'in a worker').padEnd(11)]),
      ...(waits.length > 0 ? [`<- ${list(waits)}`] : []),
      ...(reads.length > 0 ? [`reads ${list(reads)}`] : []),
    ];
    return columns.join('  ').trimEnd();
  };
  const waves = plan.layers.members.map((members, wave) => `\nWave ${wave + 1}\n${members.map(line).join('\n')}`);
  return [summarise(plan), ...waves, ...(cache ? [`\n${renderCache(cache)}`] : [])].join('\n');
}

/** JSON has all of them. */
const mostListed = 8;

function list(texts: readonly string[]): string {
  const more = texts.length - mostListed;
  return more > 1 ? `${texts.slice(0, mostListed).join(', ')} and ${more} more` : texts.join(', ');
}

function summarise({ vertices, waves, criticalPath }: Plan): string {
  const counts = `${count(vertices.length, 'node')} in ${count(waves.length, 'wave')}`;
  return criticalPath.length > 1 ? `${counts}\nLongest path: ${criticalPath.join(' -> ')}` : counts;
}

function renderJson(plan: Plan, places: Places | undefined, cache: CacheReport | undefined): string {
  const nodes = plan.vertices.map(({ id, label, costMs, at, reads }, index) => ({
    id,
    element: label,
    wave: plan.layers.waveOf[index],
    costMs: costMs ?? null,
    cost: costOf(plan, index),
    line: at.line,
    column: at.column,
    dependsOn: edgesInto(plan, index).map(({ from, reasons }) => ({ id: from.id, reasons })),
    reads,
    ...(places && { place: places.get(id) }),
  }));
  return JSON.stringify({ waves: plan.waves, nodes, criticalPath: plan.criticalPath, ...(cache && { cache }) }, null, 2);
}

function describeCost({ ms, from }: Cost): string {
  return from === 'default' ? 'no cost known' : `${formatDuration(ms)} (${from})`;
}

function renderMermaid(plan: Plan): string {
  const nodes = plan.vertices.map(({ id, label }, index) => `  n${index}["${escapeMermaid(id)}<br/>${escapeMermaid(label)}"]`);
  const edges = allEdges(plan).map(({ fromIndex, toIndex, reasons }) => {
    const arrow = carriesDataOnly(reasons) ? '-->' : `-->|${reasons.join(', ')}|`;
    return `  n${fromIndex} ${arrow} n${toIndex}`;
  });
  return ['flowchart LR', ...nodes, ...edges].join('\n');
}

function renderDot(plan: Plan): string {
  const nodes = plan.vertices.map(({ id, label }) => `  ${quoteDot(id)} [label=${quoteDot(escapeEntities(`${id}\n${label}`))}];`);
  const edges = allEdges(plan).map(({ from, to, reasons }) => {
    const label = carriesDataOnly(reasons) ? '' : ` [label=${quoteDot(reasons.join(', '))}]`;
    return `  ${quoteDot(from.id)} -> ${quoteDot(to.id)}${label};`;
  });
  return ['digraph {', '  rankdir=LR;', '  node [shape=box];', ...nodes, ...edges, '}'].join('\n');
}

interface Edge {
  readonly fromIndex: number;
  readonly from: Vertex;
  readonly toIndex: number;
  readonly to: Vertex;
  readonly reasons: readonly Dependency['reason'][];
}

function allEdges(plan: Plan): readonly Edge[] {
  return plan.vertices.flatMap((_, index) => edgesInto(plan, index));
}

/** What a vertex waits for, in the order it names them, each once with all reasons. */
function edgesInto(plan: Plan, toIndex: number): readonly Edge[] {
  const to = vertexAt(plan, toIndex);
  const reasons = reasonsById(to.dependsOn);
  const { offsets, targets } = plan.dag.dependencies;
  return Array.from(targets.subarray(offsets[toIndex], offsets[toIndex + 1]), (fromIndex) => {
    const from = vertexAt(plan, fromIndex);
    return { fromIndex, from, toIndex, to, reasons: [...(reasons.get(from.id) ?? [])] };
  });
}

function reasonsById(dependsOn: readonly Dependency[]): ReadonlyMap<string, ReadonlySet<Dependency['reason']>> {
  const reasons = new Map<string, Set<Dependency['reason']>>();
  for (const { id, reason } of dependsOn) {
    const known = reasons.get(id);
    if (known === undefined) reasons.set(id, new Set([reason]));
    else known.add(reason);
  }
  return reasons;
}

function carriesDataOnly(reasons: Edge['reasons']): boolean {
  return reasons.every((reason) => reason === 'data');
}

/** Mermaid knows no escapes but `#code;`, and reads a backtick after a quote as Markdown. */
function escapeMermaid(text: string): string {
  return text.replace(/["#&<>`\\\r\n]/g, (character) => `#${character.charCodeAt(0)};`);
}

function quoteDot(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Graphviz decodes character references in labels, though not in names. */
function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;');
}

function columnWidth(cells: readonly string[]): number {
  return cells.reduce((widest, { length }) => Math.max(widest, Math.min(length, widestColumn)), 0);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

function vertexAt(plan: Plan, index: number): Vertex {
  const vertex = plan.vertices[index];
  if (vertex === undefined) throw new TypeError(`Expected the index of a vertex, got ${index}`);
  return vertex;
}
