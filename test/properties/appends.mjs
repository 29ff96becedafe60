/** Says what it was given; it may change that, and does. */
export default function (input) {
  const seen = structuredClone(input);
  input.push('more');
  return seen;
}
