import type { Redactor } from '../errors/redact.js';
import type { Stub } from '../runtimes/stub/stub.js';
import type { NodeAST, WorkflowAST } from '../types/ast.js';
import type { ExecutionState, NodeResult } from '../types/state.js';
import { topLevelNodes, walkNodes } from '../validation/index.js';
import type { Stubs } from './stub-nodes.js';

/** What a run leaves of its sources. */
export interface RecordedStubs {
  readonly stubs: Stubs;
  /** Sources that cannot be recorded, and why. */
  readonly left: readonly { readonly id: string; readonly why: string }[];
}

/** Stubs that give what the sources of a run gave, or fail as they failed. Secrets in them become `***`. */
export function recordStubs(workflow: WorkflowAST, state: ExecutionState, redactor: Redactor): RecordedStubs {
  const stubs: Record<string, Stub> = Object.create(null) as Record<string, Stub>;
  const left: { id: string; why: string }[] = [];
  const tops = new Set(topLevelNodes(workflow.nodes).map(({ node }) => node));
  const repeated = new Set([...walkNodes(workflow.nodes)].filter(isRepeating).flatMap((node) => [...walkNodes([node])]));
  for (const node of walkNodes(workflow.nodes)) {
    if (node.kind !== 'work' || !node.type.startsWith('source:')) continue;
    const result = state.nodeResults.get(node.id);
    const why = repeated.has(node) ? 'it runs once for each iteration of a block' : whyNot(result, tops.has(node));
    if (why !== undefined) left.push({ id: node.id, why });
    else if (result !== undefined) stubs[node.id] = redactor.value(toStub(result));
  }
  return { stubs, left };
}

function isRepeating({ kind }: NodeAST): boolean {
  return kind === 'foreach' || kind === 'loop' || kind === 'while';
}

function whyNot(result: NodeResult | undefined, isTop: boolean): string | undefined {
  if (result === undefined || result.status === 'cancelled' || result.status === 'skipped') return 'it did not run';
  if (result.status === 'failed') return undefined;
  // At the top level only a source whose rows go straight to their reader is without its output.
  if (!('output' in result)) return isTop ? 'its rows went straight to a foreach' : 'nothing reads it outside of its own task';
  return isJson(result.output) ? undefined : 'its output is more than JSON can hold';
}

function toStub({ error, output }: NodeResult): Stub {
  if (error === undefined) return { output };
  return { error: { ...error.fields, code: error.code, message: error.message } };
}

/** Whether JSON gives it back as it is. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
  // What is nested too deep for this is too deep for a file that somebody is to read.
  return Object.values(value).every(isJson);
}
