import type { NodeRecord } from '../dispatch/types.js';
import type { FlowError } from '../errors/flow-error.js';
import type { Redactor } from '../errors/redact.js';
import { recordNodeResult, type VariableWrite, writeVariable } from '../state/index.js';
import type { NodeAST, WorkNode } from '../types/ast.js';
import type { NodeResult } from '../types/state.js';
import { bodiesOf } from '../validation/index.js';
import { isCancel, type Scope } from './scope.js';

type Whence = Pick<NodeRecord, 'place' | 'reused'>;

/** Enters a result into the scope's state and tells of it. */
export function finishNode(node: NodeAST, result: NodeResult, scope: Scope, about: Whence = {}): void {
  const shown = withoutSecrets(result, scope.run.redactor);
  recordNodeResult(scope.state, node.id, shown);
  if (scope.quiet && result.status !== 'failed') return;
  const { status, durationMs, attempts, error } = shown;
  const { place, reused } = about;
  scope.run.emit({
    type: 'node.finished',
    nodeId: node.id,
    path: scope.path + node.id,
    status,
    durationMs,
    attempts,
    ...(place && { place }),
    ...(reused && { reused }),
    ...(error && { error }),
  });
}

function withoutSecrets(result: NodeResult, redactor: Redactor): NodeResult {
  const { error, failures } = result;
  if (error === undefined && failures === undefined) return result;
  return { ...result, ...(error && { error: redactor.value(error) }), ...(failures && { failures: redactor.value(failures) }) };
}

/** Enters what a worker tells of a node that finished there. */
export function finishFromRecord(node: NodeAST, record: NodeRecord, attempts: number, scope: Scope): void {
  for (const write of record.writes) applyWrite({ ...write, phase: scope.phases.at(-1) }, scope);
  const { status, startedAt, durationMs } = record;
  const output = 'output' in record ? { output: record.output } : {};
  finishNode(node, { status, ...output, attempts: status === 'skipped' ? 0 : attempts, startedAt, durationMs }, scope, record);
}

/** Of a node that nobody will ask any more. Its output may still be encoded, and is not looked at. */
export function forgetOutput(id: string, { state }: Scope): void {
  const result = state.nodeResults.get(id);
  if (result === undefined || !('output' in result)) return;
  const { status, attempts, startedAt, durationMs } = result;
  recordNodeResult(state, id, { status, attempts, startedAt, durationMs });
}

export function finishFailed(node: NodeAST, error: FlowError, timing: Timing, scope: Scope, output?: unknown): void {
  const status = isCancel(error, scope.signal) ? 'cancelled' : 'failed';
  if (status === 'cancelled' && node.kind === 'work') noteStopped(node, error, timing, scope);
  finishNode(node, { status, error, ...(output === undefined ? {} : { output }), ...timing }, scope);
}

/** Of a node that had not begun there is nothing to tell. */
function noteStopped(node: WorkNode, error: FlowError, { startedAt, durationMs }: Timing, { run, path, signal }: Scope): void {
  if (durationMs === 0) return;
  const stack = typeof error.fields['stack'] === 'string' ? error.fields['stack'] : undefined;
  run.stopped.note(signal.reason, { path: path + node.id, startedAt, endedAt: startedAt + durationMs, stack });
}

export interface Timing {
  readonly attempts: number;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Marks a node and everything in its bodies as not run: `skipped` by a condition, or `cancelled`. */
export function finishUnrun(node: NodeAST, status: 'skipped' | 'cancelled', scope: Scope): void {
  const output = status === 'skipped' ? { output: null } : {};
  finishNode(node, { status, ...output, attempts: 0, startedAt: Date.now(), durationMs: 0 }, scope);
  for (const body of bodiesOf(node)) finishUnrunBody(body.kind === 'fallback' ? [] : body.nodes, status, scope);
}

export function finishUnrunBody(nodes: readonly NodeAST[], status: 'skipped' | 'cancelled', scope: Scope): void {
  for (const node of nodes) finishUnrun(node, status, { ...scope, quiet: true });
}

/** Changes a variable here and remembers that it was changed, for the block around. */
export function applyWrite(write: VariableWrite, scope: Scope): void {
  scope.writes.push({ ...write, undo: writeVariable(scope.state, write) });
}

/** Takes back what was written since there were `count` writes: a failed attempt leaves no variables to the next. */
export function undoWrites(scope: Scope, count: number): void {
  for (const { undo } of scope.writes.splice(count).reverse()) undo();
}

/** How long the nodes of a body worked, in ms. A control node counts with the time it waited, too. */
export function workMs(nodes: readonly NodeAST[], { state }: Scope): number {
  let sum = 0;
  for (const { id } of nodes) sum += state.nodeResults.get(id)?.durationMs ?? 0;
  return sum;
}
