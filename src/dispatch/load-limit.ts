/** The shortest. */
const leastMs = 10_000;

/** How long a module of a node with this timeout may take to load: that is no work of the node, but must not go on for ever. */
export function loadLimitMs(timeoutMs: number): number {
  return Math.max(leastMs, timeoutMs);
}
