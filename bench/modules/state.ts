import v8 from 'node:v8';

/** Plain objects under one field a branch, all together of about this size in bytes when serialised. */
export function makeState(fields: number, sizeBytes: number): Record<string, readonly unknown[]> {
  const entries = 64;
  const perEntry = v8.serialize(Array.from({ length: entries }, (_, index) => entry(index))).byteLength / entries;
  const count = Math.round(sizeBytes / fields / perEntry);
  const listOf = (field: number) => Array.from({ length: count }, (_, index) => entry(field * count + index));
  return Object.fromEntries(Array.from({ length: fields }, (_, field) => [`f${field}`, listOf(field)]));
}

function entry(index: number) {
  return { id: index, name: `entry ${index}`, value: index / 3, isOpen: index % 2 === 0, tags: ['a', `t${index % 100}`] };
}

export default function make({ fields, sizeBytes }: { readonly fields: number; readonly sizeBytes: number }) {
  return makeState(fields, sizeBytes);
}
