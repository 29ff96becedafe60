import { FlowError } from '../errors/flow-error.js';
import { formatDuration } from '../errors/format-duration.js';

/** Work that a cancel or a timeout met. Times are epoch milliseconds. */
export interface StoppedNode {
  readonly path: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** In which calls its code was, where its thread had to be ended and could say so. */
  readonly stack: string | undefined;
}

/** Nodes that a message names, those that had run longest. */
const mostNamed = 5;
/** Nodes that are listed for machines. */
const mostListed = 20;
/** The clocks of threads differ by as much. */
const slackMs = 20;

/** What was at work when something was cancelled, by the reason of the cancel; forgotten with the reason. */
export class StoppedNodes {
  readonly #nodes = new WeakMap<object, StoppedNode[]>();
  readonly #times = new WeakMap<object, number>();

  /** The cancel for this reason comes now. */
  begin(reason: object): void {
    this.#times.set(reason, Date.now());
  }

  note(reason: unknown, node: StoppedNode): void {
    const key = this.#keyOf(reason);
    const known = this.#nodes.get(key);
    if (known === undefined) this.#nodes.set(key, [node]);
    else known.push(node);
  }

  /** The error of what was ended from outside, which says where the code was that had to be ended in it for the same `reason`. */
  seenIn(error: FlowError, path = '', reason: unknown = error): FlowError {
    const seen = this.#within(path, reason).find(({ stack }) => stack !== undefined);
    return seen?.stack === undefined ? error : error.seenIn(seen.stack);
  }

  /** The same for a timeout, which also names the nodes that were running when it came. */
  overtaken(timeout: FlowError, path = ''): FlowError {
    const at = this.#times.get(timeout) ?? Date.now();
    const met = this.#within(path, timeout).filter(({ startedAt, endedAt }) => startedAt <= at && endedAt >= at - slackMs);
    const running = [...new Map(met.map((node) => [node.path, Math.max(0, Math.round(at - node.startedAt))]))]
      .map(([inner, ms]) => ({ path: inner, ms }))
      .sort((a, b) => b.ms - a.ms);
    const { code, message, source, hint, cause } = timeout;
    const fields = { running: running.slice(0, mostListed) };
    const told = new FlowError(code, `${message}; ${runningText(running)}`, { source, hint, cause, fields });
    return this.seenIn(told, path, timeout);
  }

  #within(path: string, reason: unknown): readonly StoppedNode[] {
    const isWithin = (inner: string): boolean =>
      path === '' || (inner.startsWith(path) && /[[/]/.test(inner.charAt(path.length)));
    return (this.#nodes.get(this.#keyOf(reason)) ?? []).filter((node) => isWithin(node.path));
  }

  /** A caller may cancel with anything. */
  #keyOf(reason: unknown): object {
    return typeof reason === 'object' && reason !== null ? reason : this;
  }
}

function runningText(running: readonly { readonly path: string; readonly ms: number }[]): string {
  if (running.length === 0)
    return 'no node was running then: what was left waited for a free thread, its module or its next attempt';
  const named = running.slice(0, mostNamed).map(({ path, ms }) => `${path} (for ${formatDuration(ms)})`);
  const rest = running.length - named.length;
  const parts = rest > 0 ? [...named, `${rest} more`] : named;
  const last = parts.length > 1 ? ` and ${parts.at(-1)}` : '';
  return `running then: ${parts.slice(0, last === '' ? 1 : -1).join(', ')}${last}`;
}
