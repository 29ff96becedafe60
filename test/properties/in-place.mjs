export const readonly = true;
export const handsOver = true;

let before;

/** Whether it was given the very memory that it was given last in this thread; it only compares. */
export default function (input) {
  const { buffer } = 'bytes' in input ? input.bytes : input;
  const isSame = buffer === before;
  before = buffer;
  return isSame;
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
