// Measures how the features of the linear probe are scaled and how its strength is chosen:
// node scripts/measure/probe-scaling.mjs FOLDER --out FILE [--sets hymenoptera,…] [--bases vision-mini,…]
//   [--labels 1,5,20,all] [--draws 10]
// FOLDER holds data/ and models/. Every head sees the same drawn labels; the whole test split scores it. Finished rows of
// FILE are not measured again. `--table` prints the means of FILE instead.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { permutation } from "../../dist/core/random.js";
import { wholeOf } from "../../dist/core/results/rows.js";
import { pictureInputs } from "../../dist/data/index.js";
import { argmax, logProbability } from "../../dist/linalg/softmax.js";
import { commonScaling, foldStandardisation, standardisation } from "../../dist/linalg/standardise.js";
import { isSmall, stratifiedFolds } from "../../dist/methods/probe/folds.js";
import { logisticProblem } from "../../dist/methods/probe/logistic-regression.js";
import { openMachine } from "../../dist/run/machine.js";
import { openBody, openData, openTrunk } from "../../dist/run/setup.js";
import { openTextBody, openTextDataset, tokensOf } from "../../dist/tasks/texts/open-texts.js";
import { startProgram } from "../start-program.mjs";
import { loadSet } from "../text-mini/score.mjs";
import { realBases } from "./bases.mjs";
import { meanInterval } from "./statistics.mjs";

const sets = "hymenoptera,cifar10_subset,text_banking77,catdog,usps,text_sst2";
const bases = "vision-mini,tiny-darknet,squeezenet-1.1,mobilenetv2-0.35,text-mini";
const { values: args, positionals } = startProgram(import.meta.url, {
  takes: "[FOLDER]",
  needs: ["data", "models"],
  options: {
    sets: { type: "string", default: sets, about: "sets, with commas" },
    bases: { type: "string", default: bases, about: "bases, with commas" },
    labels: { type: "string", default: "1,5,20,all", about: "labels a class, with commas" },
    draws: { type: "number", default: 10, about: "draws of the labels" },
    out: { type: "string", required: true, about: "file of the rows" },
    table: { type: "boolean", about: "measure nothing: print the table of the rows" },
  },
});

const decades = (from, to, step = 1) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => 10 ** (from + step * i));
/**
 * Heads: how features are scaled, the strengths to choose from, and whether the chosen strength is fitted again on
 * training and validation samples. A head without validation samples takes `usual`.
 */
const eachFeature = { scale: "each", strengths: decades(-4, 2, 0.5), usual: 1 };
const common = { scale: "common", strengths: decades(0, 2), usual: 10 };
const unit = { ...common, scale: "unit" };
const heads = {
  "each feature": { ...eachFeature, by: "validation" },
  "each feature, folds, refit": { ...eachFeature, by: "folds", refit: true },
  common: { ...common, by: "validation" },
  "common, C = 10, refit": { ...common, strengths: [10], refit: true },
  "common, validation, refit": { ...common, by: "validation", refit: true },
  "common, folds, refit": { ...common, by: "folds", refit: true },
  "common, folds to 1000, refit": { ...common, strengths: decades(0, 3), by: "folds", refit: true },
  "common, folds to 10000, refit": { ...common, strengths: decades(0, 4), by: "folds", refit: true },
  "unit, C = 10, refit": { ...unit, strengths: [10], refit: true },
  "unit, folds, refit": { ...unit, by: "folds", refit: true },
  "unit in training, C = 10, refit": { ...unit, strengths: [10], refit: true, plain: true },
  "unit in training, folds, refit": { ...unit, by: "folds", refit: true, plain: true },
};
/** Share of the labels of a class kept for validation, as `engraft train` keeps it. */
const validationShare = 0.15;
async function measure() {
  const [folder] = positionals;
  if (!folder) throw new Error("give the FOLDER that holds data/ and models/");
  const done = new Set(readRows().map(({ key }) => key));
  const { platform, openRuntime } = await openMachine();
  const runtime = await openRuntime({ threads: 1 });
  for (const set of args.sets.split(","))
    for (const base of args.bases.split(",")) {
      if (set.startsWith("text") !== (base === "text-mini")) continue;
      const data = await (base === "text-mini" ? textFeatures : pictureFeatures)(
        { platform, runtime, folder },
        set,
        base,
      );
      for (const labels of args.labels.split(","))
        for (let draw = 0; draw < (labels === "all" ? Math.min(5, args.draws) : args.draws); draw++) {
          const key = `${base} ${set} ${labels} ${draw}`;
          if (done.has(key)) continue;
          const row = { key, base, set, labels, draw, heads: scoresOfDraw(data, labels, draw) };
          appendFileSync(args.out, `${JSON.stringify(row)}\n`);
        }
      console.log(new Date().toISOString(), base, set);
    }
  await runtime.close();
}

