import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { build } from './build.js';

const text = readFileSync(new URL('fixtures/twenty-faults.xml', import.meta.url), 'utf8');

/** Where each fault is, its code, its node, and how the file goes on from there. */
const expected: readonly (readonly [place: string, code: string, nodeId: string | undefined, found: string])[] = [
  ['2:42', 'FLOW_SETTING_INVALID', undefined, 'later"'],
  ['2:49', 'FLOW_SETTING_UNKNOWN', undefined, 'maxConcurency='],
  ['4:46', 'FLOW_SETTING_INVALID', undefined, 'ten"'],
  ['5:5', 'FLOW_ELEMENT_UNKNOWN', undefined, '<parm '],
  ['8:3', 'FLOW_ELEMENT_UNKNOWN', undefined, '<http '],
  ['9:20', 'FLOW_ID_INVALID', 'input', 'input"'],
  ['10:45', 'FLOW_SETTING_INVALID', 'rows', 'again.csv<'],
  ['11:3', 'FLOW_SETTING_MISSING', 'rows', '<source:file '],
  ['11:20', 'FLOW_ID_DUPLICATE', 'rows', 'rows"'],
  ['13:3', 'FLOW_ELEMENT_MISSING', 'fetch-all', '<parallel '],
  ['14:5', 'FLOW_ELEMENT_UNKNOWN', 'fetch-all', '<source:value '],
  ['17:3', 'FLOW_ELEMENT_MISSING', 'scored', '<foreach '],
  ['17:50', 'FLOW_SETTING_INVALID', 'scored', 'page"'],
  ['19:3', 'FLOW_ELEMENT_MISSING', 'maybe', '<if '],
  ['20:5', 'FLOW_SETTING_UNKNOWN', 'maybe', 'some text'],
  ['21:11', 'FLOW_ELEMENT_UNKNOWN', undefined, '<break/>'],
  ['24:3', 'FLOW_SETTING_MISSING', undefined, '<transform:map '],
  ['25:27', 'FLOW_SETTING_INVALID', undefined, 'soon"'],
  ['28:5', 'FLOW_SETTING_MISSING', 'way', '<match>'],
  ['31:34', 'FLOW_ELEMENT_UNKNOWN', undefined, '<output '],
];

test('All twenty faults of a file are reported, each at its very place', () => {
  expect(expected).toHaveLength(20);
  const { faults } = build(text);
  const found = faults.map(({ source, code, nodeId }) => [`${source?.line}:${source?.column}`, code, nodeId, after(source)]);
  expect(found).toEqual(
    expected.map(([place, code, nodeId, start]) => [place, code, nodeId, expect.stringMatching(startsWith(start))]),
  );
});

test('Every fault says what to do', () => {
  const unsaid = build(text).faults.filter((fault) => fault.hint === undefined && !fault.message.includes('expected'));
  expect(unsaid).toEqual([]);
});

function after(source: { readonly line: number; readonly column: number } | undefined): string {
  return (text.split('\n')[(source?.line ?? 0) - 1] ?? '').slice((source?.column ?? 0) - 1);
}

function startsWith(start: string): RegExp {
  return new RegExp(`^${start.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
