import type { BranchArm, NodeAST, ParallelNode } from '../types/ast.js';
import { buildBody, requireBody } from './build-body.js';
import { acrossBlock, type BuildContext, type Scope } from './build-context.js';
import { writtenId } from './node-ids.js';
import { type NodeSite, readNode, readPart } from './read-node.js';
import type { XmlElement } from './xml-element.js';

type ParallelSettings = Pick<ParallelNode, 'maxConcurrency' | 'join' | 'losers' | 'onError' | 'merge' | 'conflict'>;

export function buildParallel(site: NodeSite): ParallelNode | undefined {
  const { element, context } = site;
  const scope = acrossBlock(site.scope, 'parallel');
  const branches: NodeAST[][] = [];
  const branchConfigs: BranchArm[] = [];
  const names = new Set<string>();
  let arms = 0;
  const take = (child: XmlElement, _name: string, nodeId: string | undefined) => {
    arms += 1;
    const arm = readArm(child, scope, nodeId, names, context);
    if (arm === undefined) return;
    branches.push(arm.body);
    branchConfigs.push(arm.config);
  };
  const draft = readNode(site, { parts: ['branch'], takesNodes: false, scope, take });
  requireBody(element, arms, 'a <branch>', writtenId(element), context);
  if (draft === undefined) return undefined;
  const { maxConcurrency, join, losers, onError, merge, conflict } = draft.settings as ParallelSettings;
  return { kind: 'parallel', ...draft.base, branches, branchConfigs, maxConcurrency, join, losers, onError, merge, conflict };
}

interface Arm {
  readonly config: BranchArm;
  readonly body: NodeAST[];
}

function readArm(
  element: XmlElement,
  scope: Scope,
  nodeId: string | undefined,
  names: Set<string>,
  context: BuildContext,
): Arm | undefined {
  const { gathered, settings } = readPart(element, 'parallel/branch', nodeId, context);
  const place = { parent: element.name, nodeId, parts: [], takesNodes: true, settings: ['name', 'when'], scope };
  const body = buildBody(gathered.rest, place, context);
  if (settings === undefined) return undefined;
  const { name, when } = settings as Pick<BranchArm, 'name' | 'when'>;
  if (name !== undefined && names.has(name)) {
    const message = `The name "${name}" is already used by another <branch> of this block.`;
    const at = gathered.given.get('name')?.at ?? element.at;
    context.faults.report('FLOW_SETTING_INVALID', at, message, { nodeId, hint: 'Choose another name.' });
  }
  if (name !== undefined) names.add(name);
  return { config: { name, when, at: element.at }, body };
}
