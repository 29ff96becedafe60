import type { FaultList } from './fault-list.js';
import type { XmlAttribute, XmlElement } from './xml-element.js';

const namespaces: ReadonlyMap<string, string> = new Map([
  ['xmlns', 'urn:flowscript:1'],
  ['xmlns:source', 'urn:flowscript:source'],
  ['xmlns:transform', 'urn:flowscript:transform'],
  ['xmlns:sink', 'urn:flowscript:sink'],
]);

/** The same elements without the attributes that are there for editors only, after a look at the namespaces they declare. */
export function withoutNamespaces(element: XmlElement, faults: FaultList): XmlElement {
  const attributes = element.attributes.filter((attribute) => !isForEditors(attribute.name));
  if (attributes.length < element.attributes.length) checkNamespaces(element.attributes, faults);
  return { ...element, attributes, children: element.children.map((child) => withoutNamespaces(child, faults)) };
}

/** `xsi:schemaLocation` names the XSD to an editor. */
function isForEditors(name: string): boolean {
  return name === 'xmlns' || /^(?:xmlns|xml|xsi):/.test(name);
}

function checkNamespaces(attributes: readonly XmlAttribute[], faults: FaultList): void {
  for (const { name, nameAt, value } of attributes) {
    const expected = namespaces.get(name);
    if (expected === undefined || value.text === expected) continue;
    const mark = value.marks[0];
    const at = mark === undefined ? nameAt : { file: value.file, line: mark.line, column: mark.column };
    const message = `${name} must be "${expected}", found "${value.text}".`;
    faults.report('FLOW_SETTING_INVALID', at, message, { hint: `Write ${name}="${expected}", or leave it out.` });
  }
}
