import type { ForeachNode } from '../types/ast.js';
import { acrossBlock, type Binding, type BuildContext } from './build-context.js';
import { celWords, reservedNames } from './node-ids.js';
import { readBlock } from './read-block.js';
import type { NodeDraft, NodeSite } from './read-node.js';

type ForeachSettings = Omit<ForeachNode, 'kind' | 'body' | keyof NodeDraft['base']>;

export function buildForeach(site: NodeSite): ForeachNode | undefined {
  const { draft, body } = readBlock(site, acrossBlock(site.scope, 'foreach'));
  if (draft === undefined) return undefined;
  const settings = draft.settings as unknown as ForeachSettings;
  noteBindings(draft, settings, site.context);
  const { items, item, index, maxConcurrency, batch, join, losers, onError, toleratedFailures, merge, conflict } = settings;
  const policies = { join, losers, onError, toleratedFailures, merge, conflict };
  return { kind: 'foreach', ...draft.base, items, item, index, body, maxConcurrency, batch, ...policies };
}

function noteBindings({ base, gathered }: NodeDraft, { item, index }: ForeachSettings, context: BuildContext): void {
  const bind = (setting: 'item' | 'index', name: string) => {
    const at = gathered.given.get(setting)?.at ?? base.at;
    const binding: Binding = { name, setting, nodeId: base.id, at };
    if (name !== setting) context.bindings.push(binding);
    if (name !== setting && reservedNames.has(name)) reportReserved(binding, context);
    if (celWords.has(name)) reportWord(binding, context);
  };
  bind('item', item);
  bind('index', index);
  if (item !== index) return;
  const hint = 'Give the element and its position names that differ.';
  const at = gathered.given.get('index')?.at ?? gathered.given.get('item')?.at ?? base.at;
  context.faults.report('FLOW_SETTING_INVALID', at, `"${item}" is named by both item= and index=.`, { nodeId: base.id, hint });
}

function reportReserved({ name, setting, nodeId, at }: Binding, { faults }: BuildContext): void {
  const message = `${setting}="${name}" would hide what expressions know as "${name}".`;
  faults.report('FLOW_SETTING_INVALID', at, message, { nodeId, hint: 'Choose another name.' });
}

function reportWord({ name, setting, nodeId, at }: Binding, { faults }: BuildContext): void {
  const message = `${setting}="${name}": "${name}" is a word of expressions, which none of them can read as a name.`;
  faults.report('FLOW_SETTING_INVALID', at, message, { nodeId, hint: 'Choose another name.' });
}

/** Reports names that a `foreach` gives its body although a node has them as its id: an expression could mean either. */
export function checkBindings({ bindings, ids, faults }: BuildContext): void {
  for (const { name, setting, nodeId, at } of bindings) {
    const node = ids.find(name);
    if (node === undefined) continue;
    const message = `${setting}="${name}": a node has that id, at ${node.line}:${node.column}.`;
    faults.report('FLOW_SETTING_INVALID', at, message, { nodeId, hint: 'Choose another name for one of them.' });
  }
}
