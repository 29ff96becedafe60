import path from 'node:path';
import type { KnownOutcomes } from '../execution/known-outcomes.js';
import type { RunnableFlow } from '../execution/run.js';
import type { RunOptions } from '../execution/run-options.js';
import type { CodeBook } from '../keys/code-book.js';
import { Definitions } from '../keys/definitions.js';
import { cacheFolder, stateDirectoryOf } from '../records/state-folder.js';
import type { WorkNode } from '../types/ast.js';
import type { CacheReport } from '../types/cache.js';
import { CachedOutcomes } from './cached-outcomes.js';
import { LastKeys } from './last-keys.js';
import { CacheTally } from './report.js';
import type { CacheRule } from './rules.js';
import { CacheStore } from './store.js';

export interface CacheSurroundings {
  readonly rules: ReadonlyMap<string, CacheRule>;
  readonly code: CodeBook;
  /** URLs of the modules that registered node types. */
  readonly plugins: readonly string[];
  readonly isReplaced: (type: string) => boolean;
}

/** The cache as one run sees it. */
export interface RunCache {
  readonly outcomes: KnownOutcomes;
  readonly isAlone: (node: WorkNode) => boolean;
  /** To be called once when the run has ended: what was found, and what was not. */
  finish(): Promise<CacheReport>;
  /** The same without remembering anything. */
  report(): CacheReport;
}

/** Opens the cache in the state folder of a flow. Nothing is read or written before a node asks. */
export function openCache(
  { ast, analysis }: RunnableFlow,
  options: Pick<RunOptions, 'stateDirectory' | 'onNotice'>,
  { rules, ...around }: CacheSurroundings,
): RunCache {
  const file = path.resolve(ast.file);
  const flowDirectory = path.dirname(file);
  const state = stateDirectoryOf(file, options.stateDirectory);
  const tally = new CacheTally();
  const lastKeys = new LastKeys(state, file);
  const outcomes = new CachedOutcomes({
    flowName: ast.name,
    analysis,
    rules,
    code: around.code,
    definitions: new Definitions({ ...around, flowDirectory }),
    store: new CacheStore(cacheFolder(state), (why) => warn(why, options.onNotice)),
    lastKeys,
    tally,
  });
  const report = (): CacheReport => tally.report(reportedNodes(rules));
  const isAlone = ({ id }: WorkNode): boolean => rules.get(id)?.kind === 'cached';
  const finish = async (): Promise<CacheReport> => {
    await lastKeys.save();
    return report();
  };
  return { outcomes, isAlone, finish, report };
}

function* reportedNodes(rules: ReadonlyMap<string, CacheRule>): Generator<readonly [string, string | undefined]> {
  for (const [id, rule] of rules) {
    if (rule.kind === 'cached') yield [id, undefined];
    else if (rule.why !== undefined) yield [id, rule.why];
  }
}

function warn(why: string, onNotice: RunOptions['onNotice']): void {
  const text = `the cache cannot be written (${why}): the run goes on, but its results are not kept for others`;
  if (onNotice) onNotice(text, 'warning');
  else process.emitWarning(text);
}
