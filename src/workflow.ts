import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowError, FlowValidationError } from './errors/flow-error.js';
import { inFileOrder } from './errors/in-file-order.js';
import { aText, type Check, kind, listOf, oneOf, readOptions } from './errors/options.js';
import type { RunnableFlow } from './execution/run.js';
import { buildAst } from './parser/build-ast.js';
import { decodeFlow } from './parser/decode-flow.js';
import { readXml } from './parser/read-xml.js';
import { elementNames } from './parser/recognise-element.js';
import { type XmlLimits, xmlLimits } from './parser/xml-limits.js';
import { hintOf, readWhole, reasonOf } from './runtimes/files.js';
import './runtimes/index.js';
import { findMissingModules } from './runtimes/modules/missing-modules.js';
import { loadPlugins } from './runtimes/plugins.js';
import { registry } from './runtimes/registry.js';
import { createCatalog } from './runtimes/settings/catalog.js';
import { checkSchemas, type SchemaCheck } from './runtimes/transform/schema-faults.js';
import { createPlan, type Plan } from './scheduler/index.js';
import { givenStubs } from './testing/given-stubs.js';
import { type Stubs, stubNodes } from './testing/stub-nodes.js';
import type { WorkflowAST } from './types/ast.js';
import { analyseWorkflow, assertWorkflow, findSingleBraces, toVertices, workNodesOf } from './validation/index.js';

export interface LoadOptions {
  /** Raises (or lowers) what the reader accepts. @default 16 MiB, depth 100, 200,000 elements */
  readonly limits?: Partial<XmlLimits>;
  /** Modules that register node types, as paths or URLs. Load them in the engine too, for its workers. */
  readonly plugins?: readonly string[];
  /**
   * How schemas are looked at: whether they are there and JSON, or also whether they are schemas, which takes tens of milliseconds.
   * @default 'read'
   */
  readonly schemas?: SchemaCheck;
}

export interface ParseOptions extends Pick<LoadOptions, 'limits'> {
  /** Names the flow in messages, and is where relative paths start. @default flow.xml */
  readonly file?: string;
}

const loadChecks: Readonly<Record<keyof LoadOptions, Check>> = {
  limits: xmlLimits,
  plugins: listOf(aText),
  schemas: oneOf(['read', 'compile'] satisfies SchemaCheck[]),
};
const parseChecks: Readonly<Record<keyof ParseOptions, Check>> = { file: aText, limits: xmlLimits };
/** By path or URL. */
const aFlowFile = kind(
  'a path or a file: URL',
  (file) => typeof file === 'string' || (file instanceof URL && file.protocol === 'file:'),
);

/** A flow that was read, checked and planned. */
export interface Workflow extends RunnableFlow {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly ast: WorkflowAST;
  readonly plan: Plan;
  /** What may be meant and probably is not, in file order: none of it keeps the flow from running. */
  readonly warnings: readonly FlowError[];
  /** What stands in the place of nodes, by id. */
  readonly stubs?: Stubs;
}

/**
 * Reads, checks and plans a flow file. The modules it names must be there; they are not loaded. Schemas must be JSON.
 * @throws FlowError FLOW_FILE_UNREADABLE
 * @throws FlowValidationError with every fault of the file
 * @throws TypeError for an option that there is not, or of a wrong kind
 */
export async function loadWorkflow(file: string | URL, options: LoadOptions = {}): Promise<Workflow> {
  aFlowFile(file, 'the file', 'loadWorkflow');
  const { plugins = [], limits, schemas: look = 'read' } = readOptions(options, loadChecks, 'loadWorkflow');
  const location = path.resolve(file instanceof URL ? fileURLToPath(file) : file);
  await loadPlugins(plugins);
  const text = await readFlowFile(location);
  const { ast, writtenIds, faults, warnings } = readAst(text, location, limits);
  const nodes = Object.values(workNodesOf(ast));
  const missing = await findMissingModules(nodes, path.dirname(location));
  const schemas = await checkSchemas(nodes, path.dirname(location), look);
  return checkAst({ ast, file: location, text, warnings: [...warnings, ...schemas.warnings] }, writtenIds, [
    ...faults,
    ...missing,
    ...schemas.faults,
  ]);
}

/**
 * The same for a flow in memory: text → elements → AST → analysis → plan. Plugins must be loaded already.
 * @throws FlowValidationError with every fault of the text
 * @throws TypeError for an option that there is not, or of a wrong kind
 */
