import type { Dispatcher, DispatchOptions } from '../dispatch/dispatcher.js';
import { createInlineDispatcher } from '../dispatch/inline.js';
import type { IterationOutcome, Task, TaskReply } from '../dispatch/types.js';
import { FlowError } from '../errors/flow-error.js';
import { givenText } from '../execution/given-values.js';
import type { KnownOutcomes } from '../execution/known-outcomes.js';
import { type RunnableFlow, runFlow } from '../execution/run.js';
import type { RunOptions } from '../execution/run-options.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import type { RuntimeRegistry } from '../runtimes/registry.js';
import type { NodeAST, WorkflowAST } from '../types/ast.js';
import type { CacheReport } from '../types/cache.js';
import { bodiesOf, walkNodes } from '../validation/index.js';
import { type CacheSurroundings, openCache } from './open-cache.js';

/** In place of every limit: what waits for a result that nobody computes must not keep others from being asked for. */
const noLimit = 1_000_000_000;

/**
 * What the cache would have for a run, found out by running the flow without its costly and its lasting parts: built-in nodes that
 * only read files and evaluate expressions do work, all others give what the cache has of them or nothing. Writes nothing.
 * @throws FlowError CONFIG_INVALID
 */
export async function forecastCache(
  flow: RunnableFlow,
  options: RunOptions,
  around: CacheSurroundings & { readonly registry: RuntimeRegistry },
): Promise<CacheReport> {
  const cache = openCache(flow, options, around);
  const watch = new Watch();
  const dispatcher = new ReadingDispatcher(watch, around.isReplaced);
  const controller = new AbortController();
  const surroundings = { dispatcher, registry: around.registry, maxConcurrency: noLimit };
  const known = { known: [watched(cache.outcomes, watch)], isAlone: cache.isAlone };
  const run = runFlow(
    { ...flow, ast: unlimited(flow.ast) },
    { ...surroundings, ...known },
    { ...options, secrets: givenSecrets(flow.ast, options), signal: controller.signal },
  );
  const isWhole = await Promise.race([run.then(() => true), watch.quiet().then(() => false)]);
  controller.abort();
  dispatcher.release();
  await run;
  await dispatcher.close();
  return isWhole ? cache.report() : markOpen(cache.report(), flow.ast, dispatcher.unknown);
}

/** No key tells of a secret, so a plan can do without. */
function givenSecrets({ secrets }: WorkflowAST, { secrets: given = process.env }: RunOptions): Record<string, string> {
  return Object.fromEntries(secrets.map(({ name }) => [name, givenText(given, name) ?? '']));
}

/** Knows when nothing goes on any more, but waiting for what never comes. */
class Watch {
  #busy = 0;

  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
    }
  }

  /** Resolves once several turns in a row have begun nothing. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < 5; idle = this.#busy === 0 ? idle + 1 : 0) await new Promise(setImmediate);
  }
}

function watched(outcomes: KnownOutcomes, watch: Watch): KnownOutcomes {
  const { source } = outcomes;
  return { source, recall: (...asked) => watch.during(outcomes.recall(...asked)), remember: () => Promise.resolve() };
}

/** Runs what only reads; of all else there is no result. */
class ReadingDispatcher implements Dispatcher {
  readonly mode = 'async';
  readonly maxConcurrency = noLimit;
  /** Ids of nodes that nothing is known of. */
  readonly unknown = new Set<string>();
  readonly #inline = createInlineDispatcher({ maxConcurrency: noLimit });
  readonly #waiting: (() => void)[] = [];
  readonly #watch: Watch;
  readonly #isReplaced: (type: string) => boolean;

  constructor(watch: Watch, isReplaced: (type: string) => boolean) {
    this.#watch = watch;
    this.#isReplaced = isReplaced;
  }

  dispatch(task: Task, options?: DispatchOptions): Promise<TaskReply> {
    const types = task.nodeIds.map((id) => task.run.nodes[id]?.type ?? '');
    if (types.every((type) => this.#onlyReads(type))) return this.#watch.during(this.#inline.dispatch(task, options));
    for (const id of task.nodeIds) this.unknown.add(id);
    return new Promise((resolve) => this.#waiting.push(() => resolve({ outcomes: task.iterations.map(() => notRun(task)) })));
  }

  release(): void {
    for (const end of this.#waiting) end();
  }

  close(): Promise<void> {
    return this.#inline.close();
  }

  #onlyReads(type: string): boolean {
    if (!builtInTypes.has(type) || this.#isReplaced(type) || type === 'source:http') return false;
    return !type.startsWith('sink:') || type === 'sink:log';
  }
}

function notRun({ nodeIds }: Task): IterationOutcome {
  const error = new FlowError('RUN_CANCELLED', 'a plan runs nothing');
  return { status: 'failed', nodes: [], nodeId: nodeIds[0] ?? '', error, startedAt: Date.now(), durationMs: 0 };
}

function unlimited(workflow: WorkflowAST): WorkflowAST {
  return { ...workflow, nodes: workflow.nodes.map(withoutLimit), timeoutMs: undefined, onError: undefined, finally: undefined };
}

function withoutLimit(node: NodeAST): NodeAST {
  switch (node.kind) {
    case 'parallel':
      return { ...node, maxConcurrency: undefined, branches: node.branches.map((nodes) => nodes.map(withoutLimit)) };
    case 'foreach':
      return { ...node, maxConcurrency: undefined, body: node.body.map(withoutLimit) };
    case 'loop':
    case 'while':
    case 'phase':
      return { ...node, body: node.body.map(withoutLimit) };
    case 'if':
      return { ...node, then: node.then.map(withoutLimit), else: node.else?.map(withoutLimit) };
    case 'branch': {
      const matches = node.matches.map((arm) => ({ ...arm, body: arm.body.map(withoutLimit) }));
      return { ...node, matches, otherwise: node.otherwise?.map(withoutLimit) };
    }
    case 'work':
    case 'break':
      return node;
  }
}

/** Nodes that were not asked for, and those that stand in a body behind one that nothing is known of. */
function markOpen(report: CacheReport, { nodes }: WorkflowAST, unknown: ReadonlySet<string>): CacheReport {
  const open = new Set<string>();
  for (const top of walkNodes(nodes)) for (const body of bodiesOf(top)) addBehind(body.nodes, unknown, open);
  return report.map((node) => {
    const isAsked = node.hits > 0 || node.misses.length > 0;
    return node.leftOut === undefined && (!isAsked || open.has(node.nodeId)) ? { ...node, isOpen: true } : node;
  });
}

function addBehind(nodes: readonly NodeAST[], unknown: ReadonlySet<string>, open: Set<string>): void {
  const first = nodes.findIndex((node) => [...walkNodes([node])].some(({ id }) => unknown.has(id)));
  if (first === -1) return;
  for (const { id } of walkNodes(nodes.slice(first + 1))) open.add(id);
}
