import type { ErrorCode } from '../errors/codes.js';
import { FlowError } from '../errors/flow-error.js';
import { locate } from '../errors/locate.js';
import { suggestName } from '../errors/nearest.js';
import type { Read } from '../expressions/index.js';
import type { ValueRead } from '../types/reads.js';
import type { SourceText } from '../types/source.js';
import type { Declaration, Declarations } from './declarations.js';
import { type Hidden, hidden, visibility } from './visibility.js';

/** What an expression may name where it stands. */
export interface ReadingPlace {
  readonly declarations: Declarations;
  /** Ids of elements that could not be built: named rightly, with faults of their own. */
  readonly unbuilt: ReadonlySet<string>;
  /** The node the expression is written on; `undefined` for `<output>`. */
  readonly reader: Declaration | undefined;
  /** `item`, `branch`, `error` … as far as the place has them. */
  readonly localNames: ReadonlySet<string>;
  readonly declared: DeclaredNames;
  /** What to say of an unknown name that resembles no known one. */
  readonly adviceOnNames: string;
}

export interface DeclaredNames {
  readonly config: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly env: ReadonlySet<string>;
  readonly vars: ReadonlySet<string>;
  readonly run: ReadonlySet<string>;
}

export const resultFields: ReadonlySet<string> = new Set(['output', 'status', 'error', 'durationMs', 'failures']);
/** Names that mean the same all over a flow, or nearly so. */
export const alwaysKnown: ReadonlySet<string> = new Set(['input', 'run', 'config', 'secrets', 'env', 'vars', 'nodes']);
const sometimesKnown: Readonly<Record<string, string>> = {
  item: 'only inside <foreach> and per-element expressions',
  index: 'only inside <foreach>, <loop>, <while> and per-element expressions',
  acc: 'only in the expression of transform:reduce',
  branch: 'only inside a <branch> of <parallel>',
  branches: 'only in merge',
  error: 'only in <fallback>, <on-error> and the when of <retry>',
};

/** What a reference reads: one value, or for a computed `nodes[…]` every node in sight; nothing where it names what could not be built. */
export type ResolvedRead = { readonly reads: readonly ValueRead[] } | { readonly fault: FlowError };

/** Whether a name means something here or elsewhere in the flow, so that it is no slip of the pen. */
export function isKnownName(name: string, { declarations, unbuilt, localNames }: ReadingPlace): boolean {
  return (
    [localNames, alwaysKnown, declarations.byId, unbuilt].some((names) => names.has(name)) || Object.hasOwn(sometimesKnown, name)
  );
}

/** What a static reference means where it stands, or why it means nothing. */
export function resolveRead(read: Read, source: SourceText, place: ReadingPlace): ResolvedRead {
  const refuse: Refuse = (message, hint, code = 'FLOW_REFERENCE_UNKNOWN') => ({
    fault: new FlowError(code, message, {
      source: locate(source, read.at),
      nodeId: place.reader?.node.id,
      hint,
    }),
  });
  const { root, path } = read;
  if (place.localNames.has(root)) return { reads: [{ kind: 'name', name: root, path }] };
  if (root === 'nodes') return resolveNodes(read, place, refuse);
  if (alwaysKnown.has(root)) return resolveDeclared(read, place, refuse);
  const where = Object.hasOwn(sometimesKnown, root) ? sometimesKnown[root] : undefined;
  if (where !== undefined) return refuse(`"${root}" is known ${where}`, undefined);
  return resolveNode(root, path, place, refuse);
}

type Refuse = (message: string, hint: string | undefined, code?: ErrorCode) => ResolvedRead;

function resolveNodes(read: Read, place: ReadingPlace, refuse: Refuse): ResolvedRead {
  const [id, ...rest] = read.path;
  if (read.computed || id === undefined) return { reads: nodesInSight(place) };
  return resolveNode(id, rest, place, refuse);
}

/** The nodes that stand before and may be read: what a computed name can mean, whoever has finished by then. */
function nodesInSight({ declarations, reader }: ReadingPlace): readonly ValueRead[] {
  const before = reader ? declarations.all.slice(0, reader.order) : declarations.all;
  return before.flatMap((target) => {
    const seen = reader ? visibility(reader, target) : outputVisibility(target);
    return seen.kind === 'visible' ? [{ kind: 'node', id: target.node.id, path: [] }] : [];
  });
}

function resolveDeclared({ root, path }: Read, place: ReadingPlace, refuse: Refuse): ResolvedRead {
  const known = (place.declared as unknown as Record<string, ReadonlySet<string> | undefined>)[root];
  const field = path[0];
  if (root === 'secrets' && place.reader === undefined) {
    return refuse('a secret must not reach <output>', 'Use secrets in node settings only.');
  }
  if (!known || field === undefined || known.has(field)) return { reads: [{ kind: 'name', name: root, path }] };
  const hint = suggestName(field, known) ?? declareHint(root, field);
  return refuse(`${root}.${field} is not declared`, hint);
}

function declareHint(root: string, field: string): string {
  const hints: Record<string, string> = {
    config: `Declare it: <config><param name="${field}"/></config>.`,
    secrets: `Declare it: <secrets><secret name="${field}"/></secrets>.`,
    env: `List it: <env><var name="${field}"/></env>.`,
    vars: `Write it first: <set name="${field}" value="…"/>.`,
    run: 'run has input, id and startedAt.',
  };
  return hints[root] ?? '';
}

function resolveNode(id: string, path: readonly string[], place: ReadingPlace, refuse: Refuse): ResolvedRead {
  const target = place.declarations.byId.get(id);
  if (!target && place.unbuilt.has(id)) return { reads: [] };
  if (!target) {
    const names = [...place.declarations.byId.keys(), ...alwaysKnown, ...place.localNames];
    return refuse(`nothing here is called "${id}"`, suggestName(id, names) ?? place.adviceOnNames);
  }
  const seen = place.reader ? visibility(place.reader, target) : outputVisibility(target);
  if (seen.kind === 'hidden') {
    return refuse(`"${id}" cannot be read here: it ${seen.why}`, hiddenHint(id, seen), seen.code);
  }
  const field = path[0];
  if (field !== undefined && !resultFields.has(field)) {
    return refuse(`a node's result has no field "${field}"`, suggestName(field, resultFields) ?? `Its value is ${id}.output.`);
  }
  return { reads: [{ kind: 'node', id, path }] };
}

function hiddenHint(id: string, { code, why }: Hidden): string | undefined {
  if (code === 'FLOW_CYCLE')
    return 'Read another node, or let a <loop> hand a value from one iteration to the next in a variable.';
  if (why.startsWith('runs later')) return `Move "${id}" before this node.`;
  if (why.includes('only inside')) return 'Read the output of the block instead.';
  return undefined;
}

/** `<output>` is evaluated after everything, at the top. */
function outputVisibility(target: Declaration): ReturnType<typeof visibility> {
  const first = target.trail[0];
  if (first?.kind !== 'top') return hidden(`stands in <${first?.kind}>`);
  const top: Declaration = { ...target, trail: [{ ...first, index: -1 }] };
  return visibility(top, target);
}