export function parseWorkflow(text: string, options: ParseOptions = {}): Workflow {
  aText(text, 'the flow', 'parseWorkflow');
  const { file = 'flow.xml', limits } = readOptions(options, parseChecks, 'parseWorkflow');
  const { ast, writtenIds, faults, warnings } = readAst(text, file, limits);
  return checkAst({ ast, file, text, warnings }, writtenIds, faults);
}

/** @throws FlowValidationError when there is nothing to look at further */
function readAst(text: string, file: string, limits: LoadOptions['limits'] = {}) {
  const catalog = createCatalog(registry);
  const { root, faults: xmlFaults } = readXml(text, file, limits, () => elementNames(catalog));
  if (!root || xmlFaults.length > 0) throw new FlowValidationError(file, xmlFaults);
  const { workflow: ast, writtenIds, faults, warnings } = buildAst(root, catalog);
  if (!ast) throw new FlowValidationError(file, faults);
  return { ast, writtenIds, faults, warnings };
}

/**
 * The workflow with stubs in the place of nodes, by id: `{ output }`, `{ outputs }` by iteration, or `{ error: { code, message } }`.
 * They hold JSON data. A stub keeps the node's `when`, `after`, `input`, timeout, retries and fallback; one for a block stands for all of it.
 * @throws FlowError CONFIG_INVALID for a name that no node has, a stub that is none, and where something reads what a stubbed block has hidden
 * @throws TypeError when there is no workflow, or are no stubs
 */
export function stubWorkflow(workflow: Workflow, stubs: Stubs): Workflow {
  assertWorkflow(workflow, 'stubWorkflow');
  const given = givenStubs(stubs);
  const { file, text, warnings } = workflow;
  const ast = stubNodes(workflow.ast, given);
  try {
    return { ...checkAst({ ast, file, text, warnings }, new Set(), []), warnings, stubs: { ...workflow.stubs, ...given } };
  } catch (error) {
    if (!(error instanceof FlowValidationError)) throw error;
    const [first = error] = error.faults;
    throw new FlowError('CONFIG_INVALID', `With these stubs the flow has a fault: ${first.message}`, {
      source: first.source,
      hint: 'What lies in a stubbed block is gone. Stub the nodes in it that are read instead.',
    });
  }
}

/** @throws FlowValidationError with these faults and those that need more than one element to see */
function checkAst(
  { ast, file, text, warnings }: Pick<Workflow, 'ast' | 'file' | 'text' | 'warnings'>,
  writtenIds: ReadonlySet<string>,
  earlier: readonly FlowError[],
): Workflow {
  const { analysis, faults: meaningFaults } = analyseWorkflow(ast, writtenIds);
  const plan = planOrFault(() => createPlan(toVertices(ast, analysis)));
  const faults = [...earlier, ...meaningFaults];
  if (faults.length === 0 && isEmpty(ast)) faults.push(nothingToDo(ast));
  if (plan instanceof FlowError) faults.push(plan);
  if (faults.length > 0 || plan instanceof FlowError) throw new FlowValidationError(file, faults.sort(inFileOrder));
  const noticed = [...warnings, ...findSingleBraces(analysis.declarations)].sort(inFileOrder);
  return { name: ast.name, file, text, ast, analysis, plan, warnings: noticed, workNodes: workNodesOf(ast) };
}

/** A flow of nothing would succeed whatever was meant to be in it. */
function isEmpty({ nodes, output, onError, finally: last }: WorkflowAST): boolean {
  return nodes.length === 0 && output === undefined && onError === undefined && last === undefined;
}

function nothingToDo({ at }: WorkflowAST): FlowError {
  const hint = 'Add a node, such as <source:value id="numbers">[1, 2, 3]</source:value>.';
  return new FlowError('FLOW_ELEMENT_MISSING', '<workflow> needs a node or an <output> inside.', { source: at, hint });
}

/**
 * The waves, edges and priorities of a workflow.
 * @throws TypeError when it is none
 */
export function planWorkflow(workflow: Workflow): Plan {
  assertWorkflow(workflow, 'planWorkflow');
  return workflow.plan;
}

async function readFlowFile(file: string): Promise<string> {
  try {
    return decodeFlow(await readWhole(file), file);
  } catch (cause) {
    if (cause instanceof FlowError) throw cause;
    const { code = '' } = cause as NodeJS.ErrnoException;
    const why = unreadableReasons[code] ?? reasonOf(cause);
    const hint = hintOf(cause) ?? 'Give the path of a flow file.';
    throw new FlowError('FLOW_FILE_UNREADABLE', `cannot read ${file}: ${why}`, { cause, hint });
  }
}

const unreadableReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it (EACCES)',
  EPERM: 'you may not read it (EPERM)',
};

function planOrFault(plan: () => Plan): Plan | FlowError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
}
