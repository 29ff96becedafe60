import type { FlowError } from '#src/errors/flow-error.js';
import { type AstBuilding, buildAst } from '#src/parser/build-ast.js';
import { readXml } from '#src/parser/read-xml.js';
import type { WorkflowAST } from '#src/types/ast.js';
import { catalog } from './catalog.js';

/** Reads and builds; the faults of both, and the flow if there are none. */
export function build(text: string): AstBuilding {
  const { root, faults } = readXml(text, 'flow.xml');
  if (root === undefined) return { workflow: undefined, writtenIds: new Set(), faults, warnings: [] };
  const built = buildAst(root, catalog);
  return { ...built, workflow: faults.length === 0 ? built.workflow : undefined, faults: [...faults, ...built.faults] };
}

/** The flow in a text that must have no faults. */
export function flow(text: string): WorkflowAST {
  const { workflow, faults } = build(text);
  if (workflow === undefined) throw new Error(`The flow has faults:\n${faults.map(summary).join('\n')}`);
  return workflow;
}

/** The faults of the body of a workflow that starts on line 1. */
export function faultsIn(body: string): string[] {
  return build(`<workflow name="w">\n${body}\n</workflow>`).faults.map(summary);
}

/** `line:column CODE message (hint)` */
export function summary({ source, code, message, hint }: FlowError): string {
  return `${source?.line}:${source?.column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
