import type { NodeAST } from '../types/ast.js';
import { requireBody } from './build-body.js';
import type { Scope } from './build-context.js';
import { writtenId } from './node-ids.js';
import { type NodeDraft, type NodeSite, readNode } from './read-node.js';
import type { XmlElement } from './xml-element.js';

/** A block whose body stands in it without an element of its own. `scope` is what the body's nodes stand in. */
export function readBlock(site: NodeSite, scope: Scope): { readonly draft: NodeDraft | undefined; readonly body: NodeAST[] } {
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
