import type { NodeAST } from '../types/ast.js';
import type { BuildContext, Scope } from './build-context.js';
import { type Place, recogniseElement } from './recognise-element.js';
import { reportText } from './setting-faults.js';
import type { XmlElement } from './xml-element.js';

/** The nodes of an element that has no settings: `then`, `otherwise`, `fallback` … */
export function buildContainer(element: XmlElement, scope: Scope, nodeId: string | undefined, context: BuildContext): NodeAST[] {
  reportSettings(element, nodeId, context);
  return buildBody(element.children, { parent: element.name, nodeId, parts: [], takesNodes: true, settings: [], scope }, context);
}

/** The nodes that elements stand for, in file order. */
export function buildBody(elements: readonly XmlElement[], place: Place, context: BuildContext): NodeAST[] {
  const nodes: NodeAST[] = [];
  for (const element of elements) {
    const name = recogniseElement(element, place, context);
    const node = name === undefined ? undefined : context.buildNode(element, name, place.scope);
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

/** Reports whatever an element without settings has of attributes and text. */
export function reportSettings(element: XmlElement, nodeId: string | undefined, { faults }: BuildContext): void {
  for (const { name, nameAt } of element.attributes) {
    const hint = 'It takes no attributes: remove it.';
    faults.report('FLOW_SETTING_UNKNOWN', nameAt, `<${element.name}> has no attribute "${name}".`, { nodeId, hint });
  }
  reportText(element, nodeId, faults);
}

/** Reports a body without a single element. */
export function requireBody(
  element: XmlElement,
  elements: number,
  what: string,
  nodeId: string | undefined,
  { faults }: BuildContext,
): void {
  if (elements > 0) return;
  const message = `<${element.name}> needs ${what} inside.`;
  faults.report('FLOW_ELEMENT_MISSING', element.at, message, { nodeId, hint: 'Add it, or remove the element.' });
}

/** Reports an element that stands twice where one is allowed. `seen` remembers the names so far. */
export function reportRepeated(
  element: XmlElement,
  name: string,
  seen: Set<string>,
  nodeId: string | undefined,
  { faults }: BuildContext,
): void {
  if (seen.has(name)) {
    const hint = 'Join their contents in one.';
    faults.report('FLOW_ELEMENT_UNKNOWN', element.at, `There can be only one <${name}> here.`, { nodeId, hint });
  }
  seen.add(name);
}
