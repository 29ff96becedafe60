import type { BranchNode, IfNode, MatchArm, NodeAST } from '../types/ast.js';
import { buildBody, buildContainer, reportRepeated, requireBody } from './build-body.js';
import type { BuildContext, Scope } from './build-context.js';
import { writtenId } from './node-ids.js';
import { type NodeSite, readNode, readPart } from './read-node.js';
import type { XmlElement } from './xml-element.js';

export function buildIf(site: NodeSite): IfNode | undefined {
  const { element, scope, context } = site;
  const bodies = new Map<string, NodeAST[]>();
  const seen = new Set<string>();
  const take = (child: XmlElement, name: string, nodeId: string | undefined) => {
    reportRepeated(child, name, seen, nodeId, context);
    bodies.set(name, buildContainer(child, scope, nodeId, context));
  };
  const draft = readNode(site, { parts: ['then', 'else'], takesNodes: false, scope, take });
  requireBody(element, seen.has('then') ? 1 : 0, 'a <then>', writtenId(element), context);
  if (draft === undefined) return undefined;
  const { condition } = draft.settings as Pick<IfNode, 'condition'>;
  return { kind: 'if', ...draft.base, condition, then: bodies.get('then') ?? [], else: bodies.get('else') };
}

export function buildBranch(site: NodeSite): BranchNode | undefined {
  const { element, scope, context } = site;
  const matches: MatchArm[] = [];
  const seen = new Set<string>();
  let otherwise: NodeAST[] | undefined;
  let arms = 0;
  const take = (child: XmlElement, name: string, nodeId: string | undefined) => {
    if (name === 'match') {
      arms += 1;
      matches.push(...readMatch(child, scope, nodeId, context));
      return;
    }
    reportRepeated(child, name, seen, nodeId, context);
    otherwise = buildContainer(child, scope, nodeId, context);
  };
  const draft = readNode(site, { parts: ['match', 'otherwise'], takesNodes: false, scope, take });
  requireBody(element, arms, 'a <match>', writtenId(element), context);
  return draft && { kind: 'branch', ...draft.base, matches, otherwise };
}

function readMatch(element: XmlElement, scope: Scope, nodeId: string | undefined, context: BuildContext): MatchArm[] {
  const { gathered, settings } = readPart(element, 'match', nodeId, context);
  const place = { parent: element.name, nodeId, parts: [], takesNodes: true, settings: ['when'], scope };
  const body = buildBody(gathered.rest, place, context);
  if (settings === undefined) return [];
  const { when } = settings as Pick<MatchArm, 'when'>;
  return [{ when, body, at: element.at }];
}
