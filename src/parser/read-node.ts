import type { NodeAST, NodeBase, RetryPolicy } from '../types/ast.js';
import type { ExpressionSource } from '../types/source.js';
import { buildContainer, reportRepeated, requireBody } from './build-body.js';
import { type BuildContext, type Scope, shapeOf } from './build-context.js';
import { checkSettings } from './check-settings.js';
import { type GatheredSettings, gatherSettings, settingElements } from './gather-settings.js';
import { writtenId } from './node-ids.js';
import { type Place, recogniseElement } from './recognise-element.js';
import type { XmlElement } from './xml-element.js';

/** An element that is to become a node, and the place it has among the others. */
export interface NodeSite {
  readonly element: XmlElement;
  /** What the element is taken for. */
  readonly name: string;
  readonly scope: Scope;
  readonly context: BuildContext;
}

/** What a node may hold beside its settings, `<retry>` and `<fallback>`. */
export interface NodeContent {
  readonly parts: readonly string[];
  readonly takesNodes: boolean;
  /** Scope of the nodes inside. */
  readonly scope: Scope;
  /** Told of each child element in file order, with the name it is taken for. */
  take(child: XmlElement, name: string, nodeId: string | undefined): void;
}

export interface NodeDraft {
  readonly base: NodeBase;
  /** Checked settings without those that every node has. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What only work can have. */
  readonly memoryMb: number | undefined;
  readonly gathered: GatheredSettings;
}

interface CommonSettings {
  readonly id?: string;
  readonly input?: ExpressionSource;
  readonly when?: ExpressionSource;
  readonly after?: readonly string[];
  readonly timeout?: number;
  readonly cost?: number;
  readonly cache?: boolean;
  readonly memory?: number;
}

interface RetrySettings extends Omit<RetryPolicy, 'delayMs' | 'maxDelayMs' | 'at'> {
  readonly delay: number;
  readonly maxDelay?: number;
}

/** Reads what all nodes have in common; `undefined` when the settings are at fault. Its children are read in any case. */
export function readNode(site: NodeSite, content: NodeContent): NodeDraft | undefined {
  const { element, name, context } = site;
  const gathered = gatherSettings(element, shapeOf(context.catalog, name), writtenId(element), context.faults);
  const id = context.ids.claim(element, name, gathered.given.get('id'));
  const settings = checkSettings(gathered, context.faults);
  const children = readChildren(site, gathered, content);
  if (settings === undefined) return undefined;
  const {
    id: _id,
    input,
    when,
    after = [],
    timeout: timeoutMs,
    cost: costMs,
    cache,
    memory: memoryMb,
    ...own
  } = settings as CommonSettings;
  const base = { id, at: element.at, input, when, after, timeoutMs, costMs, cache, ...children };
  return { base, settings: own, memoryMb, gathered };
}

function readChildren(site: NodeSite, gathered: GatheredSettings, content: NodeContent): Pick<NodeBase, 'retries' | 'fallback'> {
  const { element, context } = site;
  const { nodeId } = gathered;
  const retries: RetryPolicy[] = [];
  const fallback: NodeAST[] = [];
  const seen = new Set<string>();
  const place: Place = {
    parent: element.name,
    nodeId,
    parts: [...content.parts, 'retry', 'fallback'],
    takesNodes: content.takesNodes,
    settings: settingElements(gathered.shape),
    scope: content.scope,
  };
  for (const child of gathered.rest) {
    const name = recogniseElement(child, place, context);
    if (name === 'retry') retries.push(...readRetry(child, nodeId, context));
    else if (name === 'fallback') {
      reportRepeated(child, name, seen, nodeId, context);
      fallback.push(...readFallback(child, site, nodeId));
    } else if (name !== undefined) content.take(child, name, nodeId);
  }
  return { retries, fallback: seen.has('fallback') ? fallback : undefined };
}

/** A fallback runs when its node is over, so in the scope around the node. */
function readFallback(element: XmlElement, { scope, context }: NodeSite, nodeId: string | undefined): NodeAST[] {
  requireBody(element, element.children.length, 'a node', nodeId, context);
  return buildContainer(element, scope, nodeId, context);
}

function readRetry(element: XmlElement, nodeId: string | undefined, context: BuildContext): RetryPolicy[] {
  const read = readPart(element, 'retry', nodeId, context);
  reportChildren(read.gathered, context);
  if (read.settings === undefined) return [];
  const { delay, maxDelay, limit, backoff, factor, jitter, when } = read.settings as unknown as RetrySettings;
  return [{ limit, delayMs: delay, backoff, factor, maxDelayMs: maxDelay, jitter, when, at: element.at }];
}

/** Reads the settings of an element that is no node. */
export function readPart(
  element: XmlElement,
  shape: string,
  nodeId: string | undefined,
  { catalog, faults }: BuildContext,
): { readonly gathered: GatheredSettings; readonly settings: Readonly<Record<string, unknown>> | undefined } {
  const gathered = gatherSettings(element, shapeOf(catalog, shape), nodeId, faults);
  return { gathered, settings: checkSettings(gathered, faults) };
}

/** Reports every child element of something that takes settings only. */
export function reportChildren({ element, rest, nodeId, shape }: GatheredSettings, context: BuildContext): void {
  const place: Place = {
    parent: element.name,
    nodeId,
    parts: [],
    takesNodes: false,
    settings: settingElements(shape),
    scope: { breaks: 'allowed' },
  };
  for (const child of rest) recogniseElement(child, place, context);
}
