const gib = 2 ** 30;
/** As long as V8 lets a text be, in one byte a character. */
const longest = () => 'x'.repeat(2 ** 29 - 24);

const makers = {
  buffer: (size) => new ArrayBuffer(size * gib),
  shared: (size) => new SharedArrayBuffer(size * gib),
  bytes: (size) => new Uint8Array(size * gib),
  field: (size) => ({ rows: 1, deep: [new Uint8Array(size * gib)] }),
  text: () => longest(),
  texts: (size) => Array.from({ length: size * 2 }, longest),
};

/** Memory that nobody has written to takes addresses and no pages. */
export function make(_input, { options: { kind, size } }) {
  return makers[kind](Number(size));
}

export function sizeOf(value) {
  return value.byteLength ?? value.length ?? Object.keys(value).length;
}
