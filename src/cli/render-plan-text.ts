import type { Place } from '../dispatch/auto-nodes.js';
import { formatDuration } from '../errors/format-duration.js';
import { type Cost, costOf, type Plan, vertexAt } from '../scheduler/index.js';
import type { CacheReport } from '../types/cache.js';
import { formatCount } from './format-amount.js';
import { edgesInto } from './plan-edges.js';
import type { PlannedBody, PlannedNode, PlanTree } from './plan-tree.js';
import { renderCache } from './render-cache.js';
import { shownPath } from './shown-path.js';

/** What is no part of a plan and shown with it. */
export interface PlanExtras {
  readonly places?: ReadonlyMap<string, Place> | undefined;
  /** What the cache would have. */
  readonly cache?: CacheReport | undefined;
  readonly tree?: PlanTree | undefined;
}

// One very long name should not push every other line's columns off the screen.
const widestColumn = 40;
/** JSON has all of them. */
const mostListed = 8;

type Line = Row | string;

/** A node's line; a line without columns is a text as it is. */
interface Row {
  readonly indent: number;
  readonly name: string;
  readonly element: string;
  readonly cost: string;
  readonly place: Place | undefined;
  readonly notes: readonly string[];
}

/** As `renderPlan` tells. */
export function renderPlanText(plan: Plan, { places, cache, tree }: PlanExtras): string {
  const costs = plan.vertices.map((_, index) => costOf(plan, index));
  const isCostKnown = costs.some(({ from }) => from !== 'default');
  const nested = { isCostKnown };
  const linesOf = (index: number): readonly Line[] => {
    const { id, label, at, reads } = vertexAt(plan, index);
    const waits = edgesInto(plan, index).map(({ from, reasons }) => `${shownPath(from.id, from.at)} (${reasons.join(', ')})`);
    const inside = tree?.within.get(id);
    const row: Row = {
      indent: 2,
      name: shownPath(id, at),
      element: label,
      cost: isCostKnown ? describeCost(costs[index] as Cost) : '',
      place: places?.get(id),
      notes: [inside?.limits ?? '', prefixed('<- ', waits), prefixed('reads ', reads)],
    };
    return [row, ...bodyLines(inside?.bodies ?? [], 4, nested)];
  };
  const waves = plan.layers.members.map((members, wave) => [`\nWave ${wave + 1}`, ...members.flatMap(linesOf)]);
  const lines = [...waves.flat(), ...endingLines(tree, nested)];
  return [summarise(plan), ...align(lines), ...(cache ? [`\n${renderCache(cache)}`] : [])].join('\n');
}

interface Nested {
  readonly isCostKnown: boolean;
}

function endingLines(tree: PlanTree | undefined, nested: Nested): readonly Line[] {
  const { onError, finally: last } = tree?.endings ?? {};
  return [
    ...(onError === undefined ? [] : ['\nOn error', ...nodeLines(onError, 2, nested)]),
    ...(last === undefined ? [] : ['\nFinally', ...nodeLines(last, 2, nested)]),
  ];
}

function bodyLines(bodies: readonly PlannedBody[], indent: number, nested: Nested): readonly Line[] {
  const shown = bodies.length - mostListed > 1 ? bodies.slice(0, mostListed) : bodies;
  const rest = bodies.length - shown.length;
  const lines = shown.flatMap(({ title, nodes }) => [`${' '.repeat(indent)}${title}`, ...nodeLines(nodes, indent + 2, nested)]);
  return rest === 0 ? lines : [...lines, `${' '.repeat(indent)}and ${rest} more`];
}

function nodeLines(nodes: readonly PlannedNode[], indent: number, nested: Nested): readonly Line[] {
  return nodes.flatMap((node, at) => {
    const { id, line, element, costMs, place, step, limits, reads, bodies } = node;
    const row: Row = {
      indent,
      name: shownPath(id, { line }),
      element,
      cost: nested.isCostKnown && costMs !== null ? describeCost({ ms: costMs, from: 'hint' }) : '',
      place,
      notes: [nodes[at - 1]?.step === step ? 'same task' : '', limits ?? '', prefixed('reads ', reads)],
    };
    return [row, ...bodyLines(bodies, indent + 2, nested)];
  });
}

function align(lines: readonly Line[]): readonly string[] {
  const rows = lines.filter((line) => typeof line !== 'string');
  const nameWidth = widest(rows.map(({ indent, name }) => indent + Math.min(name.length, widestColumn)));
  const elementWidth = widest(rows.map(({ element }) => Math.min(element.length, widestColumn)));
  const costWidth = widest(rows.map(({ cost }) => cost.length));
  const hasPlaces = rows.some(({ place }) => place !== undefined);
  return lines.map((line) => {
    if (typeof line === 'string') return line;
    const { indent, name, element, cost, place, notes } = line;
    const columns = [
      `${' '.repeat(indent)}${name}`.padEnd(nameWidth),
      element.padEnd(elementWidth),
      ...(costWidth === 0 ? [] : [cost.padEnd(costWidth)]),
      ...(hasPlaces ? [(place === 'main' ? 'on main' : 'in a worker').padEnd(11)] : []),
      ...notes.filter((note) => note !== ''),
    ];
    return columns.join('  ').trimEnd();
  });
}

function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

function prefixed(prefix: string, texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${prefix}${list(texts)}`;
}

function list(texts: readonly string[]): string {
  const more = texts.length - mostListed;
  return more > 1 ? `${texts.slice(0, mostListed).join(', ')} and ${more} more` : texts.join(', ');
}

function summarise({ vertices, waves, criticalPath }: Plan): string {
  const counts = `${formatCount(vertices.length, 'node')} in ${formatCount(waves.length, 'wave')}`;
  const places = new Map(vertices.map(({ id, at }) => [id, at]));
  const names = criticalPath.map((id) => shownPath(id, places.get(id)));
  return names.length > 1 ? `${counts}\nLongest path: ${names.join(' -> ')}` : counts;
}

function describeCost({ ms, from }: Cost): string {
  return from === 'default' ? 'no cost known' : `${formatDuration(ms)} (${from})`;
}
