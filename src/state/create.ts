import type { ExecutionState, NodeContext } from '../types/state.js';

export interface StateOrigin {
  readonly workflowId: string;
  readonly runId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The state of a run before its first node. */
export function createState(origin: StateOrigin): ExecutionState {
  return {
    ...origin,
    status: 'pending',
    currentWave: -1,
    nodeContext: createNodeContext(),
    phaseContext: {},
    globalContext: {},
    nodeResults: new Map(),
  };
}

/** Without a prototype, so that ids such as `constructor` or `__proto__` are plain keys. */
export function createNodeContext(variables: Readonly<Record<string, unknown>> = {}): NodeContext {
  const context = Object.create(null) as NodeContext;
  context.$vars = { ...variables };
  return context;
}
