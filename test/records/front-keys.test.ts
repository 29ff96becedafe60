import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOfPlainFront, toNamesRead } from '#src/dispatch/front-digest.js';
import { plainDigest } from '#src/dispatch/plain-digest.js';
import type { Iteration } from '#src/dispatch/types.js';
import { frontsOf } from '#src/records/front-keys.js';
import { ValueDigests } from '#src/records/value-digests.js';
import { toReadSet } from '#src/state/index.js';

const names = ['it', 'index', 'vars', 'more'];
const fields = ['n', 'text', 'toString', '__proto__', ''];
const primitive = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.double(),
  fc.constantFrom<unknown>(null, undefined, true, -0, 0, 5n, '=', ',it:1'),
);
const flat = fc.oneof(primitive, fc.dictionary(fc.constantFrom(...fields), primitive, { noNullPrototype: true }));

/** As they may go to a thread as they are: their item may be the input, and stand under a name. */
const iteration = fc
  .record({
    item: flat,
    input: flat,
    isInput: fc.boolean(),
    named: fc.subarray(names.slice(1)).chain((some) => fc.tuple(...some.map((name) => fc.tuple(fc.constant(name), primitive)))),
    isNamed: fc.boolean(),
  })
  .map(({ item, input, isInput, named, isNamed }): Iteration => {
    const own = Object.fromEntries(isNamed ? [['it', item], ...named] : named);
    return {
      ...{ attempt: 1, index: 0, branch: undefined, item },
      input: isInput ? item : input,
      slice: { names: own, nodes: {} },
    };
  });

const read = fc
  .record({ name: fc.constantFrom(...names), path: fc.array(fc.constantFrom(...fields), { maxLength: 2 }) })
  .map(({ name, path }) => ({ kind: 'name' as const, name, path }));
const nodes = fc.array(
  fc.array(read, { maxLength: 3 }).map((reads) => {
    const set = toReadSet(reads);
    return { does: '', reads: set, names: toNamesRead(set.names) };
  }),
  { minLength: 1, maxLength: 4 },
);

test('a thread and the main thread tell the fronts of a plain iteration alike', () => {
  const digests = new ValueDigests((text) => text);
  const shared = { names: {}, nodes: {} };
  fc.assert(
    fc.property(iteration, nodes, (given, read) => {
      fc.pre(plainDigest(given) !== undefined);
      const fronts = frontsOf(read, '', shared, digests);
      const ofThread = read.map((_, last) => digestOfPlainFront(given, fronts.names.slice(0, last + 1)));
      expect(fronts.digestsOf(given)).toEqual(ofThread);
    }),
  );
});
