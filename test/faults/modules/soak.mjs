// One item of the soak: counts that it ran, then does what its fault says.
const nothing = () => undefined;

const faults = {
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('on purpose');
  },
  'throw-null': () => {
    throw null;
  },
  'late-throw': (n) => {
    setTimeout(() => {
      throw new Error('too late');
    }, 1);
    return n;
  },
  'late-rejection': (n) => {
    setTimeout(() => void Promise.reject(new Error('too late')), 1);
    return n;
  },
  loop: () => {
    for (;;);
  },
  native: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  promise: () => new Promise(nothing),
  'deaf-to-cancel': (_n, { isCancelled }) => {
    for (;;) isCancelled();
  },
  memory: () => {
    const all = [];
    for (;;) all.push(Array.from({ length: 1_000 }, (_, n) => [n]));
  },
  function: () => [{ undo: nothing }],
  deep: () => {
    let value = null;
    for (let level = 0; level < 10_000; level++) value = [value];
    return value;
  },
};

export default function soak({ counts, kinds, names }, context) {
  const { item, options } = context;
  Atomics.add(new Int32Array(counts), item, 1);
  const name = names[new Uint8Array(kinds)[item]];
  return name === undefined ? slowly(item, Number(options.ms)) : faults[name](item, context);
}

function slowly(item, ms) {
  for (const end = performance.now() + ms; performance.now() < end; );
  return item;
}
