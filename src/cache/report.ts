import type { CachedNode, CacheReport, MissReason } from '../types/cache.js';

const shownPaths = 3;

class NodeTally {
  hits = 0;
  readonly misses = new Map<string, { reason: MissReason; count: number; paths: string[] }>();
  readonly notStored = new Map<string, number>();
}

/** Counts what the cache was asked for. */
export class CacheTally {
  readonly #nodes = new Map<string, NodeTally>();

  hit(nodeId: string): void {
    this.#of(nodeId).hits += 1;
  }

  miss(nodeId: string, reason: MissReason, path: string): void {
    const { misses } = this.#of(nodeId);
    const text = reasonText(reason);
    const known = misses.get(text) ?? { reason, count: 0, paths: [] };
    misses.set(text, known);
    known.count += 1;
    if (known.paths.length < shownPaths) known.paths.push(path);
  }

  notStored(nodeId: string, why: string): void {
    const { notStored } = this.#of(nodeId);
    notStored.set(why, (notStored.get(why) ?? 0) + 1);
  }

  /** Of these nodes, with why they are left out, if they are. */
  report(nodes: Iterable<readonly [nodeId: string, leftOut: string | undefined]>): CacheReport {
    return [...nodes].map(([nodeId, leftOut]) => this.#report(nodeId, leftOut));
  }

  #report(nodeId: string, leftOut: string | undefined): CachedNode {
    const { hits, misses, notStored } = this.#nodes.get(nodeId) ?? new NodeTally();
    return {
      nodeId,
      hits,
      misses: [...misses].map(([text, miss]) => ({ text, ...miss })),
      ...(leftOut === undefined ? {} : { leftOut }),
      ...(notStored.size === 0 ? {} : { notStored: [...notStored].map(([why, count]) => ({ why, count })) }),
    };
  }

  #of(nodeId: string): NodeTally {
    const known = this.#nodes.get(nodeId) ?? new NodeTally();
    this.#nodes.set(nodeId, known);
    return known;
  }
}

const mostNamed = 4;

function reasonText(reason: MissReason): string {
  switch (reason.kind) {
    case 'new':
      return 'never run before';
    case 'changed': {
      const { parts } = reason;
      const more = parts.length > mostNamed ? ` and ${parts.length - mostNamed} more` : '';
      return `changed: ${parts.slice(0, mostNamed).join(', ')}${more}`;
    }
    case 'absent':
      return 'nothing is kept of its last run';
    case 'damaged':
      return 'its entry was damaged';
    case 'not-cacheable':
      return `not cacheable: ${reason.why}`;
  }
}
