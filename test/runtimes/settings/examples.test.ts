import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { describeElement, elementNames } from '#src/runtimes/settings/describe.js';
import '#src/runtimes/index.js';

test.each(elementNames())('the example of %s is well formed and gives it only settings it has, none missing', (name) => {
  const description = describeElement(name);
  if (description === undefined) throw new Error(`Expected a description of ${name}.`);
  expect(XMLValidator.validate(description.example)).toBe(true);
  const tag = name.split('/').at(-1) ?? '';
  const parsed = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' }).parse(description.example);
  const content = parsed[tag];
  const attributes = typeof content === 'object' ? Object.keys(content).filter((key) => key.startsWith('@')) : [];
  const given = new Set(attributes.map((key) => key.slice(1)));
  const known = new Set(description.settings.map((setting) => setting.name));
  if (!description.open) for (const attribute of given) expect(known).toContain(attribute);
  const hasText = typeof content === 'string' || content?.['#text'] !== undefined;
  if (description.textSetting !== undefined && hasText) given.add(description.textSetting);
  for (const { name: setting, required } of description.settings) if (required) expect(given).toContain(setting);
});
