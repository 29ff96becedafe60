import type { NodeAST } from '../types/ast.js';
import type { ElementCatalog, ElementShape } from '../types/catalog.js';
import type { SourcePosition } from '../types/source.js';
import type { FaultList } from './fault-list.js';
import type { NodeIds } from './node-ids.js';
import type { XmlElement } from './xml-element.js';

/** What all builders of one file share. */
export interface BuildContext {
  readonly catalog: ElementCatalog;
  /** Names of the elements that may stand where a node may. */
  readonly nodeElements: ReadonlySet<string>;
  readonly faults: FaultList;
  readonly ids: NodeIds;
  /** Names that `foreach` blocks give their bodies, to hold against all ids once these are known. */
  readonly bindings: Binding[];
  /**
   * Builds the node an element stands for, taking it for a `name` (which differs from the element's own when that is
   * misspelt); `undefined` when its settings are at fault.
   */
  buildNode(element: XmlElement, name: string, scope: Scope): NodeAST | undefined;
}

/** What surrounds a node: may a `<break>` stand here, and if not, what is in its way. */
export interface Scope {
  readonly breaks: 'allowed' | 'outside-loop' | 'across-parallel' | 'across-foreach';
}

export interface Binding {
  readonly name: string;
  /** `item` or `index`. */
  readonly setting: string;
  readonly nodeId: string;
  readonly at: SourcePosition;
}

/** The scope inside a block whose iterations or branches may run at the same time, so that none can end a loop around it. */
export function acrossBlock(scope: Scope, block: 'parallel' | 'foreach'): Scope {
  return scope.breaks === 'outside-loop' ? scope : { breaks: `across-${block}` };
}

/** @throws TypeError when the catalog lacks an element that it must have. */
export function shapeOf(catalog: ElementCatalog, element: string): ElementShape {
  const shape = catalog.get(element);
  if (shape === undefined) throw new TypeError(`The catalog must have the element "${element}", but has not.`);
  return shape;
}
