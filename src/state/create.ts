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
    phaseContext: Object.create(null) as ExecutionState['phaseContext'],
    globalContext: copyVariables({}),
    nodeResults: new Map(),
  };
}

/** Variables too may have any name. */
export function copyVariables(variables: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.assign(Object.create(null), variables) as Record<string, unknown>;
}

/** Without a prototype, so that ids such as `constructor` or `__proto__` are plain keys. */
export function createNodeContext(variables: Readonly<Record<string, unknown>> = {}): NodeContext {
  const context = Object.create(null) as NodeContext;
  context.$vars = copyVariables(variables);
  return context;
}
