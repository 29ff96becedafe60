import { FlowError } from '../errors/flow-error.js';
import type { NodeAST } from '../types/ast.js';
import { bodiesOf } from './bodies.js';
import type { Declarations } from './declarations.js';
import { variableWritten } from './variables.js';

/** Variables that several branches write, or several iterations would carry out, where the block's `conflict` says that is an error. */
export function findConflicts(declarations: Declarations): readonly FlowError[] {
  return declarations.all.flatMap(({ node }) => {
    if (node.kind === 'parallel' && node.conflict === 'error') return branchConflicts(node.branches, node.id);
    if (node.kind === 'foreach' && node.conflict === 'error') return iterationConflicts(node.body, node.id);
    return [];
  });
}

function branchConflicts(branches: readonly (readonly NodeAST[])[], id: string): FlowError[] {
  const firstBranch = new Map<string, number>();
  return branches.flatMap((nodes, index) =>
    writesLeaving(nodes).flatMap(({ node, name, scope }) => {
      const key = `${scope}:${name}`;
      const first = firstBranch.get(key) ?? index;
      firstBranch.set(key, first);
      if (first === index) return [];
      return conflict(node, `branches ${first} and ${index} of "${id}" both write vars.${name}`);
    }),
  );
}

/** Every iteration writes the same names; a `node` variable stays inside, one of a wider scope would have to leave. */
function iterationConflicts(body: readonly NodeAST[], id: string): FlowError[] {
  return writesLeaving(body).flatMap(({ node, name, scope }) =>
    scope === 'node' ? [] : conflict(node, `every iteration of "${id}" writes vars.${name} of the ${scope} scope`),
  );
}

function conflict(node: NodeAST, message: string): FlowError[] {
  const hint = 'Say which write leaves the block: conflict="first", "last" or "list".';
  return [new FlowError('FLOW_CONFLICT', message, { source: node.at, nodeId: node.id, hint })];
}

interface Write {
  readonly node: NodeAST;
  readonly name: string;
  readonly scope: string;
}

/** The `<set>`s in a body whose variables are seen after it: a `foreach` keeps its own unless its `conflict` says otherwise. */
function writesLeaving(nodes: readonly NodeAST[]): Write[] {
  return nodes.flatMap((node) => {
    const name = variableWritten(node);
    const own =
      name !== undefined && node.kind === 'work' ? [{ node, name, scope: String(node.settings['scope'] ?? 'node') }] : [];
    const kept = node.kind === 'foreach' && node.conflict === 'error';
    const inside = bodiesOf(node).flatMap((body) => (kept && body.kind === 'foreach' ? [] : writesLeaving(body.nodes)));
    return [...own, ...inside];
  });
}
