/** One index out of the files' own: `postings[term]` lists `[number of the file, count]` in the order of `files`. */
export default function mergeIndex(entries) {
  const postings = new Map();
  entries.forEach(({ terms }, file) => {
    for (const [term, count] of terms) {
      const list = postings.get(term);
      if (list) list.push([file, count]);
      else postings.set(term, [[file, count]]);
    }
  });
  const sorted = [...postings].sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: entries.map(({ file }) => file), termCount: sorted.length, postings: Object.fromEntries(sorted) };
}
