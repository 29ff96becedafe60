/** A fixed amount of computing: `steps` rounds of a number generator. Gives back its last number. */
export default function spin(steps: number): number {
  let x = 1;
  for (let step = 0; step < steps; step++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}
