/** How often each word of three letters or more occurs, `camelCase` taken apart: `[["abort", 12], …]`. */
export default function countTerms(text) {
  const counts = new Map();
  for (const [word] of text.matchAll(/[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])/g)) {
    const term = word.toLowerCase();
    if (term.length > 2) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return [...counts];
}
