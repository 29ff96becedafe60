import { nearestName, suggestName } from '../errors/nearest.js';
import type { ElementShape, SettingShape } from '../types/catalog.js';
import type { SourcePosition } from '../types/source.js';
import type { FaultList } from './fault-list.js';
import { settingElsewhere } from './other-names.js';
import { startOf, trimText } from './source-text.js';
import type { XmlAttribute, XmlElement } from './xml-element.js';

interface FaultSite {
  readonly nodeId: string | undefined;
  readonly faults: FaultList;
}

interface AttributeSite extends FaultSite {
  readonly element: XmlElement;
  readonly shape: ElementShape;
  readonly guessed: Set<string>;
}

/** An attribute without a meaning; `guessed` takes what was probably meant. `setting`: what it would be as an element of its own. */
export function reportUnknownAttribute(
  { element, shape, faults, guessed, nodeId }: AttributeSite,
  attribute: XmlAttribute,
  setting?: SettingShape,
): void {
  const attributes = [...shape.settings.values()].filter((known) => known.repeated === undefined).map((known) => known.name);
  const nearest = settingElsewhere(attribute.name, attributes) ?? nearestName(attribute.name, attributes);
  if (nearest !== undefined) guessed.add(nearest);
  const meant = nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
  const hint = setting?.repeated === undefined ? meant : howToRepeat(setting.repeated);
  const message = `<${element.name}> has no attribute "${attribute.name}".`;
  faults.report('FLOW_SETTING_UNKNOWN', attribute.nameAt, message, { nodeId, hint: hint ?? listSettings(attributes) });
}

/** Attributes of an element that is itself a setting. */
export function reportAttributes({ faults, nodeId }: FaultSite, child: XmlElement, known: readonly string[]): void {
  for (const { name, nameAt } of child.attributes) {
    if (known.includes(name)) continue;
    const hint = suggestName(name, known) ?? listSettings(known);
    faults.report('FLOW_SETTING_UNKNOWN', nameAt, `<${child.name}> has no attribute "${name}".`, { nodeId, hint });
  }
}

export function reportChildren({ faults, nodeId }: FaultSite, setting: XmlElement): void {
  for (const child of setting.children) {
    const message = `<${setting.name}> is a setting and holds text; <${child.name}> cannot stand in it.`;
    faults.report('FLOW_ELEMENT_UNKNOWN', child.at, message, { nodeId, hint: 'Write "&lt;" for a literal "<", or use CDATA.' });
  }
}

export function reportNameless({ faults, nodeId }: FaultSite, child: XmlElement): void {
  const message = `<${child.name}> needs the attribute "name".`;
  faults.report('FLOW_SETTING_MISSING', child.at, message, { nodeId, hint: howToRepeat(child.name) });
}

export function reportTwice({ faults, nodeId }: FaultSite, element: XmlElement, name: string, at: SourcePosition): void {
  const hint = 'A setting is an attribute, a child element or the text: keep one of them.';
  faults.report('FLOW_SETTING_INVALID', at, `"${name}" of <${element.name}> is given twice.`, { nodeId, hint });
}

/** Reports text in an element that takes none. */
export function reportText(element: XmlElement, nodeId: string | undefined, faults: FaultList): void {
  if (element.text === undefined) return;
  const hint = 'Remove it, or put it into the setting it is meant for.';
  faults.report('FLOW_SETTING_UNKNOWN', startOf(trimText(element.text)), `<${element.name}> takes no text.`, { nodeId, hint });
}

function howToRepeat(element: string): string {
  return `Write <${element} name="…">value</${element}> inside, once for each.`;
}

function listSettings(names: readonly string[]): string {
  return names.length === 0 ? 'It takes no settings.' : `It takes: ${names.join(', ')}.`;
}
