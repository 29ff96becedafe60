/** What a task's nodes do, whatever they are given. */
export type Definition =
  | {
      readonly kind: 'known';
      /** The same for nodes that do the same. Says nothing of ids, places, retries, timeouts and paths. */
      readonly key: string;
      /** What the key is made of, to tell what has changed. */
      readonly parts: readonly KeyPart[];
      /** Every name that occurs in code of the user's: what it may ask of its context. */
      readonly words: ReadonlySet<string>;
    }
  /** What it does cannot be known, so nothing of it may be used again. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface KeyPart {
  /** For people, such as ``setting `order` `` or `code of lib/score.js`. */
  readonly name: string;
  readonly hash: string;
}
