import type { BreakNode, LoopNode, NodeAST, PhaseNode, WhileNode } from '../types/ast.js';
import { requireBody } from './build-body.js';
import type { Scope } from './build-context.js';
import { writtenId } from './node-ids.js';
import { type NodeDraft, type NodeSite, readNode } from './read-node.js';
import type { XmlElement } from './xml-element.js';

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

function readBlock(site: NodeSite, scope: Scope): { readonly draft: NodeDraft | undefined; readonly body: NodeAST[] } {
  const { element, context } = site;
  const body: NodeAST[] = [];
  let size = 0;
  const take = (child: XmlElement, name: string) => {
    size += 1;
    const node = context.buildNode(child, name, scope);
    if (node !== undefined) body.push(node);
  };
  const draft = readNode(site, { parts: [], takesNodes: true, scope, take });
  requireBody(element, size, 'a node', writtenId(element), context);
  return { draft, body };
}
