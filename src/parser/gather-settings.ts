import type { ElementShape, SettingShape } from '../types/catalog.js';
import type { Evaluable, SourcePosition, SourceText } from '../types/source.js';
import type { FaultList } from './fault-list.js';
import { openSetting, warnOfSlip } from './option-slips.js';
import {
  reportAttributes,
  reportChildren,
  reportNameless,
  reportText,
  reportTwice,
  reportUnknownAttribute,
} from './setting-faults.js';
import { emptyText, startOf, trimText } from './source-text.js';
import type { XmlAttribute, XmlElement } from './xml-element.js';

/** Settings as written, not yet checked against their schema. */
export interface GatheredSettings {
  readonly element: XmlElement;
  readonly shape: ElementShape;
  readonly nodeId: string | undefined;
  readonly given: ReadonlyMap<string, GivenSetting>;
  /** Settings that a misspelt name was probably meant for: to call them missing as well would be an echo. */
  readonly guessed: ReadonlySet<string>;
  /** By setting: an attribute that reaches the node under its own name, and was probably meant for that setting. */
  readonly slips: ReadonlyMap<string, XmlAttribute>;
  /** The child elements that are no settings, in file order. */
  readonly rest: readonly XmlElement[];
}

export interface GivenSetting {
  readonly value: unknown;
  /** Where the value starts. */
  readonly at: SourcePosition;
  /** What messages call it: `"format"`, or `the text` of its element. */
  readonly label: string;
  /** As written; undefined for a list of several. */
  readonly source: SourceText | undefined;
}

interface NamedValue {
  readonly name: string;
  readonly value: string | Evaluable;
}

interface Gathering {
  readonly element: XmlElement;
  readonly shape: ElementShape;
  readonly nodeId: string | undefined;
  readonly faults: FaultList;
  readonly given: Map<string, GivenSetting>;
  readonly lists: Map<string, NamedValue[]>;
  readonly guessed: Set<string>;
  readonly slips: Map<string, XmlAttribute>;
  readonly rest: XmlElement[];
}

/** Collects the settings of an element from its attributes, child elements and text, whichever way each is written. */
export function gatherSettings(
  element: XmlElement,
  shape: ElementShape,
  nodeId: string | undefined,
  faults: FaultList,
): GatheredSettings {
  const gathering: Gathering = {
    element,
    shape,
    nodeId,
    faults,
    given: new Map(),
    lists: new Map(),
    guessed: new Set(),
    slips: new Map(),
    rest: [],
  };
  const repeated = new Map([...shape.settings.values()].map((setting) => [setting.repeated, setting]));
  for (const attribute of element.attributes) gatherAttribute(gathering, attribute);
  for (const child of element.children) gatherChild(gathering, child, repeated);
  gatherText(gathering);
  return gathering;
}

/** The names under which settings can be written as child elements. */
export function settingElements(shape: ElementShape): string[] {
  return [...shape.settings.values()].map((setting) => setting.repeated ?? setting.name);
}

function gatherAttribute(gathering: Gathering, attribute: XmlAttribute): void {
  const setting = gathering.shape.settings.get(attribute.name);
  if (setting !== undefined && setting.repeated === undefined) {
    give(gathering, setting, attribute.value);
    return;
  }
  const open = openSetting(gathering.shape);
  if (setting === undefined && open !== undefined) {
    addNamed(gathering, open, attribute.name, attribute.value);
    warnOfSlip(gathering, open, attribute);
    return;
  }
  reportUnknownAttribute(gathering, attribute, setting);
}

function gatherChild(gathering: Gathering, child: XmlElement, repeated: ReadonlyMap<string | undefined, SettingShape>): void {
  const list = repeated.get(child.name);
  if (list !== undefined) {
    gatherRepeated(gathering, child, list);
    return;
  }
  const setting = gathering.shape.settings.get(child.name);
  if (setting === undefined || setting.repeated !== undefined) {
    gathering.rest.push(child);
    return;
  }
  reportAttributes(gathering, child, []);
  reportChildren(gathering, child);
  give(gathering, setting, textOf(child));
}

function gatherRepeated(gathering: Gathering, child: XmlElement, setting: SettingShape): void {
  const name = child.attributes.find((attribute) => attribute.name === 'name')?.value.text;
  const value = child.attributes.find((attribute) => attribute.name === 'value')?.value;
  reportAttributes(gathering, child, ['name', 'value']);
  reportChildren(gathering, child);
  if (name === undefined) reportNameless(gathering, child);
  if (value !== undefined && child.text !== undefined) reportTwice(gathering, child, 'value', startOf(child.text));
  addNamed(gathering, setting, name ?? '', value ?? textOf(child));
}

/** Blank space around the text of a setting element is layout, not value. */
function textOf(child: XmlElement): SourceText {
  return child.text === undefined ? emptyText(child.at) : trimText(child.text);
}

function gatherText(gathering: Gathering): void {
  const { element, shape, faults, nodeId } = gathering;
  if (element.text === undefined) return;
  const setting = shape.textSetting === undefined ? undefined : shape.settings.get(shape.textSetting);
  if (setting !== undefined) {
    give(gathering, setting, setting.kind === 'template' ? element.text : trimText(element.text), 'the text');
    return;
  }
  reportText(element, nodeId, faults);
}

function give(gathering: Gathering, setting: SettingShape, source: SourceText, label = `"${setting.name}"`): void {
  const at = startOf(source);
  if (gathering.given.has(setting.name)) reportTwice(gathering, gathering.element, setting.name, at);
  else gathering.given.set(setting.name, { value: asWritten(setting, source), at, label, source });
}

function addNamed({ given, lists }: Gathering, setting: SettingShape, name: string, source: SourceText): void {
  const list = lists.get(setting.name) ?? [];
  if (list.length === 0) {
    lists.set(setting.name, list);
    given.set(setting.name, { value: list, at: startOf(source), label: `"${setting.name}"`, source: undefined });
  }
  list.push({ name, value: asWritten(setting, source) });
}

function asWritten({ kind, binds }: SettingShape, source: SourceText): string | Evaluable {
  switch (kind) {
    case 'literal':
      return source.text;
    case 'expression':
      return { kind, source };
    case 'lambda':
      return { kind, source, binds };
    case 'template':
      return { kind, source, guard: 'none' };
    case 'path':
    case 'url':
      return { kind: 'template', source, guard: kind };
  }
}
