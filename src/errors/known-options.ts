import { nearestName } from './nearest.js';

/**
 * Callers without types get a word about their slip.
 * @throws TypeError for an option that there is not, with the nearest that there is
 */
export function assertKnownOptions(given: object, known: Readonly<Record<string, true>>, what: string): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, Object.keys(known));
  const help = nearest === undefined ? `it takes ${Object.keys(known).join(', ')}` : `did you mean ${nearest}?`;
  throw new TypeError(`There is no option ${JSON.stringify(unknown)} of ${what}: ${help}`);
}
