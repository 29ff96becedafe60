import { FlowError } from '../errors/flow-error.js';
import { inFileOrder } from '../errors/in-file-order.js';
import { compileExpression, compileTemplate, type Expression, type Template } from '../expressions/index.js';
import type { WorkflowAST } from '../types/ast.js';
import type { ValueRead } from '../types/reads.js';
import type { Evaluable } from '../types/source.js';
import { findConflicts } from './conflicts.js';
import { collectDeclarations, type Declaration, type Declarations, localNames } from './declarations.js';
import { findOverwrites } from './overwrites.js';
import { type DeclaredNames, type ReadingPlace, resolveRead } from './reads.js';
import { checkSettings, mostFaults } from './rules.js';
import { type ExpressionSite, expressionSites, outputSite } from './sites.js';
import { adviceOnNames, findSlips } from './slips.js';
import { variableWritten } from './variables.js';
import { unwantedKind } from './wanted.js';

/** What is known of a flow without running it. */
export interface Analysis {
  readonly declarations: Declarations;
  /** What each node's own expressions read, bodies not included. */
  readonly reads: ReadonlyMap<string, readonly ValueRead[]>;
  /** What `<output>` reads. */
  readonly outputReads: readonly ValueRead[];
  /** Ids of the nodes whose results each node's result is read by. `<output>` counts as the reader `<output>`. */
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Ids that each expression with a computed `nodes[…]` may mean. */
  readonly inSight: ReadonlyMap<Evaluable, readonly string[]>;
  /** Every expression and template, parsed once. */
  readonly compiled: ReadonlyMap<Evaluable, Expression | Template>;
}

export interface AnalysisOutcome {
  readonly analysis: Analysis;
  /** In file order. */
  readonly faults: readonly FlowError[];
}

/**
 * Parses every expression, resolves every reference and checks what no single element can check. Finds all faults.
 * `writtenIds` are those of the whole file: what they name is not unknown, even where its element could not be built.
 */
export function analyseWorkflow(workflow: WorkflowAST, writtenIds: ReadonlySet<string> = new Set()): AnalysisOutcome {
  const declarations = collectDeclarations(workflow);
  const analyser = new Analyser(workflow, declarations, writtenIds);
  for (const declaration of declarations.all) analyser.readNode(declaration);
  analyser.sayWhereItStopped();
  analyser.readOutput(workflow);
  const faults = [
    ...analyser.faults,
    ...checkSettings(workflow, declarations, writtenIds),
    ...findConflicts(declarations),
    ...findOverwrites(declarations, workflow),
  ].sort(inFileOrder);
  return { analysis: analyser, faults };
}

/** The reader name under which `<output>` stands in `Analysis.readers`. */
const outputReader = '<output>';

/** A computed `nodes[…]` reads every node before it, so that a thousand of them read half a million. */
const mostReads = 500_000;

class Analyser implements Analysis {
  readonly declarations: Declarations;
  readonly reads = new Map<string, readonly ValueRead[]>();
  readonly readers = new Map<string, Set<string>>();
  readonly compiled = new Map<Evaluable, Expression | Template>();
  readonly inSight = new Map<Evaluable, readonly string[]>();
  readonly faults: FlowError[] = [];
  outputReads: readonly ValueRead[] = [];
  readonly #declared: DeclaredNames;
  readonly #unbuilt: ReadonlySet<string>;
  #readCount = 0;

  constructor(workflow: WorkflowAST, declarations: Declarations, writtenIds: ReadonlySet<string>) {
    this.declarations = declarations;
    this.#unbuilt = writtenIds;
    this.#declared = declaredNames(workflow, declarations);
  }

