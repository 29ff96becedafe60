import type { RunnableFlow } from '../execution/run.js';
import type { RunOptions } from '../execution/run-options.js';
import { CodeBook } from '../keys/code-book.js';
import { resolvePlugin } from '../runtimes/plugins.js';
import { registry } from '../runtimes/registry.js';
import type { CacheReport } from '../types/cache.js';
import { forecastCache } from './forecast.js';
import { cacheRules, wishOf } from './rules.js';

/**
 * What a run would find in the cache, node by node, without running anything but expressions and the reading of files.
 * `plugins` are those of the engine that would run it; they must be loaded already.
 * @throws FlowError CONFIG_INVALID
 */
export async function planCache(flow: RunnableFlow, options: RunOptions, plugins: readonly string[]): Promise<CacheReport> {
  const rules = cacheRules(flow, wishOf(options.cache));
  if (![...rules.values()].some(({ kind }) => kind === 'cached')) return [];
  const isReplaced = (type: string): boolean => registry.isReplaced(type);
  const around = { rules, code: new CodeBook(), registry, plugins: plugins.map(resolvePlugin), isReplaced };
  return forecastCache(flow, options, around);
}
