import type { FlowError } from '../errors/flow-error.js';
import { nearestName } from '../errors/nearest.js';
import type { DeclarationAST, NodeAST, ParamAST, WorkflowAST } from '../types/ast.js';
import type { ElementCatalog } from '../types/catalog.js';
import type { ExpressionSource } from '../types/source.js';
import { buildContainer, reportRepeated, requireBody } from './build-body.js';
import type { BuildContext, Scope } from './build-context.js';
import { buildNames, buildParams } from './build-declarations.js';
import { checkBindings } from './build-foreach.js';
import { buildNode } from './build-node.js';
import { FaultList } from './fault-list.js';
import { NodeIds } from './node-ids.js';
import { readPart, reportChildren } from './read-node.js';
import { type Place, recogniseElement } from './recognise-element.js';
import type { XmlElement } from './xml-element.js';

export interface AstBuilding {
  /** With faults it is what could be built, good for finding more of them and not for running; `undefined` without a usable root. */
  readonly workflow: WorkflowAST | undefined;
  /** Every id written in the file, also on elements that could not be built. */
  readonly writtenIds: ReadonlySet<string>;
  /** Every fault of the file, in file order. */
  readonly faults: FlowError[];
  /** What may be meant and probably is not, in file order. */
  readonly warnings: readonly FlowError[];
}

interface WorkflowSettings extends Pick<WorkflowAST, 'name' | 'version' | 'maxConcurrency' | 'schedule'> {
  readonly timeout?: number;
}

/** What a workflow's child elements declare, filled in file order. */
interface Content {
  readonly params: ParamAST[];
  readonly secrets: DeclarationAST[];
  readonly env: DeclarationAST[];
  readonly nodes: NodeAST[];
  output: ExpressionSource | undefined;
  onError: NodeAST[] | undefined;
  finally: NodeAST[] | undefined;
}

/** Names declared so far. */
type Declared = Readonly<Record<'config' | 'secrets' | 'env', Set<string>>>;

interface PartSite {
  readonly element: XmlElement;
  readonly content: Content;
  readonly context: BuildContext;
  readonly declared: Declared;
}

const parts = ['config', 'secrets', 'env', 'output', 'on-error', 'finally'] as const;
const once: ReadonlySet<string> = new Set(['output', 'on-error', 'finally']);
const topLevel: Scope = { breaks: 'outside-loop' };

/**
 * The flow that an XML element describes, its settings checked and typed by the catalog, or every fault in it.
 * Expressions are carried as written; nobody has parsed them yet.
 *
 * @throws TypeError when the catalog lacks one of the elements every catalog must have.
 */
export function buildAst(root: XmlElement, catalog: ElementCatalog): AstBuilding {
  const faults = new FaultList();
  const context: BuildContext = {
    catalog,
    nodeElements: new Set(catalog.nodeElements()),
    faults,
    ids: new NodeIds(root, faults),
    bindings: [],
    buildNode: (element, name, scope) => buildNode({ element, name, scope, context }),
  };
  const workflow = isWorkflow(root, faults) ? buildWorkflow(root, context) : undefined;
  checkBindings(context);
  return { workflow, writtenIds: context.ids.written, faults: faults.inFileOrder(), warnings: faults.warningsInFileOrder() };
}

/** Whether the root can be taken for a workflow; a misspelt one can. */
function isWorkflow(root: XmlElement, faults: FaultList): boolean {
  if (root.name === 'workflow') return true;
  const isTests = root.name === 'tests';
  const hint = isTests ? 'It is a file of tests: flowscript test runs them.' : 'Did you mean "workflow"?';
  faults.report('FLOW_ELEMENT_UNKNOWN', root.at, `The root element must be <workflow>, found <${root.name}>.`, { hint });
  return nearestName(root.name, ['workflow']) !== undefined;
}

function buildWorkflow(root: XmlElement, context: BuildContext): WorkflowAST | undefined {
  const { gathered, settings } = readPart(root, 'workflow', undefined, context);
  const content = readContent(root, gathered.rest, context);
  if (settings === undefined) return undefined;
  const { name, version, maxConcurrency, schedule, timeout: timeoutMs } = settings as unknown as WorkflowSettings;
  return { name, version, file: root.at.file, at: root.at, maxConcurrency, schedule, timeoutMs, ...content };
}

function readContent(root: XmlElement, children: readonly XmlElement[], context: BuildContext): Content {
  const content: Content = {
    params: [],
    secrets: [],
    env: [],
    nodes: [],
    output: undefined,
    onError: undefined,
    finally: undefined,
  };
  const place: Place = { parent: root.name, nodeId: undefined, parts, takesNodes: true, settings: [], scope: topLevel };
  const declared: Declared = { config: new Set(), secrets: new Set(), env: new Set() };
  const seen = new Set<string>();
  for (const element of children) {
    const name = recogniseElement(element, place, context);
    if (name === undefined) continue;
    if (once.has(name)) reportRepeated(element, name, seen, undefined, context);
    readPartOrNode(name, { element, content, context, declared });
  }
  return content;
}

function readPartOrNode(name: string, { element, content, context, declared }: PartSite): void {
  switch (name) {
    case 'config':
      content.params.push(...buildParams(element, declared[name], context));
      return;
    case 'secrets':
      content.secrets.push(...buildNames(element, 'secret', declared[name], context));
      return;
    case 'env':
      content.env.push(...buildNames(element, 'var', declared[name], context));
      return;
    case 'output':
      content.output = readOutput(element, context);
      return;
    case 'on-error':
      content.onError = readHandler(element, context);
      return;
    case 'finally':
      content.finally = readHandler(element, context);
      return;
    default: {
      const node = context.buildNode(element, name, topLevel);
      if (node !== undefined) content.nodes.push(node);
    }
  }
}

function readOutput(element: XmlElement, context: BuildContext): ExpressionSource | undefined {
  const { gathered, settings } = readPart(element, 'output', undefined, context);
  reportChildren(gathered, context);
  return (settings as { readonly value?: ExpressionSource } | undefined)?.value;
}

function readHandler(element: XmlElement, context: BuildContext): NodeAST[] {
  requireBody(element, element.children.length, 'a node', undefined, context);
  return buildContainer(element, topLevel, undefined, context);
}
