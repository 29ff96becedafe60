import fc from 'fast-check';
import { realFlows } from './corpus.js';
import { snippets } from './snippets.js';

/** Whole values that a setting may be given. */
export const settingValues: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    'valueOf',
    'length',
    'size',
    'map',
    'has',
    'type',
    'int',
  ],
  ...[
    '',
    ' ',
    '0',
    '1',
    '-1',
    '1e3',
    '1e400',
    '99999999999999999999',
    '0.1',
    'NaN',
    'Infinity',
    'true',
    'null',
    '100%',
    '0%',
    '-5%',
    '1e9%',
  ],
  ...[
    '1ms',
    '0s',
    '999999999999d',
    'P1Y',
    'PT0.0001S',
    '1h1h',
    '10MiB',
    '999999PB',
    'any',
    'all',
    '2',
    'continue',
    'wait',
    'finish',
    'fail-fast',
  ],
  ...[
    '[1, 2, 3]',
    '[]',
    '{}',
    '{"a": 1}',
    'null',
    'input',
    'run.input',
    'config',
    'secrets',
    'env',
    'vars',
    'nodes',
    'run',
    'item',
    'index',
  ],
  ...[
    'lists.range(1000)',
    'lists.range(100000000)',
    '"a" + 1',
    '1 / 0',
    'input.x.y.z',
    'nodes[run.input]',
    '[[1]].flatten(9)',
    '"x".matches("(a+)+$")',
  ],
  ...[
    '{{ run.input }}',
    'a{{ run.input }}b',
    '{{ {{ }}',
    'x'.repeat(2_000),
    '('.repeat(500),
    '[1].map(x, '.repeat(60),
    '!'.repeat(3_000),
    'a.'.repeat(3_000),
  ],
];

const place = fc.double({ min: 0, max: 1, noNaN: true });

type Edit = (text: string) => string;

const position = (text: string, at: number): number => Math.floor(at * text.length);

const insert = fc.tuple(place, fc.constantFrom(...snippets, ...settingValues)).map(
  ([at, put]): Edit =>
    (text) => {
      const index = position(text, at);
      return text.slice(0, index) + put + text.slice(index);
    },
);

const remove = fc.tuple(place, fc.nat(30)).map(
  ([at, length]): Edit =>
    (text) => {
      const index = position(text, at);
      return text.slice(0, index) + text.slice(index + length);
    },
);

const flip = fc.tuple(place, fc.nat(0xff)).map(
  ([at, bits]): Edit =>
    (text) => {
      const index = position(text, at);
      return text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ bits) + text.slice(index + 1);
    },
);

const duplicate = fc.tuple(place, place, fc.nat(200), fc.integer({ min: 1, max: 40 })).map(
  ([from, to, length, times]): Edit =>
    (text) => {
      const start = position(text, from);
      const target = position(text, to);
      return text.slice(0, target) + text.slice(start, start + length).repeat(times) + text.slice(target);
    },
);

const splice = fc.tuple(place, place, place, fc.constantFrom(...realFlows)).map(
  ([at, from, to, other]): Edit =>
    (text) => {
      const index = position(text, at);
      return (
        text.slice(0, index) +
        other.slice(position(other, Math.min(from, to)), position(other, Math.max(from, to))) +
        text.slice(index)
      );
    },
);

/** Anything at all, most of it no XML any more. */
export const harshEdit: fc.Arbitrary<Edit> = fc.oneof(insert, remove, flip, duplicate, splice);

/** Spans that a pattern finds, so that what is left is still XML. */
function pick(text: string, pattern: RegExp, at: number): RegExpExecArray | undefined {
  const found = [...text.matchAll(pattern)];
  return found[Math.min(found.length - 1, Math.floor(at * found.length))];
}

function replaceSpan(pattern: RegExp, at: number, put: (found: RegExpExecArray) => string): Edit {
  return (text) => {
    const found = pick(text, pattern, at);
    return found === undefined ? text : text.slice(0, found.index) + put(found) + text.slice(found.index + found[0].length);
  };
}

const attribute = / [\w:-]+=(?:"[^"<]*"|'[^'<]*')/g;
const attributeValue = /(?<==")[^"<]*(?=")/g;
const element = /<([\w:-]+)[^<>]*(?:\/>|>[^<>]*<\/\1>)/g;
const word = /[A-Za-z_][\w-]*/g;
const number = /\b\d+(?:\.\d+)?\b/g;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const giveValue = fc
  .tuple(place, fc.constantFrom(...settingValues))
  .map(([at, value]) => replaceSpan(attributeValue, at, () => escaped(value)));
const swapValues = fc.tuple(place, place).map(
  ([at, from]): Edit =>
    (text) =>
      replaceSpan(attributeValue, at, () => pick(text, attributeValue, from)?.[0] ?? '')(text),
);
const dropAttribute = place.map((at) => replaceSpan(attribute, at, () => ''));
const addAttribute = fc
  .tuple(
    place,
    fc.constantFrom(
      'when',
      'input',
      'timeout',
      'join',
      'onError',
      'maxConcurrency',
      'merge',
      'batch',
      'losers',
      'cost',
      'after',
      'toleratedFailures',
      'conflict',
      'scope',
      'format',
    ),
    fc.constantFrom(...settingValues),
  )
  .map(([at, name, value]) => replaceSpan(/(?<=<[\w:-]+)(?=[ />])/g, at, () => ` ${name}="${escaped(value)}"`));
const dropElement = place.map((at) => replaceSpan(element, at, () => ''));
const doubleElement = fc
  .tuple(place, fc.boolean())
  .map(([at, rename]) => replaceSpan(element, at, ([whole]) => whole + (rename ? whole.replace(/\bid="/, 'id="x') : whole)));
const moveElement = fc.tuple(place, place).map(
  ([from, to]): Edit =>
    (text) => {
      const moved = pick(text, element, from)?.[0] ?? '';
      return replaceSpan(element, to, ([whole]) => whole + moved)(text.replace(moved, () => ''));
    },
);
const swapWord = fc.tuple(place, place).map(
  ([at, from]): Edit =>
    (text) =>
      replaceSpan(word, at, () => pick(text, word, from)?.[0] ?? '')(text),
);
const changeNumber = fc
  .tuple(place, fc.constantFrom('0', '1', '2', '-1', '1e9', '0.5', '99', '1000', '100000', '9007199254740993', '1e308'))
  .map(([at, value]) => replaceSpan(number, at, () => value));
const renameEverywhere = fc
  .tuple(
    place,
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'size',
      'map',
      'has',
      'sum',
      'dyn',
      'optional',
      'json',
      'math',
      'cel',
      'lists',
      'x-y',
      'input',
      'true',
      'null',
      'in',
    ),
  )
  .map(
    ([at, name]): Edit =>
      (text) => {
        const id = pick(text, /(?<= (?:id|name|item|index)=")[\w-]+(?=")/g, at)?.[0];
        return id === undefined ? text : text.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), () => name);
      },
  );

/** Changes after which the text is mostly XML still, and now and then a flow. */
export const gentleEdit: fc.Arbitrary<Edit> = fc.oneof(
  giveValue,
  swapValues,
  dropAttribute,
  addAttribute,
  dropElement,
  doubleElement,
  moveElement,
  swapWord,
  changeNumber,
  renameEverywhere,
);

/** Texts of a corpus, each with a few changes. */
export function mutated(corpus: readonly string[], edit: fc.Arbitrary<Edit>, most: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(edit, { minLength: 1, maxLength: most }))
    .map(([text, edits]) => edits.reduce((changed, apply) => apply(changed).slice(0, 200_000), text));
}
