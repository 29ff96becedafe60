import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { Stub } from '../runtimes/stub/stub.js';
import type { NodeAST, WorkflowAST, WorkNode } from '../types/ast.js';
import { walkNodes } from '../validation/index.js';

/** Stubs by the id of the node they stand for. */
export type Stubs = Readonly<Record<string, Stub>>;

/**
 * The flow with stubs in the place of the nodes they name, blocks included. A stub keeps the node's id, `input`, `when`, `after`,
 * timeout, retries and fallback.
 * @throws FlowError CONFIG_INVALID for a name that no node has, or one that cannot be stubbed
 */
export function stubNodes(workflow: WorkflowAST, stubs: Stubs): WorkflowAST {
  const { nodes, onError, finally: last } = workflow;
  for (const id of Object.keys(stubs)) assertStubbable(id, [...walkNodes([...nodes, ...(onError ?? []), ...(last ?? [])])]);
  const placed = new Set<string>();
  const replace = (body: readonly NodeAST[]): NodeAST[] => body.map((node) => stubNode(node, stubs, placed, replace));
  const stubbed = { ...workflow, nodes: replace(nodes), onError: onError && replace(onError), finally: last && replace(last) };
  const hidden = Object.keys(stubs).find((id) => !placed.has(id));
  if (hidden === undefined) return stubbed;
  throw invalid(`The stub "${hidden}" lies in a block that is a stub itself`, 'Keep one of the two.');
}

function assertStubbable(id: string, nodes: readonly NodeAST[]): void {
  const node = nodes.find((each) => each.id === id);
  const ids = nodes.map((each) => each.id).filter((each) => !each.startsWith('$'));
  if (node === undefined) {
    throw invalid(`The flow has no node "${id}" to be stubbed`, suggestName(id, ids) ?? `It has ${ids.join(', ')}.`);
  }
  if (node.kind === 'phase' || node.kind === 'break') throw invalid(`A <${node.kind}> has no output to be stubbed: "${id}"`);
}

function invalid(message: string, hint?: string): FlowError {
  return new FlowError('CONFIG_INVALID', message, { hint });
}

type Replace = (body: readonly NodeAST[]) => NodeAST[];

function stubNode(node: NodeAST, stubs: Stubs, placed: Set<string>, replace: Replace): NodeAST {
  const fallback = node.fallback && replace(node.fallback);
  if (!Object.hasOwn(stubs, node.id)) return { ...withBodies(node, replace), fallback };
  placed.add(node.id);
  const { id, at, input, when, after, timeoutMs, costMs, retries } = node;
  const settings = { stub: JSON.stringify(stubs[id]) };
  const stub: WorkNode = {
    kind: 'work',
    type: 'stub',
    ...{ id, at, input, when, after, timeoutMs, costMs, retries, fallback },
    settings,
  };
  return stub;
}

function withBodies(node: NodeAST, replace: Replace): NodeAST {
  switch (node.kind) {
    case 'parallel':
      return { ...node, branches: node.branches.map(replace) };
    case 'foreach':
    case 'loop':
    case 'while':
    case 'phase':
      return { ...node, body: replace(node.body) };
    case 'if':
      return { ...node, then: replace(node.then), else: node.else && replace(node.else) };
    case 'branch': {
      const matches = node.matches.map((arm) => ({ ...arm, body: replace(arm.body) }));
      return { ...node, matches, otherwise: node.otherwise && replace(node.otherwise) };
    }
    case 'work':
    case 'break':
      return node;
  }
}
