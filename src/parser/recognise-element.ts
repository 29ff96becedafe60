import { nearestName } from '../errors/nearest.js';
import type { ElementCatalog } from '../types/catalog.js';
import type { BuildContext, Scope } from './build-context.js';
import { settingElements } from './gather-settings.js';
import { knownElsewhere } from './other-names.js';
import type { XmlElement } from './xml-element.js';

/** What may stand in an element. */
export interface Place {
  /** Name of the element, as written in XML. */
  readonly parent: string;
  readonly nodeId: string | undefined;
  /** Elements with a meaning of their own here. */
  readonly parts: readonly string[];
  readonly takesNodes: boolean;
  /** Settings that may be written as elements; known so that a misspelt one gets the right suggestion. */
  readonly settings: readonly string[];
  readonly scope: Scope;
}

/** Where elements that are no nodes belong. */
const homes: ReadonlyMap<string, string> = new Map([
  ...['config', 'secrets', 'env', 'output', 'on-error', 'finally'].map((name) => [name, 'directly in <workflow>'] as const),
  ['param', 'in <config>'],
  ['secret', 'in <secrets>'],
  ['var', 'in <env>'],
  ['then', 'in <if>'],
  ['else', 'in <if>'],
  ['match', 'in a <branch> that is not an arm of <parallel>'],
  ['otherwise', 'in a <branch> that is not an arm of <parallel>'],
  ['retry', 'in a node'],
  ['fallback', 'in a node'],
  ['workflow', 'at the root of a file, one in each'],
]);

/** Every element there is, wherever it may stand: nodes, parts, and settings that may be written as elements. */
export function elementNames(catalog: ElementCatalog): ReadonlySet<string> {
  const elements = [...homes.keys(), ...catalog.nodeElements()];
  const shapes = elements.flatMap((name) => catalog.get(name) ?? []);
  return new Set([...elements, ...shapes.flatMap(settingElements)]);
}

/** Where to put a node that stands in an element which takes only certain parts. */
const advice: ReadonlyMap<string, string> = new Map([
  ['parallel', 'Put it into a <branch>.'],
  ['if', 'Put it into <then> or <else>.'],
  ['branch', 'Put it into a <match> or <otherwise>.'],
]);

/**
 * The name to take an element for. An unknown or misplaced one is reported; it gives the name it was probably meant
 * to be, so that the faults inside it are found as well, or `undefined`.
 */
export function recogniseElement(element: XmlElement, place: Place, context: BuildContext): string | undefined {
  const { name } = element;
  if (place.parts.includes(name)) return name;
  const isNode = context.nodeElements.has(name);
  if (isNode && place.takesNodes) return name;
  if (isNode || homes.has(name)) {
    reportMisplaced(element, place, context, isNode);
    buildStray(element, place.scope, context);
    return undefined;
  }
  const meant = reportUnknown(element, place, context);
  if (meant === undefined) buildStray(element, place.scope, context);
  return meant;
}

function reportMisplaced({ name, at }: XmlElement, place: Place, { faults }: BuildContext, isNode: boolean): void {
  const elsewhere = knownElsewhere(name, place.parts);
  const home = isNode ? advice.get(place.parent) : `It belongs ${homes.get(name)}.`;
  const hint =
    elsewhere !== undefined
      ? `Did you mean "${elsewhere}"?`
      : (home ?? `<${place.parent}> holds no nodes: put it before or after.`);
  faults.report('FLOW_ELEMENT_UNKNOWN', at, `<${name}> cannot stand in <${place.parent}>.`, { nodeId: place.nodeId, hint });
}

function reportUnknown({ name, at, end }: XmlElement, place: Place, context: BuildContext): string | undefined {
  const nodes = place.takesNodes ? [...context.nodeElements] : [];
  const known = [...place.parts, ...nodes, ...place.settings];
  const meant = context.faults.isFull || isForeign(name, nodes) ? [] : meantNames(name, known);
  const suggestion = meant.map((candidate) => `"${candidate}"`).join(' or ');
  const instead = name.includes(':') && place.takesNodes ? pluginHint : listParts(place);
  const hint = meant.length > 0 ? `Did you mean ${suggestion}?` : instead;
  context.faults.report('FLOW_ELEMENT_UNKNOWN', at, `There is no element <${name}> in <${place.parent}>.`, {
    nodeId: place.nodeId,
    hint,
  });
  if (meant.length > 0 && knownElsewhere(name, known) !== undefined) context.faults.hush({ at, end });
  return meant.find((candidate) => !place.settings.includes(candidate));
}

const pluginHint =
  "Node types that are not built in come from plugins: --plugin MODULE, plugins: ['MODULE'] in the library. flowscript nodes lists those built in.";

/** Whether no known type has what stands before the colon, nor anything spelt alike: it is no slip, but somebody's own type. */
function isForeign(name: string, nodes: readonly string[]): boolean {
  if (!name.includes(':')) return false;
  const known = [...new Set(nodes.filter((type) => type.includes(':')).map(namespaceOf))];
  return nearestName(namespaceOf(name), known) === undefined;
}

function namespaceOf(type: string): string {
  return type.slice(0, type.indexOf(':'));
}

function listParts({ parts, settings, takesNodes }: Place): string {
  const names = [...parts, ...settings].map((name) => `<${name}>`).join(', ');
  if (takesNodes) return names === '' ? 'Nodes can stand here.' : `Nodes can stand here, and ${names}.`;
  return names === '' ? 'Nothing can stand here.' : `Only these can stand here: ${names}.`;
}

/**
 * What other tools call so first, then the same name in another category (`http` for `source:http`), then names spelt alike, then parts after
 * the colon spelt alike. In a category that there is only the part after the colon is compared: the rest would make all of it alike.
 */
function meantNames(name: string, known: readonly string[]): string[] {
  const local = localName(name);
  const elsewhere = knownElsewhere(name, known);
  if (elsewhere !== undefined) return [elsewhere];
  const sameLocal = known.filter((candidate) => candidate.includes(':') && localName(candidate) === local);
  if (sameLocal.length > 0) return sameLocal;
  const alike = name.includes(':') ? known.filter((candidate) => namespaceOf(candidate) === namespaceOf(name)) : [];
  if (alike.length > 0) {
    const nearestAlike = nearestName(local, alike.map(localName));
    return alike.filter((candidate) => localName(candidate) === nearestAlike);
  }
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return [nearest];
  const nearestLocal = nearestName(local, known.filter((candidate) => candidate.includes(':')).map(localName));
  return nearestLocal === undefined ? [] : known.filter((candidate) => localName(candidate) === nearestLocal);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Builds what can be recognised in an element that has no place, only for the faults in it. */
function buildStray(element: XmlElement, scope: Scope, context: BuildContext): void {
  if (context.nodeElements.has(element.name)) context.buildNode(element, element.name, scope);
  else for (const child of element.children) buildStray(child, scope, context);
}
