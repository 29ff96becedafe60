import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowError } from '../errors/flow-error.js';
import { requireCondition } from '../runtimes/lambda.js';
import type { NodeAST, RetryPolicy } from '../types/ast.js';
import { evaluate } from './evaluate.js';
import { isCancel, type Scope } from './scope.js';
import { viewError } from './views.js';

/** Counts the re-tries of one execution of a node, each policy by itself. */
export class RetryCounter {
  readonly #policies: readonly RetryPolicy[];
  readonly #used: number[];

  constructor(node: NodeAST) {
    this.#policies = node.retries;
    this.#used = this.#policies.map(() => 0);
  }

  /**
   * Milliseconds to wait before the next attempt; undefined when there is none. The first policy whose `when` holds
   * decides, also when it is spent (as in Amazon States Language).
   * @throws FlowError when a `when` cannot be evaluated
   */
  next(error: FlowError, scope: Scope): number | undefined {
    if (isCancel(error, scope.signal)) return undefined;
    const view = { error: viewError(error) };
    const index = this.#policies.findIndex(
      ({ when }) => when === undefined || requireCondition(evaluate(scope, when, view), '`when` of retry'),
    );
    const policy = this.#policies[index];
    const used = this.#used[index] ?? 0;
    if (!policy || used >= policy.limit) return undefined;
    this.#used[index] = used + 1;
    return retryDelay(policy, used + 1, scope.run.random);
  }
}

/**
 * Wait before the n-th re-try: `d = min(delay·factor^(n-1), maxDelay)`; `linear` takes `delay·n`. The cap comes before the
 * jitter, and full jitter draws from U(0, d): Amazon States Language, `JitterStrategy`.
 */
export function retryDelay(policy: RetryPolicy, n: number, random: () => number): number {
  const grown = policy.delayMs * growth(policy, n);
  const capped = Math.min(grown, policy.maxDelayMs ?? Number.POSITIVE_INFINITY);
  return policy.jitter === 'full' ? capped * random() : capped;
}

function growth({ backoff, factor }: RetryPolicy, n: number): number {
  if (backoff === 'constant') return 1;
  return backoff === 'linear' ? n : factor ** (n - 1);
}

/** Tells of the re-try and waits. False when a cancel came first. */
export async function waitForRetry(
  node: NodeAST,
  attempt: number,
  delayMs: number,
  error: FlowError,
  scope: Scope,
): Promise<boolean> {
  scope.run.emit({ type: 'node.retrying', nodeId: node.id, path: scope.path + node.id, attempt, delayMs, error });
  try {
    await sleep(delayMs, undefined, { signal: scope.signal });
  } catch {
    return false;
  }
  return !scope.signal.aborted;
}
