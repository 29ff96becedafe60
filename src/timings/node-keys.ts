import { hashValue } from '../keys/hash-value.js';
import type { NodeAST } from '../types/ast.js';
import { topLevelNodes } from '../validation/index.js';

/** What an edit may change and a node still takes as long. */
const beside: ReadonlySet<string> = new Set(['at', 'marks', 'file', 'costMs', 'after']);

/** Of each top-level node by id: a key that changes with its element, its settings and its bodies. */
export function nodeKeys(nodes: readonly NodeAST[]): ReadonlyMap<string, string> {
  return new Map(topLevelNodes(nodes).map(({ node }) => [node.id, hashValue(withoutPlaces(node)).slice(0, 16)]));
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  // Settings may hold what is no plain object, such as bytes; their identity of place is of no interest either.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const kept = Object.entries(value).filter(([name]) => !beside.has(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutPlaces(each)]));
}
