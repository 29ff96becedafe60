import type { ConflictPolicy } from '../types/ast.js';
import type { ExecutionState, VariableScope } from '../types/state.js';

export interface VariableWrite {
  readonly name: string;
  readonly value: unknown;
  readonly scope: VariableScope;
  /** Phase the write belongs to, where there is one. */
  readonly phase?: string | undefined;
}

/** Sets a variable in its scope; `phase` outside any phase means the workflow. Gives the function that takes it back. */
export function writeVariable(state: ExecutionState, write: VariableWrite): () => void {
  const variables = scopeOf(state, write);
  const { name, value } = write;
  const before = Object.hasOwn(variables, name) ? { value: variables[name] } : undefined;
  variables[name] = value;
  return () => {
    if (before) variables[name] = before.value;
    else delete variables[name];
  };
}

function scopeOf(state: ExecutionState, { scope, phase }: VariableWrite): Record<string, unknown> {
  if (scope === 'node') return state.nodeContext.$vars;
  if (scope === 'workflow' || phase === undefined) return state.globalContext;
  state.phaseContext[phase] ??= Object.create(null) as Record<string, unknown>;
  return state.phaseContext[phase];
}

/** What `vars` shows: the nearest scope wins, node before the phases around (`phases`, outermost first) before workflow. */
export function visibleVariables(state: ExecutionState, phases: readonly string[]): Record<string, unknown> {
  const around = phases.map((phase) => state.phaseContext[phase]);
  return Object.assign(Object.create(null), state.globalContext, ...around, state.nodeContext.$vars) as Record<string, unknown>;
}

/** How near a scope is: of two, the lower number is seen. */
export const scopeRank: Readonly<Record<VariableScope, number>> = { node: 0, phase: 1, workflow: 2 };

/** The rank of the scope that each visible variable is seen in. */
export function variableRanks(state: ExecutionState, phases: readonly string[]): Record<string, number> {
  const ranks = Object.create(null) as Record<string, number>;
  const mark = (variables: object | undefined, rank: number): void => {
    for (const name of Object.keys(variables ?? {})) ranks[name] = rank;
  };
  mark(state.globalContext, scopeRank.workflow);
  for (const phase of phases) mark(state.phaseContext[phase], scopeRank.phase);
  mark(state.nodeContext.$vars, scopeRank.node);
  return ranks;
}

/**
 * What leaves a block whose branches wrote variables; `writesByBranch` in declared order, each branch's own writes in
 * theirs. Finish order plays no part. One branch's later write replaces its earlier one.
 * `list` gathers one value a branch, also where only one wrote.
 */
export function mergeVariableWrites(
  writesByBranch: readonly (readonly VariableWrite[])[],
  policy: ConflictPolicy,
): readonly VariableWrite[] {
  const merged = new Map<string, VariableWrite>();
  for (const writes of writesByBranch) {
    for (const [key, write] of lastOfEach(writes)) {
      const earlier = merged.get(key);
      merged.set(key, combine(earlier, write, policy));
    }
  }
  return [...merged.values()];
}

function lastOfEach(writes: readonly VariableWrite[]): Map<string, VariableWrite> {
  return new Map(writes.map((write) => [`${write.scope}:${write.phase ?? ''}:${write.name}`, write]));
}

function combine(earlier: VariableWrite | undefined, write: VariableWrite, policy: ConflictPolicy): VariableWrite {
  if (policy === 'list') return { ...write, value: [...((earlier?.value as unknown[] | undefined) ?? []), write.value] };
  if (policy === 'first' && earlier) return earlier;
  return write;
}
