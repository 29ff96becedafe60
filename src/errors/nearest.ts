/** Comparing takes time by the product of both lengths, and nobody means a name that long to be another. */
const longestName = 100;
/** A file may hold thousands of names and thousands of slips. */
const mostCompared = 500;

/** The known name closest to `name` by edit distance, if it is close enough to be a slip of the pen: less than half of it differs. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  let compared = 0;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    compared += 1;
    if (compared > mostCompared) break;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance && 2 * distance < Math.max(name.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `Did you mean "x"?`, or nothing when no known name is near. */
export function suggestName(name: string, known: Iterable<string>): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}

/**
 * The known name that a free one is probably a slip of: one letter more, less, other or swapped with its neighbour, but no plural. Stricter than `nearestName`,
 * as names that are free are mostly meant: another first letter makes another word, as in "host" and "cost".
 */
export function slipOf(name: string, known: Iterable<string>): string | undefined {
  const free = name.toLowerCase();
  for (const candidate of known) {
    if (candidate.length < 3 || Math.abs(candidate.length - name.length) > 1) continue;
    const other = candidate.toLowerCase();
    if (free === other || (!isOtherWord(free, other) && editDistance(free, other) === 1)) return candidate;
  }
  return undefined;
}

/** A plural, or one with another first letter. Of few letters most changes make a word: "coat", "hen". */
function isOtherWord(free: string, other: string): boolean {
  if (free === `${other}s`) return true;
  if (Math.min(free.length, other.length) > 4) return free.length === other.length && free.slice(1) === other.slice(1);
  if (free[0] !== other[0]) return true;
  if (free.length > other.length) return free.replace(/(.)\1/, '$1') !== other;
  return free.length === other.length && [...free].sort().join('') !== [...other].sort().join('');
}

/** Optimal string alignment: Levenshtein distance in which swapping two neighbours is one edit. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : substitution;
      next.push(Math.min(substitution, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
