import { FlowError } from '../errors/flow-error.js';
import { requireCondition } from '../runtimes/lambda.js';
import type { NodeAST, RetryPolicy } from '../types/ast.js';
import { linkedAbort } from './abort.js';
import { evaluate } from './evaluate.js';
import { isCancel, type Scope } from './scope.js';
import { startTimer } from './timer.js';
import { viewError } from './views.js';

export type RetryDecision =
  | { readonly kind: 'wait'; readonly delayMs: number }
  /** `error`: what the node fails with. */
  | { readonly kind: 'spent'; readonly error: FlowError };

/** Counts the re-tries of one execution of a node, each policy by itself. */
export class RetryCounter {
  readonly #policies: readonly RetryPolicy[];
  readonly #used: number[];

  constructor(node: NodeAST) {
    this.#policies = node.retries;
    this.#used = this.#policies.map(() => 0);
  }

  /**
   * What follows a failure. The first policy whose `when` holds decides, also when it is spent (as in Amazon States
   * Language). A `when` that cannot be evaluated ends the attempts: the failure stays what it is, and the error of the `when` goes with it.
   */
  next(error: FlowError, scope: Scope): RetryDecision {
    try {
      const delayMs = this.#delay(error, scope);
      return delayMs === undefined ? { kind: 'spent', error } : { kind: 'wait', delayMs };
    } catch (fault) {
      if (!(fault instanceof FlowError)) throw fault;
      const message = `\`when\` of <retry> could not be evaluated: ${fault.message}`;
      return { kind: 'spent', error: error.accompanied([fault.reworded(message)]) };
    }
  }

  #delay(error: FlowError, scope: Scope): number | undefined {
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
  const { controller, unlink } = linkedAbort(scope.signal);
  await new Promise<void>((resolve) => {
    const stop = startTimer(delayMs, resolve);
    const cancel = (): void => {
      stop();
      resolve();
    };
    if (controller.signal.aborted) cancel();
    else controller.signal.addEventListener('abort', cancel, { once: true });
  });
  unlink();
  return !scope.signal.aborted;
}

/** What a node ends with that a cancel met before its next attempt: it would have gone on, so its failure does not count. */
export function cancelledWait(signal: AbortSignal): FlowError {
  return new FlowError('RUN_CANCELLED', 'cancelled while it waited for its next attempt', { cause: signal.reason });
}
