// Scores frozen features: logistic regression on few labels, drawn several times.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { permutation } from "../../dist/core/random.js";
import { fitLogistic } from "../../dist/methods/probe/index.js";

/** Accuracy of TF–IDF + logistic regression at 8, 32, 128 and all labels per class (scikit-learn, 10 draws). */
export const sets = {
  text_sst2: { line: [0.537, 0.569, 0.634, 0.812] },
  text_banking77: { line: [0.639, 0.819, 0.891, 0.891] },
  zh_waimai_10k: { line: [0.7, 0.779, 0.828, 0.887] },
  amazon_reviews: { line: [0.554, 0.63, 0.714, 0.851] },
};
export const amounts = [8, 32, 128, Number.POSITIVE_INFINITY];
export const amountNames = ["8", "32", "128", "all"];

const rowsOf = (file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));

/** Texts and labels of a set: { train, test }, each [{ text, label }]. */
export function loadSet(folder, name) {
  const at = (file) => join(folder, "data", name, file);
  if (name !== "amazon_reviews") {
    const read = (part) => rowsOf(at(`${part}.tsv`)).map(([label, text]) => ({ label, text }));
    return { train: read("train"), test: read("test") };
  }
  const all = ["books", "dvd", "electronics", "kitchen"].flatMap((domain) =>
    rowsOf(at(`${domain}.tsv`)).map(([label, , title, text]) => ({ label, text: `${title}. ${text}` })),
  );
  const order = permutation(all.length, 0, "amazon split");
  const [train, test] = [order.slice(0, 6000), order.slice(6000)];
  return { train: train.map((i) => all[i]), test: test.map((i) => all[i]) };
}

/** The rows of one draw: `amount` of each class, or all. */
export function drawRows(train, classes, amount, draw) {
  const order = permutation(train.length, draw, "draw");
  const left = new Map(classes.map((c) => [c, amount]));
  return order.filter((i) => {
    const n = left.get(train[i].label);
    left.set(train[i].label, n - 1);
    return n > 0;
  });
}

/** Each row of length 1. */
export function unitRows(features, dims) {
  for (let from = 0; from < features.length; from += dims) {
    const row = features.subarray(from, from + dims);
    const length = Math.hypot(...row) || 1;
    for (let d = 0; d < dims; d++) row[d] /= length;
  }
  return features;
}

/**
 * Accuracy of logistic regression on rows of length 1, as for TF–IDF: one number per draw.
 * @param features { train, test }: float32[N, dims] each
 */
export function probeAccuracy({ train, test }, features, dims, { amount, draws, strength }) {
  const classes = [...new Set(train.map((row) => row.label))].sort();
  const number = new Map(classes.map((c, i) => [c, i]));
  const scores = [];
  for (let draw = 0; draw < (amount === Number.POSITIVE_INFINITY ? 1 : draws); draw++) {
    const rows = drawRows(train, classes, amount, draw);
    const drawn = new Float32Array(rows.length * dims);
    rows.forEach((i, at) => {
      drawn.set(features.train.subarray(i * dims, (i + 1) * dims), at * dims);
    });
    const labels = Int32Array.from(rows, (i) => number.get(train[i].label));
    const options = { strength, tolerance: 1e-4 };
    const { weight, bias } = fitLogistic(drawn, labels, classes.length, options);
    let right = 0;
    test.forEach((row, t) => {
      let best = 0;
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes.length; c++) {
        let score = bias[c];
        for (let d = 0; d < dims; d++) score += weight[c * dims + d] * features.test[t * dims + d];
        if (score > most) [best, most] = [c, score];
      }
      if (best === number.get(row.label)) right++;
    });
    scores.push(right / test.length);
  }
  return scores;
}
