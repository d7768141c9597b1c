// Pairs of related texts: neighbours in a document, halves of a line, and translations.
import { draws } from "../../dist/core/random.js";

const [cls, sep] = [2, 3];

/**
 * The texts of the index-th pair of a language: line i and the next one in its document; if there is none, or
 * sometimes, the two parts of the line. Undefined for a line too short to split.
 * @param {Uint32Array} documentOf the document of each line
 */
export function neighbours({ tokens, lines, documents }, documentOf, line, random, { split, fewest }) {
  const text = (i) => tokens.subarray(lines[i], lines[i + 1]);
  const own = text(line);
  const next = line + 1 < documents[documentOf[line] + 1] ? text(line + 1) : undefined;
  const whole = own.length >= fewest && next !== undefined && next.length >= fewest;
  if (whole && !random.chance(split)) return [own, next];
  if (own.length < 2 * fewest) return undefined;
  const at = Math.round(own.length * (0.35 + 0.3 * random.uniform()));
  return [own.subarray(0, at), own.subarray(at)];
}

/** The document of each line. */
export function documentsOf({ lines, documents }) {
  const out = new Uint32Array(lines.length - 1);
  for (let d = 0; d + 1 < documents.length; d++) out.fill(d, documents[d], documents[d + 1]);
  return out;
}

/**
 * A text as a row of `length` tokens: a window of it with some tokens dropped, [CLS] before, [SEP] after, then zeros.
 * @param options `parts`: the characters of each Chinese word, used for a share `spelled` of them
 */
export function pairRow(text, { length, dropped, spelled = 0, parts }, random) {
  const most = length - 2;
  const from = text.length > most ? random.integer(text.length - most + 1) : 0;
  const kept = [];
  for (let i = from; i < Math.min(text.length, from + most); i++) {
    if (random.chance(dropped)) continue;
    const letters = parts?.get(text[i]);
    if (letters && random.chance(spelled)) kept.push(...letters);
    else kept.push(text[i]);
  }
  const row = [cls, ...(kept.length > 0 ? kept.slice(0, most) : [text[from]]), sep];
  return BigInt64Array.from({ length }, (_, i) => BigInt(row[i] ?? 0));
}

/** Source of each step, by its share; all pairs of a step are of one source, so that the language gives no hint. */
export const sourceOf = (shares, random) => {
  const draw = random.uniform();
  let sum = 0;
  return Math.max(
    0,
    shares.findIndex((share) => {
      sum += share;
      return draw < sum;
    }),
  );
};

/**
 * Yields the batches of the contrastive stage, steps from … to - 1: rows of the first texts, then rows of the second
 * ones; the label of a row is the number of its pair. Each batch depends on seed and step alone.
 * @param translations [tokens, tokens][]
 */
export async function* pairBatches(corpora, translations, { seed, pairs, key = "pairs", parts }, from, to) {
  const { batch, length, shares } = pairs;
  const options = { ...pairs, parts };
  const owners = corpora.map(documentsOf);
  for (let step = from; step < to; step++) {
    const random = draws(seed, key, step);
    const source = sourceOf(shares, random);
    const x = new BigInt64Array(2 * batch * length);
    const labels = BigInt64Array.from({ length: 2 * batch }, (_, i) => BigInt(i % batch));
    const seen = new Set();
    for (let i = 0; i < batch; ) {
      let pair;
      if (source < corpora.length) {
        const corpus = corpora[source];
        const line = random.integer(corpus.lines.length - 1);
        // Two pairs of one document are no negatives of each other.
        const owner = owners[source][line];
        if (seen.has(owner)) continue;
        pair = neighbours(corpus, owners[source], line, random, pairs);
        if (pair) seen.add(owner);
      } else {
        const index = random.integer(translations.length);
        if (seen.has(index)) continue;
        pair = translations[index];
        seen.add(index);
      }
      if (!pair) continue;
      x.set(pairRow(pair[0], options, random), i * length);
      x.set(pairRow(pair[1], options, random), (batch + i) * length);
      i++;
    }
    yield {
      "train.x": { dtype: "int64", dims: [2 * batch, length], data: x },
      "train.labels": { dtype: "int64", dims: [2 * batch], data: labels },
      "train.weights": {
        dtype: "float32",
        dims: [2 * batch],
        data: new Float32Array(2 * batch).fill(1),
      },
    };
  }
}
