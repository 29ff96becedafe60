import { builtInTypes } from '../runtimes/built-in-types.js';
import type { NodeAST, WorkflowAST, WorkNode } from '../types/ast.js';
import { type Analysis, bodiesOf } from '../validation/index.js';

/** What to do with the results of a work node. */
export type CacheRule =
  /** `isMarked`: by the flow itself. */
  | { readonly kind: 'cached'; readonly isMarked: boolean }
  /** `why` is missing when nobody asked for it. */
  | { readonly kind: 'left-out'; readonly why: string | undefined };

/** Which nodes a run is asked to cache: those marked `cache="true"`, all that can be, or none. */
export type CacheWish = 'marked' | 'all' | 'none';

/** What a run's option says. */
export function wishOf(option: boolean | undefined): CacheWish {
  if (option === undefined) return 'marked';
  return option ? 'all' : 'none';
}

/** By the id of each work node. A mark counts for the bodies below it; the nearest one wins. */
export function cacheRules(
  { ast, analysis }: { readonly ast: WorkflowAST; readonly analysis: Analysis },
  wish: CacheWish,
): ReadonlyMap<string, CacheRule> {
  const rules = new Map<string, CacheRule>();
  if (wish === 'none') return rules;
  const add = (nodes: readonly NodeAST[], around: Asking): void => addRules(nodes, around, { rules, analysis });
  add(ast.nodes, { isAsked: wish === 'all', isMarked: false });
  // Handlers are there for what they do, not for what they give.
  for (const handler of [ast.onError, ast.finally]) add(handler ?? [], { isAsked: false, isMarked: false });
  return rules;
}

interface Asking {
  readonly isAsked: boolean;
  readonly isMarked: boolean;
}

interface Found {
  readonly rules: Map<string, CacheRule>;
  readonly analysis: Analysis;
}

function addRules(nodes: readonly NodeAST[], around: Asking, found: Found): void {
  for (const node of nodes) {
    const own = node.cache === undefined ? around : { isAsked: node.cache, isMarked: node.cache };
    if (node.kind === 'work') found.rules.set(node.id, ruleOf(node, own, found.analysis));
    for (const body of bodiesOf(node)) addRules(body.nodes, own, found);
  }
}

function ruleOf({ id, type, cache }: WorkNode, { isAsked, isMarked }: Asking, { reads }: Analysis): CacheRule {
  if (!isAsked) return { kind: 'left-out', why: undefined };
  const isReadingSecrets = reads.get(id)?.some((read) => read.kind === 'name' && read.name === 'secrets') === true;
  const why = reasonAgainst(type, cache === true) ?? (isReadingSecrets && cache !== true ? readsSecrets : undefined);
  return why === undefined ? { kind: 'cached', isMarked } : { kind: 'left-out', why };
}

const readsSecrets = 'it reads a secret, which is in no key; cache="true" on the node itself caches it all the same';

function reasonAgainst(type: string, isMarked: boolean): string | undefined {
  if (type.startsWith('sink:')) return 'what a sink does must be done each time';
  if (type === 'set') return 'it writes a variable';
  if (type === 'fail') return 'it has no result';
  if (type === 'stub') return 'it stands for another node, which was not run';
  // Of the built-in sources only HTTP reads what cannot be looked at beforehand; of others nothing is known.
  const isSeen = !type.startsWith('source:') || (builtInTypes.has(type) && type !== 'source:http');
  return isSeen || isMarked ? undefined : 'what it reads may change; cache="true" on the node itself caches it all the same';
}
