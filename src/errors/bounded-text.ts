/** A message longer than this fills a terminal and a record, and nobody reads it to its end. */
export const mostCharacters = 10_000;

/** The beginning of a text that is longer than anybody reads, and how long it is; other text as it is. */
export function boundedText(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}… (${text.length} characters in all)`;
}
