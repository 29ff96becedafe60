import type { ContextName } from './asked-context.js';

/** What a task's nodes do, whatever they are given. */
export type Definition =
  | {
      readonly kind: 'known';
      /** The same for nodes that do the same. Says nothing of ids, places, retries, timeouts and paths. */
      readonly key: string;
      /** What the key is made of, to tell what has changed. */
      readonly parts: readonly KeyPart[];
      /** What code of the user's may ask of its context, by name. */
      readonly context: ReadonlySet<ContextName>;
      /** Where code of the user's lies, by absolute path. */
      readonly files: readonly string[];
    }
  /** What it does cannot be known, so nothing of it may be used again. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface KeyPart {
  /** For people, such as ``setting `order` `` or `code of lib/score.js`. */
  readonly name: string;
  readonly hash: string;
}
