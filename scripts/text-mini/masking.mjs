// Rows of tokens from documents, and their masked places, by the product's own packing and masking.
import { draws } from "../../dist/core/random.js";
import { kindOf, maskRow as maskedRow } from "../../dist/data/texts/masking.js";
import { packedRows } from "../../dist/data/texts/packing.js";

export const pad = 0;
const [cls, sep, mask] = [2, 3, 4];

/**
 * Joins the documents of one pass in random order, with [SEP] after each, and cuts them into rows of `length`: [CLS] …
 * [SEP].
 * @returns (row) => Uint16Array, and their number
 */
export function rowsOfPass({ tokens, lines, documents }, options) {
  const starts = Array.from(documents, (line) => lines[line]);
  return packedRows(
    { tokens: tokens.subarray(0, starts.at(-1)), starts },
    { ...options, before: [cls], behind: [sep] },
  );
}

/** Masks whole words; for single Chinese characters sometimes also the next one or two. Changes the row. */
export function maskRow(row, { count, kind, vocabulary, random }) {
  const ordinary = { length: vocabulary - mask - 1, at: (i) => mask + 1 + i };
  const special = (token) => token <= mask;
  return maskedRow(row, { count, unit: "word", kind, special, mask, ordinary, random });
}

/** What kind of token each number is. */
export function kindsOf(vocabulary) {
  const kinds = new Array(vocabulary.size).fill("other");
  for (const [token, id] of vocabulary) kinds[id] = kindOf(token);
  return (id) => kinds[id];
}

/** Replaces words of several characters in a row by their characters, cut at its length; [SEP] stays last. */
export function spelledRow(row, parts) {
  const all = [...row].flatMap((token) => parts.get(token) ?? [token]);
  const out = Uint16Array.from(all.slice(0, row.length));
  out[row.length - 1] = sep;
  return out;
}

/**
 * Yields the batches of masked-language modelling, steps from … to - 1: half of the rows in each language; each depends
 * on seed and step alone.
 * @param options `parts`: the characters of each word; a share `masked.spelled` of the rows is spelled
 */
export async function* maskedBatches(corpora, vocabulary, { seed, masked, network, parts }, from, to) {
  const { rows, length } = masked;
  const count = Math.round(masked.share * length);
  const kind = kindsOf(vocabulary);
  const each = rows / corpora.length;
  const passes = corpora.map(() => ({ pass: -1, rows: undefined }));
  const size = corpora.map((c) => Math.floor((c.tokens.length + c.documents.length - 1) / (length - 2)));
  for (let step = from; step < to; step++) {
    const x = new BigInt64Array(rows * (length + 1));
    const at = new BigInt64Array(rows * count);
    const labels = new BigInt64Array(rows * count);
    for (let r = 0; r < rows; r++) {
      const language = r % corpora.length;
      const index = step * each + Math.floor(r / corpora.length);
      const pass = Math.floor(index / size[language]);
      if (passes[language].pass !== pass)
        passes[language] = {
          pass,
          rows: rowsOfPass(corpora[language], { length, seed, key: `language ${language}`, pass }),
        };
      const whole = passes[language].rows.row(index - pass * size[language]);
      const random = draws(seed, "masks", language, index);
      const row = parts && random.chance(masked.spelled) ? spelledRow(whole, parts) : whole;
      const { places, tokens } = maskRow(row, { count, kind, vocabulary: vocabulary.size, random });
      for (let i = 0; i < length; i++) x[r * (length + 1) + i] = BigInt(row[i]);
      // Most rows begin at the first position, as texts do; the others train positions beyond `length`.
      const begins = random.chance(0.7) ? 0 : random.integer(network.positions - length + 1);
      x[r * (length + 1) + length] = BigInt(begins);
      places.forEach((place, i) => {
        at[r * count + i] = BigInt(r * length + place);
        labels[r * count + i] = BigInt(tokens[i]);
      });
    }
    const all = new BigInt64Array(x.length + at.length);
    all.set(x);
    all.set(at, x.length);
    yield {
      "train.x": { dtype: "int64", dims: [all.length], data: all },
      "train.labels": { dtype: "int64", dims: [labels.length], data: labels },
      "train.weights": {
        dtype: "float32",
        dims: [labels.length],
        data: new Float32Array(labels.length).fill(1),
      },
    };
  }
}
