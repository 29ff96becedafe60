import type { RunnableFlow } from '../execution/run.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import type { NodeAST, WorkNode } from '../types/ast.js';
import { type Analysis, bodiesOf, streamedSources } from '../validation/index.js';

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
export function cacheRules(flow: RunnableFlow, wish: CacheWish): ReadonlyMap<string, CacheRule> {
  const { ast, analysis } = flow;
  const rules = new Map<string, CacheRule>();
  if (wish === 'none') return rules;
  const streamed = streamedSources(flow);
  const add = (nodes: readonly NodeAST[], around: Asking): void => addRules(nodes, around, { rules, analysis, streamed });
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
  readonly streamed: ReadonlySet<string>;
}

function addRules(nodes: readonly NodeAST[], around: Asking, found: Found): void {
  for (const node of nodes) {
    const own = node.cache === undefined ? around : { isAsked: node.cache, isMarked: node.cache };
    if (node.kind === 'work') found.rules.set(node.id, ruleOf(node, own, found));
    for (const body of bodiesOf(node)) addRules(body.nodes, own, found);
  }
}

function ruleOf({ id, type, cache }: WorkNode, { isAsked, isMarked }: Asking, { analysis, streamed }: Found): CacheRule {
  if (!isAsked) return { kind: 'left-out', why: undefined };
  if (streamed.has(id)) return { kind: 'left-out', why: 'its rows go straight to a foreach, as they are read' };
  const isReadingSecrets = analysis.reads.get(id)?.some((read) => read.kind === 'name' && read.name === 'secrets') === true;
  const why = reasonAgainst(type, cache === true) ?? (isReadingSecrets && cache !== true ? readsSecrets : undefined);
  return why === undefined ? { kind: 'cached', isMarked } : { kind: 'left-out', why };
}

/** What reads secrets is cached only where that is asked of it by name. */
export const readsSecrets = 'it reads a secret, which is in no key; cache="true" on the node itself caches it all the same';

function reasonAgainst(type: string, isMarked: boolean): string | undefined {
  if (type.startsWith('sink:')) return 'what a sink does must be done each time';
  if (type === 'set') return 'it writes a variable';
  if (type === 'fail') return 'it has no result';
  if (type === 'stub') return 'it stands for another node, which was not run';
  // Of the built-in sources only HTTP reads what cannot be looked at beforehand; of others nothing is known.
  const isSeen = !type.startsWith('source:') || (builtInTypes.has(type) && type !== 'source:http');
  return isSeen || isMarked ? undefined : 'what it reads may change; cache="true" on the node itself caches it all the same';
}
