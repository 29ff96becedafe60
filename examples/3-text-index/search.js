const most = 5;

/** The files that fit the words of a query best: often in this file, seldom in others (tf-idf). */
export default function search({ files, postings }, { options: { query } }) {
  const scores = new Float64Array(files.length);
  for (const term of query.toLowerCase().split(/\s+/)) {
    const list = Object.hasOwn(postings, term) ? postings[term] : [];
    const rarity = Math.log((files.length + 1) / (list.length + 1));
    for (const [file, count] of list) scores[file] += (1 + Math.log(count)) * rarity;
  }
  return files
    .map((file, index) => ({ file, score: Math.round(scores[index] * 100) / 100 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
}
