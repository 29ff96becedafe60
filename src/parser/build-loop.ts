import type { BreakNode, LoopNode, PhaseNode, WhileNode } from '../types/ast.js';
import type { Scope } from './build-context.js';
import { writtenId } from './node-ids.js';
import { readBlock } from './read-block.js';
import { type NodeSite, readNode } from './read-node.js';

export function buildLoop(site: NodeSite): LoopNode | undefined {
  const { draft, body } = readBlock(site, { breaks: 'allowed' });
  if (draft === undefined) return undefined;
  const { maxIterations, onMax } = draft.settings as Pick<LoopNode, 'maxIterations' | 'onMax'>;
  return { kind: 'loop', ...draft.base, body, maxIterations, onMax };
}

export function buildWhile(site: NodeSite): WhileNode | undefined {
  const { draft, body } = readBlock(site, { breaks: 'allowed' });
  if (draft === undefined) return undefined;
  const { condition, maxIterations, onMax } = draft.settings as Pick<WhileNode, 'condition' | 'maxIterations' | 'onMax'>;
  return { kind: 'while', ...draft.base, condition, body, maxIterations, onMax };
}

export function buildPhase(site: NodeSite): PhaseNode | undefined {
  const { draft, body } = readBlock(site, site.scope);
  if (draft === undefined) return undefined;
  const { name } = draft.settings as Pick<PhaseNode, 'name'>;
  return { kind: 'phase', ...draft.base, name, body };
}

export function buildBreak(site: NodeSite): BreakNode | undefined {
  const { element, scope, context } = site;
  const draft = readNode(site, { parts: [], takesNodes: false, scope, take: () => undefined });
  const problem = breakProblem(scope);
  if (problem !== undefined) {
    const hint = 'A <break> leaves the nearest <loop> or <while> around it.';
    context.faults.report('FLOW_ELEMENT_UNKNOWN', element.at, problem, { nodeId: writtenId(element), hint });
  }
  return draft && { kind: 'break', ...draft.base };
}

function breakProblem({ breaks }: Scope): string | undefined {
  switch (breaks) {
    case 'allowed':
      return undefined;
    case 'outside-loop':
      return '<break> can stand only inside a <loop> or <while>.';
    case 'across-parallel':
      return '<break> cannot leave a loop from inside a <parallel>: its branches run side by side.';
    case 'across-foreach':
      return '<break> cannot leave a loop from inside a <foreach>: its items run side by side.';
  }
}
