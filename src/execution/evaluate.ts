import { runInputName, variableRanksName } from '../dispatch/scope.js';
import type { Slice } from '../dispatch/types.js';
import type { Lookup } from '../expressions/index.js';
import { type Projection, project, type ReadSet, variableRanks, visibleVariables } from '../state/index.js';
import type { ExpressionSource } from '../types/source.js';
import type { Scope } from './scope.js';
import { viewNode } from './views.js';

type Names = Readonly<Record<string, unknown>>;

const noNames: Names = {};

/**
 * The value of an expression of a control node, evaluated here on the coordinating thread.
 * @throws FlowError FLOW_EXPRESSION_FAILED, FLOW_EXPRESSION_BUDGET
 */
export function evaluate(scope: Scope, source: ExpressionSource, extra: Names = noNames): unknown {
  const compiled = scope.run.analysis.compiled.get(source);
  if (!compiled) throw new TypeError(`Expected an expression of this workflow, got "${source.source.text}"`);
  const { analysis } = scope.run;
  const ids =
    analysis.inSight.get(source) ?? compiled.reads.flatMap(({ root, path }) => (root === 'nodes' ? (path[0] ?? []) : []));
  return compiled.evaluate(lookupIn(scope, extra, ids));
}

/** `ids`: what `nodes` shows. */
function lookupIn(scope: Scope, extra: Names, ids: readonly string[]): Lookup {
  return (name) => {
    if (Object.hasOwn(extra, name)) return extra[name];
    if (Object.hasOwn(scope.locals, name)) return scope.locals[name];
    return lookupGlobal(scope, name, ids);
  };
}

function lookupGlobal(scope: Scope, name: string, ids: readonly string[]): unknown {
  const { run, state } = scope;
  switch (name) {
    case 'input':
      return scope.input;
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
      return viewNodes(scope, ids);
    default:
      return viewNode(state, name);
  }
}

function viewNodes({ state }: Scope, ids: readonly string[]): Names {
  const views = Object.create(null) as Record<string, unknown>;
  for (const id of ids) views[id] = viewNode(state, id);
  return views;
}

/** Names that the run's package brings or that each node has for itself. */
const notSliced: ReadonlySet<string> = new Set(['input', 'config', 'secrets', 'env']);

/** What a task reads of a scope, and no more. `bound` names come with each iteration. */
export function sliceScope(scope: Scope, reads: ReadSet, bound: ReadonlySet<string> = new Set()): Slice {
  const names: Record<string, unknown> = {};
  for (const [name, projection] of reads.names) {
    if (notSliced.has(name) || bound.has(name)) continue;
    if (name === 'run') Object.assign(names, sliceRun(scope, projection));
    else names[name] = project(sliceName(scope, name), projection);
    if (name === 'vars') names[variableRanksName] = project(variableRanks(scope.state, scope.phases), projection);
  }
  return { names, nodes: sliceNodes(scope, reads) };
}

function sliceName(scope: Scope, name: string): unknown {
  if (name === 'vars') return visibleVariables(scope.state, scope.phases);
  if (name === 'branch' && !Object.hasOwn(scope.locals, name)) return scope.branch;
  return scope.locals[name];
}

function sliceRun({ run }: Scope, projection: Projection): Names {
  if (projection === 'all') return { [runInputName]: run.input };
  const wanted = projection.get('input');
  return wanted === undefined ? noNames : { [runInputName]: project(run.input, wanted) };
}

function sliceNodes({ state }: Scope, reads: ReadSet): Names {
  const nodes = Object.create(null) as Record<string, unknown>;
  for (const [id, projection] of reads.nodes) nodes[id] = project(viewNode(state, id), projection);
  return nodes;
}
