export const readonly = true;
export const handsOver = true;

/** Weak: it has promised to keep nothing. */
let before = new WeakRef({});

/** Whether it was given the very memory that it was given last in this thread. */
export default function (input) {
  const { buffer } = 'bytes' in input ? input.bytes : input;
  const isSame = buffer === before.deref();
  before = new WeakRef(buffer);
  return isSame;
}

export function length(input) {
  return input.byteLength;
}

/** What it was given. */
export function pass(input) {
  return input;
}

/** Forgets its word: throws where all but the bytes is frozen. */
export function tag(input) {
  input.meta.tags.push('more');
  return 'written';
}
