import { runInputName, variableRanksName } from '../dispatch/slice-names.js';
import type { Slice } from '../dispatch/types.js';
import type { Lookup, Read } from '../expressions/index.js';
import {
  type HeldValue,
  type Projection,
  project,
  type ReadSet,
  takeOutHeld,
  toReadSet,
  variableRanks,
  visibleVariables,
} from '../state/index.js';
import { reveal, Snapshot } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';
import type { ExpressionSource, TemplateSource } from '../types/source.js';
import type { Scope } from './scope.js';
import { viewNode } from './views.js';

type Names = Readonly<Record<string, unknown>>;

const noNames: Names = {};

/**
 * What `evaluate` gives, but still a snapshot where the expression is a mere path to one: nothing is decoded to pass it on.
 * @throws FlowError FLOW_EXPRESSION_FAILED, FLOW_EXPRESSION_BUDGET
 */
export function evaluateHeld(scope: Scope, source: ExpressionSource): unknown {
  const path = /^\s*(\w+(?:\.\w+)*)\s*$/.exec(source.source.text)?.[1]?.split('.');
  return (path && heldAt(path, scope)) ?? evaluate(scope, source);
}

/** The same for a list: members that are snapshots stay so. */
export function evaluateMembers(scope: Scope, source: ExpressionSource): unknown {
  const list = evaluateHeld(scope, source);
  return list instanceof Snapshot ? (list.members ?? list.value) : list;
}

function heldAt([root = '', ...path]: readonly string[], scope: Scope): Snapshot | undefined {
  let held = rootAt(root, scope);
  for (const field of path) {
    if (held instanceof Snapshot) held = held.field(field);
    else held = isView(held) && Object.hasOwn(held, field) ? held[field] : undefined;
  }
  return held instanceof Snapshot ? held : undefined;
}

function rootAt(root: string, { state, locals, input }: Scope): unknown {
  if (Object.hasOwn(locals, root)) return locals[root];
  return root === 'input' ? input : state.nodeResults.has(root) && viewNode(state, root);
}

function isView(value: unknown): value is Names {
  return typeof value === 'object' && value !== null;
}

/**
 * The value of an expression or template, evaluated here on the coordinating thread.
 * @throws FlowError FLOW_EXPRESSION_FAILED, FLOW_EXPRESSION_BUDGET
 */
export function evaluate(scope: Scope, source: ExpressionSource | TemplateSource, extra: Names = noNames): unknown {
  const compiled = scope.run.analysis.compiled.get(source);
  if (!compiled) throw new TypeError(`Expected an expression of this workflow, got "${source.source.text}"`);
  const ids =
    scope.run.analysis.inSight.get(source) ??
    compiled.reads.flatMap(({ root, path }) => (root === 'nodes' ? (path[0] ?? []) : []));
  const opened = new Set<Snapshot>();
  const value = compiled.evaluate(lookupIn(scope, extra, { reads: compiled.reads, ids, opened }));
  // What the expression gives may hold a list that it has only looked into.
  if (typeof value === 'object' && value !== null) for (const snapshot of opened) reveal(snapshot);
  return value;
}

interface Seen {
  readonly reads: readonly Read[];
  /** What `nodes` shows. */
  readonly ids: readonly string[];
  /** Lists that were shown with large members still encoded. */
  readonly opened: Set<Snapshot>;
}

function lookupIn(scope: Scope, extra: Names, seen: Seen): Lookup {
  return (name) => {
    if (Object.hasOwn(extra, name)) return extra[name] ?? null;
    if (Object.hasOwn(scope.locals, name)) return revealRead(scope.locals[name], name, seen) ?? null;
    return lookupGlobal(scope, name, seen);
  };
}

function lookupGlobal(scope: Scope, name: string, seen: Seen): unknown {
  const { run, state } = scope;
  switch (name) {
    case 'input':
      return revealRead(scope.input, name, seen) ?? null;
    case 'branch':
      return scope.branch;
    case 'run':
      return { id: run.package.runId, startedAt: new Date(run.package.startedAt).toISOString(), input: run.input };
    case 'config':
    case 'secrets':
    case 'env':
      return run.package[name];
    case 'vars':
      return visibleVariables(state, scope.phases);
    case 'nodes':
      return viewNodes(scope, seen.ids);
    default:
      return revealRead(viewNode(state, name), name, seen);
  }
}