  readNode(declaration: Declaration): void {
    if (this.faults.length >= mostFaults) return;
    const { node } = declaration;
    if (this.#readCount > mostReads) {
      this.#readCount = 0;
      const message = `the nodes up to here read more than ${mostReads} results of others`;
      const hint = 'A computed nodes[…] reads every node before it: name the nodes, or gather them in a <foreach>.';
      this.faults.push(new FlowError('FLOW_LIMIT_EXCEEDED', message, { source: node.at, nodeId: node.id, hint }));
    }
    const names = localNames(declaration.trail);
    const reads = expressionSites(node).flatMap((site) => this.#readSite(site, names, declaration));
    this.reads.set(node.id, reads);
    this.#remember(node.id, reads);
  }

  readOutput(workflow: WorkflowAST): void {
    const site = outputSite(workflow);
    if (!site) return;
    this.outputReads = this.#readSite(site, [], undefined);
    this.#remember(outputReader, this.outputReads);
  }

  sayWhereItStopped(): void {
    if (this.faults.length < mostFaults) return;
    const message = `references are wrong in ${this.faults.length} places; what follows was not looked at`;
    this.faults.push(new FlowError('FLOW_LIMIT_EXCEEDED', message, { hint: 'Mend these first, then look again.' }));
  }

  #readSite(site: ExpressionSite, names: readonly string[], reader: Declaration | undefined): ValueRead[] {
    const compiled = this.#compile(site.evaluable, reader);
    if (!compiled) return [];
    const unwanted = 'kind' in compiled ? unwantedKind(site, compiled.kind) : undefined;
    if (unwanted !== undefined) this.faults.push(unwanted.located({ nodeId: reader?.node.id }));
    const place: ReadingPlace = {
      declarations: this.declarations,
      unbuilt: this.#unbuilt,
      reader,
      localNames: new Set([...names, ...site.extraNames]),
      declared: this.#declared,
      adviceOnNames: adviceOnNames(site),
    };
    const given = new Set(site.extraNames);
    const { faults, plain } = findSlips(compiled.reads, site, place);
    this.faults.push(...faults);
    return plain.flatMap((read) => {
      if (this.faults.length >= mostFaults) return [];
      const resolved = resolveRead(read, site.evaluable.source, place);
      if ('fault' in resolved) {
        this.faults.push(resolved.fault);
        return [];
      }
      if (given.has(read.root)) return [];
      if (read.root === 'nodes' && read.path.length === 0) this.#see(site.evaluable, resolved.reads);
      return resolved.reads;
    });
  }

  #see(evaluable: Evaluable, reads: readonly ValueRead[]): void {
    const ids = reads.flatMap((read) => (read.kind === 'node' ? [read.id] : []));
    this.inSight.set(evaluable, ids);
  }

  #compile(evaluable: Evaluable, reader: Declaration | undefined): Expression | Template | undefined {
    try {
      const faults: FlowError[] = [];
      const compiled =
        evaluable.kind === 'template' ? compileTemplate(evaluable, { faults }) : compileExpression(evaluable, { faults });
      this.faults.push(...faults.map((fault) => fault.located({ nodeId: reader?.node.id })));
      this.compiled.set(evaluable, compiled);
      return compiled;
    } catch (error) {
      this.faults.push((error as FlowError).located({ nodeId: reader?.node.id }));
      return undefined;
    }
  }

  #remember(reader: string, reads: readonly ValueRead[]): void {
    this.#readCount += reads.length;
    for (const read of reads) {
      if (read.kind !== 'node') continue;
      const known = this.readers.get(read.id);
      if (known) known.add(reader);
      else this.readers.set(read.id, new Set([reader]));
    }
  }
}

function declaredNames(workflow: WorkflowAST, declarations: Declarations): DeclaredNames {
  return {
    config: new Set(workflow.params.map((param) => param.name)),
    secrets: new Set(workflow.secrets.map((secret) => secret.name)),
    env: new Set(workflow.env.map((variable) => variable.name)),
    vars: new Set(declarations.all.flatMap(({ node }) => variableWritten(node) ?? [])),
    run: new Set(['input', 'id', 'startedAt']),
  };
}
