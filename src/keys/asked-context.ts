import type { ModuleCode } from './module-code.js';

/** What a module can learn beside its input. */
export type ContextName = 'index' | 'branch' | 'item' | 'runId' | 'nodeId' | 'config' | 'env';

/** Where these occur, a context may be gone through or handed on without a name of what is in it being written down. */
const sweeping =
  'entries values keys arguments in assign structuredClone Reflect getOwnPropertyNames getOwnPropertyDescriptors ...'.split(' ');

/**
 * What code may ask of its context, rather too much than too little: config always, the place in a `foreach` when it is
 * named, when a context may be read as a whole, or when a package may read it. What differs in each run, only by name.
 */
export function askedContext(code: readonly Pick<ModuleCode, 'words' | 'packages'>[]): ReadonlySet<ContextName> {
  if (code.length === 0) return new Set();
  const isNamed = (word: string): boolean => code.some(({ words }) => words.has(word));
  const place = ['index', 'branch', 'item'] as const;
  const isSwept = code.some(({ packages }) => packages.length > 0) || sweeping.some(isNamed);
  const named = (['runId', 'nodeId', 'env'] as const).filter(isNamed);
  return new Set<ContextName>(['config', ...named, ...place.filter((name) => isSwept || isNamed(name))]);
}
