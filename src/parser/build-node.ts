import type { NodeAST, WorkNode } from '../types/ast.js';
import { buildBranch, buildIf } from './build-choice.js';
import { buildForeach } from './build-foreach.js';
import { buildBreak, buildLoop, buildPhase, buildWhile } from './build-loop.js';
import { buildParallel } from './build-parallel.js';
import { type NodeSite, readNode } from './read-node.js';

const controlBuilders: ReadonlyMap<string, (site: NodeSite) => NodeAST | undefined> = new Map<
  string,
  (site: NodeSite) => NodeAST | undefined
>([
  ['parallel', buildParallel],
  ['foreach', buildForeach],
  ['if', buildIf],
  ['branch', buildBranch],
  ['loop', buildLoop],
  ['while', buildWhile],
  ['phase', buildPhase],
  ['break', buildBreak],
]);

/** The node an element stands for; `undefined` when its settings are at fault. */
export function buildNode(site: NodeSite): NodeAST | undefined {
  return (controlBuilders.get(site.name) ?? buildWork)(site);
}

function buildWork(site: NodeSite): WorkNode | undefined {
  const draft = readNode(site, { parts: [], takesNodes: false, scope: site.scope, take: () => undefined });
  if (draft === undefined) return undefined;
  const { base, settings, memoryMb } = draft;
  return { kind: 'work', type: site.name, ...base, settings, ...(memoryMb === undefined ? {} : { memoryMb }) };
}
