const gib = 2 ** 30;
/** As long as V8 lets a text be. */
const longest = (character) => character.repeat(2 ** 29 - 24);

const makers = {
  buffer: (size) => new ArrayBuffer(size * gib),
  shared: (size) => new SharedArrayBuffer(size * gib),
  bytes: (size) => new Uint8Array(size * gib),
  field: (size) => ({ rows: 1, deep: [new Uint8Array(size * gib)] }),
  text: () => longest('x'),
  // One text, which takes two bytes a character and is written each time.
  texts: (size) => new Array(size).fill(longest('\u4E00')),
};

/** Memory that nobody has written to takes addresses and no pages. */
export function make(_input, { options: { kind, size } }) {
  return makers[kind](Number(size));
}

export function sizeOf(value) {
  return value.byteLength ?? value.length ?? Object.keys(value).length;
}