/** Decodes what an expression reads of a value, and no more. */
function revealRead(value: unknown, root: string, { reads, opened }: Seen): unknown {
  const isHeld = value instanceof Snapshot || (isView(value) && value['output'] instanceof Snapshot);
  if (!isHeld) return value;
  const paths = reads.filter((read) => read.root === root).map(({ path }) => ({ kind: 'name', name: root, path }) as const);
  const projection = toReadSet(paths).names.get(root) ?? 'all';
  if (projection === 'all' && isView(value)) return value instanceof Snapshot ? open(value, opened) : revealView(value);
  return revealAlong(project(value, projection, 'named'), projection, opened);
}

/** What `project` gave is no larger than its projection, but for its leaves. */
function revealAlong(part: unknown, projection: Projection, opened: Set<Snapshot>): unknown {
  if (part instanceof Snapshot) return open(part, opened);
  if (projection === 'all' || !isPlainObject(part)) return part;
  const reveal = ([key, field]: [string, unknown]) => [key, revealAlong(field, projection.get(key) ?? 'all', opened)] as const;
  return Object.fromEntries(Object.entries(part).map(reveal));
}

function open(snapshot: Snapshot, opened: Set<Snapshot>): unknown {
  opened.add(snapshot);
  return snapshot.opened;
}

function revealView(view: Names): Names {
  return { ...view, output: reveal(view['output']) };
}

function viewNodes({ state }: Scope, ids: readonly string[]): Names {
  const views = Object.create(null) as Record<string, unknown>;
  for (const id of ids) views[id] = revealView(viewNode(state, id));
  return views;
}

/** Names that the run's package brings or that each node has for itself. */
const notSliced: ReadonlySet<string> = new Set(['input', 'config', 'secrets', 'env']);

/** What a task reads of a scope, and no more. `bound` names come with each iteration. */
export function sliceScope(scope: Scope, reads: ReadSet, bound: ReadonlySet<string> = new Set()): Slice {
  const names: Record<string, unknown> = {};
  const held: HeldValue[] = [];
  const hold = (value: unknown) => scope.run.shelf.hold(value);
  for (const [name, projection] of reads.names) {
    if (notSliced.has(name) || bound.has(name)) continue;
    if (name === 'vars') names[variableRanksName] = project(variableRanks(scope.state, scope.phases), projection);
    const [key, value, wanted] = sliceName(scope, name, projection);
    if (key === undefined) continue;
    names[key] = project(value, wanted, 'named');
    takeOutHeld(names, key, wanted, ['names'], held, hold);
  }
  const nodes = sliceNodes(scope, reads);
  for (const id of Object.keys(nodes)) {
    const projection = reads.nodes.get(id) ?? 'all';
    takeOutHeld(nodes, id, projection === 'all' ? wholeResult : projection, ['nodes'], held, hold);
  }
  return held.length === 0 ? { names, nodes } : { names, nodes, held };
}

const wholeResult: Projection = new Map([['output', 'all']]);

type Named = readonly [key: string | undefined, value: unknown, projection: Projection];

/** Under which key a name travels, its value, and how much of that is read. */
function sliceName(scope: Scope, name: string, projection: Projection): Named {
  if (name === 'run') return sliceRun(scope, projection);
  if (name === 'vars') return sliceVariables(visibleVariables(scope.state, scope.phases), projection);
  if (name === 'branch' && !Object.hasOwn(scope.locals, name)) return [name, scope.branch, projection];
  return [name, scope.locals[name], projection];
}

/** Read whole, each variable is read whole: it may be held on its own. */
function sliceVariables(variables: Names, projection: Projection): Named {
  const all = () => new Map(Object.keys(variables).map((name) => [name, 'all'] as const));
  return ['vars', variables, projection === 'all' ? all() : projection];
}

function sliceRun({ run }: Scope, projection: Projection): Named {
  const wanted = projection === 'all' ? 'all' : projection.get('input');
  return [wanted === undefined ? undefined : runInputName, run.shelf.known(run.input), wanted ?? 'all'];
}

function sliceNodes({ state }: Scope, reads: ReadSet): Record<string, unknown> {
  const nodes = Object.create(null) as Record<string, unknown>;
  for (const [id, projection] of reads.nodes) nodes[id] = project(viewNode(state, id), projection, 'named');
  return nodes;
}
