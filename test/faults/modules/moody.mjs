// Fails its first attempts in one way or another, then gives back what it got.
const moods = {
  throw: () => {
    throw new Error('not yet');
  },
  hang: () => new Promise(() => undefined),
  loop: () => {
    for (;;);
  },
  exit: () => process.exit(1),
};

export default ({ mood, fails, value }, { attempt }) => (attempt <= fails ? moods[mood]() : value);
