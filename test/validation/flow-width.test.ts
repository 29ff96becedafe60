import { expect, it } from 'vitest';
import { flowWidth } from '#src/validation/index.js';
import { parseWorkflow } from '#src/workflow.js';

const node = (id: string, more = '') => `<transform:select id="${id}" ${more}>1</transform:select>`;
const branches = (...bodies: readonly string[]) => bodies.map((body) => `<branch>${body}</branch>`).join('');
const unlimited = Number.POSITIVE_INFINITY;

it.each([
  ['a chain', `${node('a')}${node('b', 'input="a.output"')}`, 1],
  ['independent nodes', `${node('a')}${node('b')}${node('c', 'after="a b"')}`, 2],
  ['nodes of phases', `<phase name="one">${node('a')}</phase><phase name="two">${node('b')}</phase>`, 2],
  ['a foreach', `<foreach id="f" items="[1]">${node('a')}</foreach>`, unlimited],
  ['a foreach with a limit', `<foreach id="f" items="[1]" maxConcurrency="3">${node('a')}</foreach>`, 3],
  ['branches', `<parallel id="p">${branches(node('a'), node('b') + node('c'))}</parallel>`, 2],
  ['branches with a limit', `<parallel id="p" maxConcurrency="1">${branches(node('a'), node('b'))}</parallel>`, 1],
  [
    'a race of a list with a node',
    `<parallel id="p" join="any">${branches(`<foreach id="f" items="[1]">${node('a')}</foreach>`, node('b'))}</parallel>`,
    unlimited,
  ],
  [
    'limits inside one another',
    `<foreach id="f" items="[1]" maxConcurrency="2"><parallel id="p">${branches(node('a'), node('b'), node('c'))}</parallel></foreach>`,
    6,
  ],
  ['a loop', `<loop id="l" maxIterations="5">${node('a')}${node('b')}<break when="true"/></loop>`, 1],
  [
    'the wider of two choices',
    `<if id="i" condition="true"><then>${node('a')}</then><else><parallel id="p">${branches(node('b'), node('c'))}</parallel></else></if>`,
    2,
  ],
  [
    'a fallback',
    `<transform:select id="a">1<fallback><parallel id="p">${branches(node('b'), node('c'))}</parallel></fallback></transform:select>`,
    2,
  ],
  [
    'branches whose fallback runs after them',
    `<parallel id="p">${branches(node('a'), node('b'))}<fallback>${node('c')}</fallback></parallel>`,
    2,
  ],
  [
    'a list of branches whose fallback is wider',
    `<foreach id="f" items="[1]" maxConcurrency="2"><parallel id="p">${branches(node('a'), node('b'))}<fallback><parallel id="q">${branches(node('x'), node('y'), node('z'))}</parallel></fallback></parallel></foreach>`,
    6,
  ],
  [
    'a list with a fallback of its own',
    `<foreach id="f" items="[1]" maxConcurrency="2">${node('a')}<fallback><parallel id="q">${branches(node('x'), node('y'), node('z'))}</parallel></fallback></foreach>`,
    3,
  ],
  [
    'handlers, after everything else',
    `${node('a')}<finally><foreach id="f" items="[1]">${node('b')}</foreach></finally>`,
    unlimited,
  ],
])('the width of %s', (_what, body, width) => {
  expect(flowWidth(parseWorkflow(`<workflow name="w">${body}</workflow>`))).toBe(width);
});
