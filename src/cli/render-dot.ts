import type { ArrowReason } from './flow-arrows.js';
import type { Box, Diagram, Shape } from './flow-diagram.js';

/** A Graphviz digraph: blocks are clusters. */
export function renderDot({ shapes, arrows }: Diagram): string {
  const places = new Map(shapes.flatMap(shapesIn).map((shape) => [shape.id, shape]));
  const lines = arrows.map(({ from, to, reason }) => {
    const tail = endOf(places.get(from), 'ltail', lastBox);
    const head = endOf(places.get(to), 'lhead', firstBox);
    const attributes = [...looksOf[reason], ...tail.attributes, ...head.attributes];
    return `  ${tail.name} -> ${head.name}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`;
  });
  const settings = ['  rankdir=LR;', '  compound=true;', '  node [shape=box];', '  graph [style=rounded];'];
  return ['digraph {', ...settings, ...shapes.flatMap((shape) => linesOf(shape, '  ')), ...lines, '}', ''].join('\n');
}

const looksOf: Readonly<Record<ArrowReason, readonly string[]>> = {
  data: [],
  variable: ['label="variable"'],
  after: ['style=dashed', 'label="after"'],
  next: ['style=dashed'],
  fallback: ['style=dashed', 'label="on failure"'],
};

function linesOf(shape: Shape, indent: string): readonly string[] {
  if (shape.kind === 'box') return [`${indent}${quote(shape.id)} [label=${label(shape.lines.join('\n'))}];`];
  const members = shape.members.flatMap((member) => linesOf(member, `${indent}  `));
  return [`${indent}subgraph ${clusterOf(shape.id)} {`, `${indent}  label=${label(shape.title)};`, ...members, `${indent}}`];
}

function shapesIn(shape: Shape): readonly Shape[] {
  return shape.kind === 'box' ? [shape] : [shape, ...shape.members.flatMap(shapesIn)];
}

/** Graphviz draws edges between nodes only, and cuts them at the border of a cluster. */
function endOf(shape: Shape | undefined, attribute: 'ltail' | 'lhead', boxOf: (shape: Shape) => Box) {
  if (shape === undefined) throw new TypeError('Expected an arrow between shapes of the picture');
  const attributes = shape.kind === 'box' ? [] : [`${attribute}=${clusterOf(shape.id)}`];
  return { name: quote(boxOf(shape).id), attributes };
}

function firstBox(shape: Shape): Box {
  return shape.kind === 'box' ? shape : firstBox(shape.members[0] as Shape);
}

function lastBox(shape: Shape): Box {
  return shape.kind === 'box' ? shape : lastBox(shape.members.at(-1) as Shape);
}

function clusterOf(id: string): string {
  return quote(`cluster_${id}`);
}

/** Graphviz decodes character references in labels, though not in names. */
function label(text: string): string {
  return quote(text.replaceAll('&', '&amp;'));
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
