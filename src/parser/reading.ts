import type { FaultList } from './fault-list.js';
import type { LineIndex } from './line-index.js';
import type { XmlLimits } from './xml-limits.js';

/** What a text is read by. */
export interface Reading {
  readonly lines: LineIndex;
  readonly limits: XmlLimits;
  /** Gives the names of the elements there are: where two tags do not pair up, they tell which is misspelt. The text may hold others. */
  readonly names: () => ReadonlySet<string>;
  readonly faults: FaultList;
}
