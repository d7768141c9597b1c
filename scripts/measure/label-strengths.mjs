// Measures texts with several labels, to choose the strength of the head with n-grams where validation is too small to choose it:
// node scripts/measure/label-strengths.mjs FOLDER [--build dist] [--texts 60,200] [--draws 3]
// FOLDER holds data/SET. --build names a build with another `usualStrength` in src/tasks/labels/label-ngrams.ts.
// zh_ner_msra: the kinds of entities that a sentence has. amazon_reviews: products and opinions of two reviews in a row.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { permutation } from "../../dist/core/random.js";
import { startProgram } from "../start-program.mjs";

const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data"],
  options: {
    build: { type: "string", default: "dist", about: "folder of a build" },
    texts: { type: "string", default: "60,200", about: "texts of a run, with commas" },
    draws: { type: "number", default: 3, about: "draws of the texts" },
  },
});
const [folder] = positionals;
const { train } = await import(pathToFileURL(join(resolve(values.build), "index.js")).href);
const testTexts = 1000;
const domains = ["books", "dvd", "electronics", "kitchen"];
const sets = { zh_ner_msra: sentences(), amazon_reviews: pairsOfReviews() };

for (const [set, all] of Object.entries(sets))
  for (const texts of values.texts.split(",").map(Number))
    for (let draw = 0; draw < values.draws; draw++) {
      const order = permutation(all.length - testTexts, draw, "label strengths").slice(0, texts);
      const run = await runOn([
        ...order.map((i) => ({ ...all[i], split: "train" })),
        ...all.slice(-testTexts).map((text) => ({ ...text, split: "test" })),
      ]);
      console.log(JSON.stringify({ set, texts, draw, ...run }));
    }

/** Scores of a run without training options, and of its probe. */
async function runOn(rows) {
  const out = mkdtempSync(join(tmpdir(), "engraft-labels-"));
  try {
    const list = join(out, "texts.jsonl");
    writeFileSync(list, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const run = await train(list, {
      ...{ task: "multi-label", strategy: "ngram-probe", seed: 0, threads: 1, out: join(out, "run") },
    });
    const { test } = run;
    return {
      strategy: run.strategy.name,
      f1: round(test.metric.value),
      map: round(test.mean_average_precision),
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Sentences with the kinds of entities in them. */
function sentences() {
  const blocks = readFileSync(join(folder, "data/zh_ner_msra/train.txt"), "utf8").split(/\n\s*\n/);
  return blocks
    .map((block) => block.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")])))
    .map((rows) => ({
      text: rows.map(([character]) => character).join(""),
      labels: [...new Set(rows.flatMap(([, tag]) => (tag?.startsWith("B-") ? [tag.slice(2)] : [])))],
    }))
    .filter(({ labels }) => labels.length > 0);
}

/** Two reviews in a row, with both products and both opinions. */
function pairsOfReviews() {
  const all = domains.flatMap((domain) =>
    readFileSync(join(folder, "data/amazon_reviews", `${domain}.tsv`), "utf8")
      .split("\n")
      .slice(1)
      .filter((line) => line !== "")
      .map((line) => line.split("\t"))
      .map(([label, , title, text]) => ({ text: `${title}. ${text}`, labels: [domain, `opinion ${label}`] })),
  );
  const order = permutation(all.length, 0, "pairs of reviews");
  return Array.from({ length: all.length / 2 }, (_, i) => {
    const [a, b] = [all[order[2 * i]], all[order[2 * i + 1]]];
    return { text: `${a.text} ${b.text}`, labels: [...new Set([...a.labels, ...b.labels])] };
  });
}

function round(x) {
  return Number(x.toFixed(4));
}
