export const readonly = true;
export const handsOver = true;

/** The last byte, which it then counts up: the next reader of the very memory sees that. It breaks its word, but only there. */
export default function (input) {
  const bytes = 'bytes' in input ? input.bytes : input;
  return bytes[bytes.length - 1]++;
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
