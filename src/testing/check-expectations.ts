import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import { suggestName } from '../errors/nearest.js';
import { compileExpression, type Read } from '../expressions/index.js';
import type { WorkflowAST } from '../types/ast.js';
import { resultFields, walkNodes } from '../validation/index.js';
import type { Expectation } from './test-file.js';

interface Unknown {
  readonly message: string;
  readonly name: string;
  readonly known: ReadonlySet<string>;
}

/** What an `<expect>` names that the flow does not have, so that it could hold in no run. */
export function unknownInExpectation(expectation: Expectation, flow: WorkflowAST): readonly FlowError[] {
  if (expectation.kind !== 'holds') return [];
  const { source } = expectation.expression;
  return compileExpression(expectation.expression).reads.flatMap((read) => {
    const unknown = unknownIn(read, flow);
    if (unknown === undefined) return [];
    const { message, name, known } = unknown;
    const hint = suggestName(name, known) ?? (known.size === 0 ? 'There are none.' : `There can be ${[...known].join(', ')}.`);
    return new FlowError('FLOW_REFERENCE_UNKNOWN', message, { source: locate(source, read.at), hint });
  });
}

function unknownIn({ root, path: [name, field] }: Read, flow: WorkflowAST): Unknown | undefined {
  if (name === undefined) return undefined;
  if (root === 'config') return unlessKnown(name, new Set(flow.params.map((param) => param.name)), 'The flow has no config');
  if (root !== 'nodes') return undefined;
  const noNode = unlessKnown(name, idsOf(flow), 'The flow has no node');
  if (noNode !== undefined || field === undefined) return noNode;
  return unlessKnown(field, resultFields, "A node's result has no field");
}

function unlessKnown(name: string, known: ReadonlySet<string>, what: string): Unknown | undefined {
  return known.has(name) ? undefined : { message: `${what} "${name}"`, name, known };
}

function idsOf({ nodes, onError = [], finally: last = [] }: WorkflowAST): ReadonlySet<string> {
  const ids = [...walkNodes([...nodes, ...onError, ...last])].map(({ id }) => id);
  // Others were given by FlowScript, and cannot be named.
  return new Set(ids.filter((id) => !id.startsWith('$')));
}
