// Measures `engraft train` without training options on public text sets against logistic regression on TF-IDF, of words and of
// words with sequences of characters:
// node scripts/measure/text-defaults.mjs FOLDER [--sets text_sst2,…] [--labels 8,32,128,all] [--draws 3] [--out FILE]
// FOLDER holds data/SET. The labelled texts of a draw are the same for both; the run keeps some of them for validation.
// "all" has one draw. With --out, cells that FILE has are skipped.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unitsOf } from "../../dist/data/texts/tf-idf.js";
import { train } from "../../dist/index.js";
import { sparseRows } from "../../dist/linalg/sparse-products.js";
import { logisticProblem } from "../../dist/methods/probe/logistic-regression.js";
import { sparseScores } from "../../dist/methods/probe/sparse-logistic.js";
import { wordRows } from "../../dist/tasks/texts/tf-idf-baseline.js";
import { startProgram } from "../start-program.mjs";
import { drawRows, loadSet } from "../text-mini/score.mjs";

const usualSets = "text_sst2,text_banking77,zh_waimai_10k,amazon_reviews";
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data"],
  options: {
    sets: { type: "string", default: usualSets, about: "sets, with commas" },
    labels: { type: "string", default: "8,32,128", about: "labels a class, with commas" },
    draws: { type: "number", default: 3, about: "draws of the labels" },
    threads: { type: "number", about: "threads of a run (default all cores)" },
    out: { type: "string", about: "file of the rows; those that it has are skipped" },
  },
});
const [folder] = positionals;
const rows = values.out && existsSync(values.out) ? JSON.parse(readFileSync(values.out, "utf8")) : [];
const isDone = (cell) =>
  rows.some((row) => row.set === cell.set && row.labels === cell.labels && row.draw === cell.draw);
for (const labels of values.labels.split(","))
  for (const set of values.sets.split(",")) {
    const { train: all, test } = loadSet(folder, set);
    const classes = [...new Set(all.map(({ label }) => label))].sort();
    const amount = labels === "all" ? Number.POSITIVE_INFINITY : Number(labels);
    for (let draw = 0; draw < (labels === "all" ? 1 : values.draws); draw++) {
      if (isDone({ set, labels, draw })) continue;
      const drawn = drawRows(all, classes, amount, draw).map((i) => all[i]);
      const words = tfIdfAccuracy(drawn, test, classes);
      const characters = charactersAccuracy(drawn, test, classes);
      const { accuracy, ...run } = await defaultRun(drawn, test, draw);
      rows.push({ set, labels, draw, ...run, accuracy, tf_idf: words, characters });
      console.log(JSON.stringify(rows.at(-1)));
      if (values.out)
        writeFileSync(values.out, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
    }
  }

/** Accuracy and strategy of a run without training options. */
async function defaultRun(drawn, test, seed) {
  const out = mkdtempSync(join(tmpdir(), "engraft-defaults-"));
  try {
    const list = join(out, "texts.jsonl");
    const line =
      (split) =>
      ({ label, text }) =>
        JSON.stringify({ text, label: `class ${label}`, split });
    writeFileSync(list, [...drawn.map(line("train")), ...test.map(line("test")), ""].join("\n"));
    const run = await train(list, {
      ...{ task: "text-classification", seed, baselines: false, out: join(out, "run") },
      ...(values.threads && { threads: values.threads }),
    });
    const { train: n, validation } = run.split;
    return { strategy: run.strategy.name, train: n, validation, accuracy: round(run.test.accuracy) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** scikit-learn's TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True) with LogisticRegression(C=10). */
function tfIdfAccuracy(drawn, test, classes) {
  const termsOf = (text) => {
    const units = unitsOf(text);
    return units.concat(units.slice(1).map((unit, i) => `${units[i]} ${unit}`));
  };
  const documents = drawn.map(({ text }) => termsOf(text));
  const counts = new Map();
  for (const terms of documents) for (const t of new Set(terms)) counts.set(t, (counts.get(t) ?? 0) + 1);
  const column = new Map([...counts.keys()].map((term, i) => [term, i]));
  const idf = [...counts.values()].map((n) => 1 + Math.log((1 + drawn.length) / (1 + n)));
  const rowOf = (terms) => {
    const own = new Map();
    for (const t of terms) if (column.has(t)) own.set(column.get(t), (own.get(column.get(t)) ?? 0) + 1);
    const columns = Uint32Array.from(own.keys()).sort();
    const weights = Array.from(columns, (c) => (1 + Math.log(own.get(c))) * idf[c]);
    const length = Math.hypot(...weights) || 1;
    return { columns, values: Float32Array.from(weights, (w) => w / length) };
  };
  const matrix = (all) => sparseRows(all.map(rowOf), column.size);
  const held = matrix(test.map(({ text }) => termsOf(text)));
  return accuracyOf(matrix(documents), held, { drawn, test, classes });
}

/** The same on the rows of the baseline `characters`. */
function charactersAccuracy(drawn, test, classes) {
  const itemsOf = (rows) => rows.map(({ text }) => ({ text, part: "train" }));
  const dataset = { items: itemsOf(drawn) };
  const words = wordRows("characters", { dataset, onEvent() {} }, classes.length > 2 ? classes.length : 1);
  return accuracyOf(words.rowsOf(dataset.items), words.rowsOf(itemsOf(test)), { drawn, test, classes });
}

/** Test accuracy of logistic regression on rows of the drawn texts. */
function accuracyOf(train, held, { drawn, test, classes }) {
  const labels = Int32Array.from(drawn, ({ label }) => classes.indexOf(label));
  const problem = logisticProblem(train, labels, classes.length);
  // Of two classes scikit-learn penalises the difference of the weights by a half: its C is twice as large.
  const strength = classes.length === 2 ? 5 : 10;
  const fit = problem.solve({ strength, tolerance: 1e-5, maxIterations: 500 });
  const scores = sparseScores(fit, held);
  const c = classes.length;
  const right = test.filter(({ label }, i) => {
    const own = scores.subarray(i * c, (i + 1) * c);
    return own.indexOf(Math.max(...own)) === classes.indexOf(label);
  });
  problem.close();
  return round(right.length / test.length);
}

function round(x) {
  return Number(x.toFixed(4));
}
