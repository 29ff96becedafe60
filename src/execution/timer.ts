/** setTimeout takes 32 bits: anything longer fires at once. */
const longestMs = 2 ** 31 - 1;

/** Calls `fire` after `ms` milliseconds, however many; gives the function that calls it off. */
export function startTimer(ms: number, fire: () => void): () => void {
  let handle: NodeJS.Timeout;
  const wait = (left: number): void => {
    handle = setTimeout(() => (left > longestMs ? wait(left - longestMs) : fire()), Math.min(left, longestMs));
  };
  wait(ms);
  return () => clearTimeout(handle);
}
