// Rows of tokens from documents, and what of them is masked.
import { draws, permutation } from "../../dist/core/random.js";

export const pad = 0;
const [cls, sep, mask] = [2, 3, 4];

/**
 * The documents of one pass in a random order, one behind the other with [SEP] after each, cut into rows of `length`:
 * [CLS] … [SEP]. Rows are in a random order too, so that neighbours of one document lie apart.
 * @returns (row) => Uint16Array, and how many there are
 */
export function rowsOfPass({ tokens, lines, documents }, { length, seed, key, pass }) {
  const order = permutation(documents.length - 1, seed, `${key} documents`, pass);
  const stream = new Uint16Array(tokens.length + documents.length);
  let at = 0;
  for (const d of order) {
    const [from, to] = [lines[documents[d]], lines[documents[d + 1]]];
    stream.set(tokens.subarray(from, to), at);
    at += to - from;
    stream[at++] = sep;
  }
  const inner = length - 2;
  const count = Math.floor(at / inner);
  const rows = permutation(count, seed, `${key} rows`, pass);
  return {
    count,
    row(i) {
      const out = new Uint16Array(length);
      out[0] = cls;
      out.set(stream.subarray(rows[i] * inner, (rows[i] + 1) * inner), 1);
      out[length - 1] = sep;
      return out;
    },
  };
}

/**
 * Choose `count` places of a row: whole words of pieces, and for single Chinese characters now and then the next one or
 * two too. Of the chosen, 80 % become [MASK], 10 % another token, 10 % stay (Devlin et al. 2019).
 * @param {(token: number) => "piece" | "chinese" | "other"} kind
 * @returns the places in order, the tokens that stood there; the row is changed
 */
export function maskRow(row, { count, kind, vocabulary, random }) {
  const chosen = new Set();
  const free = (i) => i > 0 && i < row.length - 1 && row[i] > mask && !chosen.has(i);
  for (let tries = 0; chosen.size < count && tries < 50 * count; tries++) {
    let from = 1 + random.integer(row.length - 2);
    if (!free(from)) continue;
    let to = from + 1;
    if (kind(row[from]) === "chinese") {
      while (to - from < 3 && random.chance(0.4) && free(to) && kind(row[to]) === "chinese") to++;
    } else {
      while (from > 1 && kind(row[from]) === "piece" && free(from - 1)) from--;
      while (free(to) && kind(row[to]) === "piece") to++;
    }
    for (let i = from; i < to && chosen.size < count; i++) chosen.add(i);
  }
  // A row of almost nothing but [SEP]: what is left of the places falls on any.
  for (let i = 1; chosen.size < count; i++) chosen.add(i);
  const places = [...chosen].sort((a, b) => a - b);
  const tokens = places.map((i) => row[i]);
  for (const i of places) {
    const draw = random.uniform();
    if (draw < 0.8) row[i] = mask;
    else if (draw < 0.9) row[i] = mask + 1 + random.integer(vocabulary - mask - 1);
  }
  return { places, tokens };
}

/** What kind of token each number is. */
export function kindsOf(vocabulary) {
  const kinds = new Array(vocabulary.size).fill("other");
  for (const [token, id] of vocabulary) {
    if (token.startsWith("##")) kinds[id] = "piece";
    else if (/^[\u3400-\u9fff]$/.test(token)) kinds[id] = "chinese";
  }
  return (id) => kinds[id];
}

/** A row with its words of several characters spelled, cut at its length; [SEP] stays last. */
export function spelledRow(row, parts) {
  const all = [...row].flatMap((token) => parts.get(token) ?? [token]);
  const out = Uint16Array.from(all.slice(0, row.length));
  out[row.length - 1] = sep;
  return out;
}

/**
 * The batches of masked-language modelling, steps from … to - 1: half of the rows of each language; each a function of
 * seed and step alone.
 * @param options `parts`: what a word is spelled by; a share `masked.spelled` of the rows has all of them spelled
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
      // Most rows begin at the first position, as texts do; the others teach those behind `length`.
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
