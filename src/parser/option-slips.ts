import { slipOf } from '../errors/nearest.js';
import type { ElementShape, SettingShape } from '../types/catalog.js';
import type { FaultList } from './fault-list.js';
import type { XmlAttribute, XmlElement } from './xml-element.js';

/** An element that takes any attribute, and what was found in it so far. */
interface OptionSite {
  readonly element: XmlElement;
  readonly shape: ElementShape;
  readonly nodeId: string | undefined;
  readonly faults: FaultList;
  readonly slips: Map<string, XmlAttribute>;
}

/** The setting that attributes without a meaning of their own become a part of. */
export function openSetting({ openSetting: name, settings }: ElementShape): SettingShape | undefined {
  return name === undefined ? undefined : settings.get(name);
}

/** What is written as an option and may be, but looks like a setting: nobody would notice that it has no effect. */
export function warnOfSlip(
  { element, shape, nodeId, faults, slips }: OptionSite,
  open: SettingShape,
  attribute: XmlAttribute,
): void {
  const { name, nameAt } = attribute;
  const settings = [...shape.settings.values()].filter((known) => known !== open).map((known) => known.name);
  const meant = slipOf(name, settings);
  if (meant === undefined) return;
  slips.set(meant, attribute);
  const message = `"${name}" is no setting of <${element.name}>, so it becomes an option of that name`;
  const hint = `Did you mean "${meant}"? If not, write <${open.repeated} name="${name}">…</${open.repeated}> inside.`;
  faults.warn('FLOW_SETTING_UNKNOWN', nameAt, message, { nodeId, hint });
}
