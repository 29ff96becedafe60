/** Spoils what it was given, then answers from what it had been; numbers divisible by five fail. */
export default function (input) {
  const { n, list } = structuredClone(input);
  input.list[1].deep = 'spoiled';
  input.list.length = 0;
  input.n = 'spoiled';
  if (typeof n === 'number' && n % 5 === 0) throw new Error(`no ${n}`);
  return n + list[0] + list[1].deep;
}
