// Finds Chinese words in unlabelled text: strings of two or three characters that belong together and occur in varied
// contexts.
//
//   together  min over cuts  ln n(ab) N / (n(a) n(b))  ≥ cohesion        (pointwise mutual information of the parts)
//   company   H of the character before, H of the one after  ≥ company  (nats; each edge of a run counts as distinct)
//   order     n × together
//
// Words are found by the longest match from the left. A reader of `tokenizer.json` does the same with its added tokens.
const run = /[\u4e00-\u9fff\u3400-\u4dbf]+/gu;
const longest = 3;

/** Entropy of counts in nats; each of `edges` more neighbours counts once. */
function entropy(counts, edges) {
  let total = edges;
  for (const n of counts.values()) total += n;
  let sum = 0;
  for (const n of counts.values()) sum -= (n / total) * Math.log(n / total);
  return sum + (edges / total) * Math.log(total || 1);
}

/**
 * @param {() => Iterable<string>} texts read once for each length of words, and once more
 * @param {{ size: number, rare: number, cohesion: number, company: number }} options at most `size` words; those rarer
 * than `rare` are left out
 * @returns {string[]} best first
 */
export function chineseWords(texts, { size, rare, cohesion, company }) {
  const counts = new Map();
  let total = 0;
  for (let n = 1; n <= longest; n++) {
    const found = new Map();
    for (const text of texts())
      for (const [part] of text.matchAll(run))
        for (let i = 0; i + n <= part.length; i++) {
          const word = part.slice(i, i + n);
          // No string is more frequent than its parts.
          if (n > 1 && !(counts.has(word.slice(1)) && counts.has(word.slice(0, -1)))) continue;
          found.set(word, (found.get(word) ?? 0) + 1);
        }
    for (const [word, count] of found) {
      if (n === 1) total += count;
      if (count >= rare) counts.set(word, count);
    }
  }
  const together = (word) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < word.length; i++) {
      const parts = counts.get(word.slice(0, i)) * counts.get(word.slice(i));
      least = Math.min(least, Math.log((counts.get(word) * total) / parts));
    }
    return least;
  };
  const candidates = new Map();
  for (const word of counts.keys())
    if (word.length > 1 && together(word) >= cohesion)
      candidates.set(word, { before: new Map(), behind: new Map(), edges: [0, 0] });
  for (const text of texts())
    for (const [part] of text.matchAll(run))
      for (let n = 2; n <= longest; n++)
        for (let i = 0; i + n <= part.length; i++) {
          const seen = candidates.get(part.slice(i, i + n));
          if (!seen) continue;
          if (i === 0) seen.edges[0]++;
          else seen.before.set(part[i - 1], (seen.before.get(part[i - 1]) ?? 0) + 1);
          if (i + n === part.length) seen.edges[1]++;
          else seen.behind.set(part[i + n], (seen.behind.get(part[i + n]) ?? 0) + 1);
        }
  return [...candidates]
    .filter(
      ([, { before, behind, edges }]) =>
        entropy(before, edges[0]) >= company && entropy(behind, edges[1]) >= company,
    )
    .map(([word]) => [word, counts.get(word) * together(word)])
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, size)
    .map(([word]) => word);
}

/** Splits a text into words and other parts: [text, isWord][]. The longest word from the left wins. */
export function splitWords(words) {
  const known = new Set(words);
  const first = new Set(words.map((word) => word[0]));
  return (text) => {
    const parts = [];
    let start = 0;
    for (let i = 0; i < text.length; ) {
      let n = first.has(text[i]) ? longest : 0;
      while (n > 1 && !(i + n <= text.length && known.has(text.slice(i, i + n)))) n--;
      if (n < 2) {
        i++;
        continue;
      }
      if (i > start) parts.push([text.slice(start, i), false]);
      parts.push([text.slice(i, i + n), true]);
      i += n;
      start = i;
    }
    if (start < text.length) parts.push([text.slice(start), false]);
    return parts;
  };
}