function readRows() {
  if (!existsSync(args.out)) return [];
  return readFileSync(args.out, "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Features of a set of pictures: { x, labels, width, classes, pool, test }. */
async function pictureFeatures({ platform, runtime, folder }, set, base) {
  const dataset = await openData(join(folder, "data", set), {}, platform);
  const options = realBases(folder)[base] ?? { base };
  const opened = await openBody(options.base, options, platform);
  return featuresOf(
    { platform, runtime },
    dataset,
    opened,
    pictureInputs(platform, opened.base.preprocessing, 0),
  );
}

async function textFeatures({ platform, runtime, folder }, set, base) {
  const { train, test } = loadSet(folder, set);
  const out = mkdtempSync(join(tmpdir(), "engraft-scaling-"));
  try {
    const line =
      (split) =>
      ({ label, text }) =>
        JSON.stringify({ text, label: `class ${label}`, split });
    writeFileSync(
      join(out, "texts.jsonl"),
      [...train.map(line("train")), ...test.map(line("test")), ""].join("\n"),
    );
    const onEvent = () => undefined;
    const dataset = await openTextDataset(join(out, "texts.jsonl"), {
      seed: 0,
      platform,
      options: {},
      onEvent,
    });
    const opened = await openTextBody(base, {}, { platform, onEvent });
    return await featuresOf(
      { platform, runtime },
      dataset,
      opened,
      tokensOf(dataset, opened, undefined, { platform }),
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function featuresOf({ platform, runtime }, dataset, opened, inputs) {
  const trunk = await openTrunk(opened, runtime, platform, {}, inputs);
  const x = wholeOf(await trunk.features(dataset.items, {}));
  await trunk.close();
  const places = (isTest) =>
    dataset.items.flatMap(({ part }, i) => ((part === "test") === isTest ? [i] : []));
  return {
    x,
    width: opened.body.width,
    classes: dataset.classes.length,
    labels: Int32Array.from(dataset.items, ({ label }) => label),
    pool: places(false),
    test: places(true),
  };
}

/** Accuracy and log loss of every head on one draw. */
function scoresOfDraw(data, amount, draw) {
  const { labels, pool, test, classes } = data;
  const [train, validation] = [[], []];
  for (let c = 0; c < classes; c++) {
    const own = pool.filter((i) => labels[i] === c);
    const order = Array.from(permutation(own.length, draw, "draw", c), (i) => own[i]);
    const drawn = order.slice(0, amount === "all" ? order.length : Number(amount));
    const held = drawn.length < 3 ? 0 : Math.max(1, Math.round(validationShare * drawn.length));
    validation.push(...drawn.slice(0, held));
    train.push(...drawn.slice(held));
  }
  const scores = {};
  for (const [name, head] of Object.entries(heads)) {
    const begin = performance.now();
    const { fit, strength } = fitted(data, head, train, validation);
    const { accuracy, loss } = scored(data, fit, test);
    scores[name] = { accuracy, loss, strength, seconds: (performance.now() - begin) / 1000 };
  }
  return scores;
}

function fitted(data, head, train, validation) {
  const all = [...train, ...validation];
  const strength = chosen(data, head, train, validation);
  const { solve, close } = problemOn(data, head, head.refit ? all : train);
  const fit = solve(strength, 1e-4);
  close();
  return { fit, strength };
}

function chosen(data, head, train, validation) {
  const { strengths, by, usual } = head;
  if (strengths.length === 1) return strengths[0];
  const byFolds = by === "folds" && isSmall(validation.length);
  if (validation.length === 0 && (!byFolds || Math.max(...countsOf(data, train)) < 2)) return usual;
  const pairs = byFolds ? folds(data, [...train, ...validation]) : [[train, validation]];
  const losses = new Array(strengths.length).fill(0);
  for (const [own, held] of pairs) {
    const { solve, close } = problemOn(data, head, own);
    let from;
    for (const [s, strength] of strengths.entries()) {
      from = solve(strength, 1e-3, from);
      losses[s] += scored(data, from, held).loss * held.length;
    }
    close();
  }
  return strengths[losses.indexOf(Math.min(...losses))];
}

function countsOf({ labels, classes }, items) {
  return Array.from({ length: classes }, (_, c) => items.filter((i) => labels[i] === c).length);
}

/** Stratified folds: [training items, held items] each. */
function folds({ labels }, items) {
  const strata = items.map((i) => labels[i]);
  return stratifiedFolds(strata).map(({ train, held }) =>
    [train, held].map((own) => own.map((k) => items[k])),
  );
}

/** The rows of items, of unit length if asked. */
function rowsOfItems({ x, width }, items, unit) {
  const rows = new Float32Array(items.length * width);
  for (const [at, i] of items.entries()) {
    const row = x.subarray(i * width, (i + 1) * width);
    const by = unit ? Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)) || 1 : 1;
    for (let t = 0; t < width; t++) rows[at * width + t] = row[t] / by;
  }
  return rows;
}

function typicalLength({ x, width }, items) {
  const square = (i) => x.subarray(i * width, (i + 1) * width).reduce((sum, v) => sum + v * v, 0);
  return items.reduce((sum, i) => sum + Math.sqrt(square(i)), 0) / items.length;
}

function problemOn(data, { scale, plain }, items) {
  const { width, classes, labels } = data;
  const rows = rowsOfItems(data, items, scale === "unit");
  const scaling = (scale === "each" ? standardisation : commonScaling)(rows, items.length, width);
  const typical = typicalLength(data, items);
  const problem = logisticProblem(
    rows,
    Int32Array.from(items, (i) => labels[i]),
    classes,
    "single",
    scaling,
  );
  return {
    close: problem.close,
    solve(strength, tolerance, from) {
      const fit = problem.solve({
        strength: strength / (scale === "each" ? 1 : width),
        from,
        tolerance,
        maxIterations: 300,
      });
      const { weight, bias } = foldStandardisation(fit.weight, fit.bias, scaling);
      // A head of unit rows for raw features: they are divided by their usual length.
      return plain
        ? { ...fit, weight: weight.map((w) => w / typical), bias }
        : { ...fit, weight, bias, unit: scale === "unit" };
    },
  };
}

function scored(data, { weight, bias, unit }, items) {
  const { width, classes, labels } = data;
  let [right, loss] = [0, 0];
  const z = new Float64Array(classes);
  for (const i of items) {
    const row = data.x.subarray(i * width, (i + 1) * width);
    let length = 1;
    if (unit) {
      length = 0;
      for (let t = 0; t < width; t++) length += row[t] * row[t];
      length = Math.sqrt(length) || 1;
    }
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let t = 0; t < width; t++) sum += row[t] * weight[c * width + t];
      z[c] = sum / length + bias[c];
    }
    if (argmax(z, 0, classes) === labels[i]) right++;
    loss -= logProbability(z, labels[i], 0, classes);
  }
  return { accuracy: right / items.length, loss: loss / items.length };
}

/** Prints mean accuracies, and each head's paired difference to the first. */
function printTable(rows) {
  const names = Object.keys(heads);
  const cellOf = ({ set, base, labels }) => `${set} | ${base} | ${labels}`;
  for (const cell of new Set(rows.map(cellOf))) {
    const own = rows.filter((row) => cellOf(row) === cell);
    const first = own.map((row) => row.heads[names[0]].accuracy);
    console.log(`\n${cell} (${own.length} draws)`);
    for (const name of names) {
      const scores = own.map((row) => row.heads[name]);
      if (scores.some((score) => !score)) continue;
      const mean = (of) => scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
      const { mean: gain, sd } = meanInterval(scores.map(({ accuracy }, i) => accuracy - first[i]));
      const error = sd === null ? 0 : sd / Math.sqrt(scores.length);
      console.log(
        `  ${name.padEnd(38)} ${(100 * mean((s) => s.accuracy)).toFixed(1).padStart(5)}  ${(100 * gain).toFixed(1).padStart(5)} ± ${(196 * error).toFixed(1)}  loss ${mean((s) => s.loss).toFixed(3)}`,
      );
    }
  }
}

if (args.table) printTable(readRows());
else await measure();
