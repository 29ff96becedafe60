import { basename } from 'node:path';
import { normalize } from 'node:path/posix';
import { FlowError } from '../errors/flow-error.js';
import type { ForeachNode, NodeAST, WorkflowAST } from '../types/ast.js';
import { isEvaluable, type SourcePosition, type SourceText } from '../types/source.js';
import { type Declaration, type Declarations, localNames, type Place } from './declarations.js';
import { bracesMeant } from './single-braces.js';

/** Files that two sinks of one run would write, or every iteration of a `foreach`: the last to be written would be all that is left. */
export function findOverwrites(
  declarations: Declarations,
  { maxConcurrency }: Pick<WorkflowAST, 'maxConcurrency'>,
): readonly FlowError[] {
  const first = new Map<string, Declaration[]>();
  return declarations.all.flatMap((sink) => {
    const written = literalPath(sink.node);
    if (written === undefined) return [];
    const path = normalize(written.text.trim());
    const before = first.get(path) ?? [];
    first.set(path, [...before.slice(0, mostCompared), sink]);
    const other = before.find((earlier) => mayBothRun(earlier, sink) && !isOrdered(earlier.node, sink.node));
    if (other !== undefined)
      return refuse(
        sink.node,
        `"${sink.node.id}" writes ${path}, as "${other.node.id}" does (${shown(other.node.at)})`,
        'Give each a file of its own, or gather what they write and write it once; `after` says that one is meant to replace the other.',
      );
    const block = blockAtOnce(sink, maxConcurrency);
    if (block === undefined) return [];
    return refuse(
      sink.node,
      `every iteration of "${block.id}" writes ${path}`,
      bracesMeant(written, sink, declarations, (name) => tellsApart(name, block, sink, declarations)) ??
        `Let the path tell them apart, as in {{ ${block.item}.id }} or {{ ${block.index} }}, or write the output of the block behind it.`,
    );
  });
}

/** A file of thousands of sinks on one path has been told of by then. */
const mostCompared = 20;

function refuse(node: NodeAST, message: string, hint: string): FlowError[] {
  return [new FlowError('FLOW_CONFLICT', message, { source: node.at, nodeId: node.id, hint })];
}

function shown({ file, line, column }: SourcePosition): string {
  return `${basename(file)}:${line}:${column}`;
}

/** Where everything is written that is no file, as `/dev/stdout`, nothing is lost. */
function literalPath(node: NodeAST): SourceText | undefined {
  if (node.kind !== 'work' || node.type !== 'sink:file') return undefined;
  const { path } = node.settings;
  if (!isEvaluable(path) || path.source.text.includes('{{')) return undefined;
  return /^\/(dev|proc)\//.test(normalize(path.source.text.trim())) ? undefined : path.source;
}

/** The `foreach` of which several iterations, at one time, run the sink without a condition. */
function blockAtOnce({ node, trail }: Declaration, limit: number | undefined): ForeachNode | undefined {
  for (const [at, { kind, owner }] of trail.entries()) {
    if (kind !== 'foreach' || owner?.kind !== 'foreach' || (owner.maxConcurrency ?? limit) === 1) continue;
    const within = trail.slice(at + 1);
    if (!isConditional({ node, trail: within }) && !within.some((place) => isArm(place) || isHandler(place))) return owner;
  }
  return undefined;
}

/** Whether a name, read in the body of the block, may mean something else in each iteration. Blocks within may bind it anew. */
function tellsApart(name: string, block: ForeachNode, { trail }: Declaration, { byId }: Declarations): boolean {
  const isOfBlock = ({ kind, owner }: Place) => kind === 'foreach' && owner === block;
  if (localNames(trail.slice(trail.findIndex(isOfBlock) + 1)).includes(name)) return false;
  return name === block.item || name === block.index || (byId.get(name)?.trail.some(isOfBlock) ?? false);
}

/**
 * Arms of one block exclude one another, and whoever writes a `when` may mean it to. So may two blocks with opposite conditions:
 * of what stands in an arm of each nothing is known, and it is let through. Handlers and fallbacks run where something else did not.
 */
function mayBothRun(a: Declaration, b: Declaration): boolean {
  if (isConditional(a) || isConditional(b)) return false;
  const depth = a.trail.findIndex(({ body }, at) => b.trail[at]?.body !== body);
  const [mine, theirs] = depth < 0 ? [undefined, undefined] : [a.trail[depth], b.trail[depth]];
  return !(isArm(mine) && isArm(theirs)) && ![...a.trail, ...b.trail].some(isHandler);
}

/** Whoever says which one comes last wants it to be the one that stays. */
function isOrdered(a: NodeAST, b: NodeAST): boolean {
  return a.after.includes(b.id) || b.after.includes(a.id);
}

function isArm(place: Place | undefined): boolean {
  return place !== undefined && ['then', 'else', 'match', 'otherwise'].includes(place.kind);
}

function isHandler({ kind }: Place): boolean {
  return kind === 'fallback' || kind === 'on-error' || kind === 'finally';
}

function isConditional({ node, trail }: Pick<Declaration, 'node' | 'trail'>): boolean {
  return (
    node.when !== undefined ||
    trail.some(
      ({ owner }) =>
        owner?.when !== undefined || (owner?.kind === 'parallel' && owner.branchConfigs.some((arm) => arm.when !== undefined)),
    )
  );
}
