/** Why a result was not found. */
export type MissReason =
  | { readonly kind: 'new' }
  /** `parts` of what the key is made of, such as ``setting `order` `` or `the input`. */
  | { readonly kind: 'changed'; readonly parts: readonly string[] }
  /** Its last result is not there: it gave none, none was kept, or it was cleared up. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'damaged' }
  /** There is no key, or no way to write the result down. */
  | { readonly kind: 'not-cacheable'; readonly why: string };

export interface CacheMiss {
  readonly reason: MissReason;
  /** The reason in words. */
  readonly text: string;
  readonly count: number;
  /** Where in the run, such as `scored[3]/score`; the first few. */
  readonly paths: readonly string[];
}

/** What the cache had of a node. */
export interface CachedNode {
  readonly nodeId: string;
  readonly hits: number;
  readonly misses: readonly CacheMiss[];
  /** Why its results are never used again, though the run or a block around asks for it. */
  readonly leftOut?: string | undefined;
  /** In a plan: some of it depends on what only a run can know. */
  readonly isOpen?: true | undefined;
  /** Results that were not written down, and why. */
  readonly notStored?: readonly { readonly why: string; readonly count: number }[] | undefined;
}

/** By node, in the order of the flow file; nodes that the cache has nothing to do with are left out. */
export type CacheReport = readonly CachedNode[];
