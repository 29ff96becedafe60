import fc from 'fast-check';

const filler = 'x'.repeat(20_000);

/** Anything that can be copied, small; half of it can be frozen for good. */
const smallValue = fc.oneof(
  fc.anything({ withMap: true, withSet: true, withTypedArray: true, withBigInt: true }),
  // Node 20 says of no two invalid dates that they are equal.
  fc.array(fc.oneof(fc.date({ noInvalidDate: true }), fc.jsonValue())),
  fc.jsonValue(),
);

/** Random values large enough to travel as snapshots, many with references shared by their fields, cycles and large buffers. */
export const bigValue: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    fields: fc.array(smallValue, { minLength: 1, maxLength: 4 }),
    nested: smallValue,
    shape: fc.integer({ min: 0, max: 63 }),
  })
  .map(({ fields, nested, shape }) => {
    const value: Record<string, unknown> = { title: 'small' };
    fields.forEach((field, position) => {
      value[`f${position}`] = [{ filler, field }, shape & 32 ? field : position];
    });
    value['nested'] = { inner: { list: [filler, nested], n: 1 }, nested: shape & 32 ? nested : 1 };
    if (shape & 1) value['again'] = value['f0'];
    if (shape & 2) value['self'] = { filler, value };
    if (shape & 4) value['bytes'] = new Uint8Array(70_000).fill(3);
    if (shape & 8) value['views'] = [filler, new Float64Array(10_000).fill(0.5), new Map([['k', new Date(1)]])];
    if (shape & 16) value['one'] = [(value['nested'] as { inner: object }).inner, filler];
    return value;
  });

/** Which of a value's objects are one and the same, by the order in which they are met: equal for equal graphs. */
export function identities(root: unknown): number[] {
  const met = new Map<object, number>();
  const order: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const known = met.get(value);
    order.push(known ?? met.size);
    if (known !== undefined) return;
    met.set(value, met.size);
    for (const member of membersOf(value)) visit(member);
  };
  visit(root);
  return order;
}

function membersOf(value: object): readonly unknown[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (value instanceof Map) return [...value].flat();
  return value instanceof Set ? [...value] : Object.values(value);
}
