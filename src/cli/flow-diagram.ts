import type { NodeAST } from '../types/ast.js';
import { type Body, bodiesOf } from '../validation/index.js';
import type { Workflow } from '../workflow.js';
import { describeBlock, titleOfBody } from './describe-body.js';
import { type Arrow, arrowsOf, fallbackId, outputId } from './flow-arrows.js';
import { shownPath } from './shown-path.js';

/** A flow as a picture, before it is written in any format. */
export interface Diagram {
  readonly shapes: readonly Shape[];
  readonly arrows: readonly Arrow[];
}

export type Shape = Box | Group;

/** A node, or a body without nodes. */
export interface Box {
  readonly kind: 'box';
  readonly id: string;
  readonly lines: readonly string[];
}

/** A block, one of its bodies, or nodes that run when others have ended. It has members. */
export interface Group {
  readonly kind: 'group';
  readonly id: string;
  readonly title: string;
  readonly members: readonly Shape[];
}

export function drawFlow(flow: Workflow): Diagram {
  const { nodes, onError = [], finally: last = [], output } = flow.ast;
  const shapes = [
    ...shapesOf(nodes),
    ...(output === undefined ? [] : [box(outputId, 'output')]),
    ...(onError.length === 0 ? [] : [surround('/on-error', 'on error', shapesOf(onError))]),
    ...(last.length === 0 ? [] : [surround('/finally', 'finally', shapesOf(last))]),
  ];
  return { shapes, arrows: arrowsOf(flow) };
}

function shapesOf(nodes: readonly NodeAST[]): readonly Shape[] {
  return nodes.flatMap((node) => {
    const { fallback } = node;
    if (fallback === undefined) return [shapeOf(node)];
    return [shapeOf(node), surround(fallbackId(node.id), `fallback of ${nameOf(node)}`, shapesOf(fallback))];
  });
}

function shapeOf(node: NodeAST): Shape {
  const bodies = bodiesOf(node).filter(({ kind }) => kind !== 'fallback');
  const name = nameOf(node);
  const [first] = bodies;
  if (first === undefined) return box(node.id, ...(hasId(node) ? [name, elementOf(node)] : [name]));
  const limits = describeBlock(node);
  const titled = (what: string): string => `${hasId(node) ? `${name}: ` : ''}${what}${limits === undefined ? '' : `, ${limits}`}`;
  // The one body of such a block would be a frame in a frame that says nothing new.
  if (single.has(first.kind)) return surround(node.id, titled(titleOfSingle(node, first)), shapesOf(first.nodes));
  const members = bodies.map(({ kind, nodes }, at) => surround(`${node.id}/${at}`, titleOfBody(node, kind, at), shapesOf(nodes)));
  return surround(node.id, titled(node.kind), members);
}

const single: ReadonlySet<Body['kind']> = new Set(['foreach', 'loop', 'while', 'phase']);

function titleOfSingle(node: NodeAST, { kind }: Body): string {
  const title = titleOfBody(node, kind, 0);
  return kind === 'loop' ? `loop, ${title}` : title;
}

function surround(id: string, title: string, members: readonly Shape[]): Shape {
  return members.length === 0 ? box(id, title) : { kind: 'group', id, title, members };
}

function box(id: string, ...lines: readonly string[]): Box {
  return { kind: 'box', id, lines };
}

function nameOf({ id, at }: NodeAST): string {
  return shownPath(id, at);
}

function hasId({ id }: NodeAST): boolean {
  return !id.startsWith('$');
}

function elementOf(node: NodeAST): string {
  return node.kind === 'work' ? node.type : node.kind;
}
