import { isPlainObject } from './survey.js';

/**
 * Freezes all of it, or nothing: false when it holds something that stays changeable when it is frozen, such as a Map,
 * a Date or a typed array. What is frozen here already, as a member of another view, is frozen to its last leaf.
 */
export function freezeDeep(root: unknown): boolean {
  const open: unknown[] = [root];
  const containers = new Set<object>();
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || containers.has(value) || Object.isFrozen(value)) continue;
    if (!isContainer(value)) return false;
    containers.add(value);
    for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) open.push(member);
  }
  for (const container of containers) Object.freeze(container);
  return true;
}

/** Freezes the objects and lists of it alone, what they hold besides stays as it is. Gives the value back. */
export function freezeContainers<T>(root: T): T {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || Object.isFrozen(value) || !isContainer(value)) continue;
    Object.freeze(value);
    for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) open.push(member);
  }
  return root;
}

/** An object or a list without a nature of its own. */
export function isContainer(value: object): boolean {
  return Array.isArray(value) || isPlainObject(value);
}
