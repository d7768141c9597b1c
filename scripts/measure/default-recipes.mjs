// Measures where `engraft train` without training options loses against other recipes:
// node scripts/measure/default-recipes.mjs FOLDER --out FILE [--sets catdog,…] [--labels 5,20,100,all] [--draws 3]
//   [--recipes default,probe,…] [--threads 1]
// FOLDER holds data/. A recipe differs from fine-tuning at its default rate in one factor. All recipes of a draw see the
// same labels and the same test samples. Finished rows of FILE are not measured again. `--table` prints FILE instead.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../../dist/index.js";
import { lengthOf } from "../../dist/methods/plan.js";
import { openMachine } from "../../dist/run/machine.js";
import { openBody } from "../../dist/run/setup.js";
import { pictureRate } from "../../dist/tasks/classes/choose/planning.js";
import { openTextBody } from "../../dist/tasks/texts/open-texts.js";
import { textDefaults } from "../../dist/tasks/texts/text-defaults.js";
import { startProgram } from "../start-program.mjs";
import { drawRows, loadSet } from "../text-mini/score.mjs";
import { meanInterval } from "./statistics.mjs";
import { listOf } from "./subsets.mjs";

const { values: args, positionals } = startProgram(import.meta.url, {
  takes: "[FOLDER]",
  needs: ["data"],
  options: {
    sets: { type: "string", about: "sets, with commas (default all)" },
    labels: { type: "string", about: "labels a class, with commas (default those of the set)" },
    draws: { type: "number", default: 3, about: "draws of the labels" },
    recipes: { type: "string", about: "recipes, with semicolons (default all)" },
    threads: { type: "number", default: 1, about: "threads of a run" },
    out: { type: "string", required: true, about: "file of the rows" },
    table: { type: "boolean", about: "measure nothing: print the table of the rows" },
  },
});

/** Labels a class of each set. `hymenoptera` has 121 of its smaller class. The rule is chosen on `catdog` only. */
const amounts = {
  catdog: [5, 20, 100],
  hymenoptera: [5, 20, 121],
  cifar10_subset: [5, 20, 100],
  text_banking77: [32],
};
/** Most test samples of a set, the same for every draw. */
const mostTest = 400;

/** Recipes of a set as options of a run, by name. @param rate usual rate of the head @param epochs usual epochs */
function recipesOf(isText, rate, epochs) {
  const finetune = { strategy: "finetune", lr: rate };
  // The number of epochs alone would switch early stopping off.
  const during = (n) => ({ ...finetune, epochs: n, option: { patience: Math.max(5, Math.ceil(n / 3)) } });
  const augmentations = isText ? ["delete"] : ["none", "standard"];
  return {
    default: {},
    probe: { strategy: "probe" },
    ...(isText && { "ngram-probe": { strategy: "ngram-probe" } }),
    finetune,
    "finetune, rate / 3": { ...finetune, lr: rate / 3 },
    "finetune, rate × 3": { ...finetune, lr: 3 * rate },
    "finetune, epochs / 2": during(Math.ceil(epochs / 2)),
    "finetune, epochs × 2": during(2 * epochs),
    ...Object.fromEntries(
      augmentations.map((augment) => [`finetune, augment ${augment}`, { ...finetune, augment }]),
    ),
    full: { strategy: "full", lr: rate / 10 },
    "full, rate × 3": { strategy: "full", lr: (3 * rate) / 10 },
  };
}

async function measure() {
  const [folder] = positionals;
  if (!folder) throw new Error("give the FOLDER that holds data/");
  const done = new Set(readRows().map(keyOf));
  const cache = mkdtempSync(join(tmpdir(), "engraft-recipes-"));
  try {
    // All sets of few labels first: the measurement may be stopped at any time.
    const cells = (args.sets?.split(",") ?? Object.keys(amounts)).flatMap((set) =>
      (args.labels?.split(",").map(Number) ?? amounts[set]).map((labels) => ({ set, labels })),
    );
    for (const cell of cells.sort((a, b) => a.labels - b.labels))
      for (let draw = 0; draw < args.draws; draw++)
        await measureDraw({ folder, cache, done }, { ...cell, draw });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

async function measureDraw({ folder, cache, done }, cell) {
  const { set, labels, draw } = cell;
  const isText = set.startsWith("text");
  const rate = await usualRate(isText);
  const list = isText
    ? textList(folder, cache, cell)
    : await listOf(folder, cache, set, { seed: draw, train: labels, validation: 0, most: mostTest });
  // The recipes' names do not depend on the rate and the epochs.
  const names = args.recipes?.split(";") ?? Object.keys(recipesOf(isText, rate, 1));
  let samples = readRows().find((row) => keyOf(row) === keyOf({ ...cell, recipe: "default" }))?.train;
  for (const recipe of ["default", ...names.filter((name) => name !== "default")]) {
    if (done.has(keyOf({ ...cell, recipe }))) continue;
    const { epochs } = lengthOf({ examples: samples ?? 1 });
    const row = { ...cell, recipe, ...(await scoresOf(list, draw, recipesOf(isText, rate, epochs)[recipe])) };
    samples ??= row.train;
    appendFileSync(args.out, `${JSON.stringify(row)}\n`);
    console.log(new Date().toISOString(), JSON.stringify(row));
  }
}

/** Returns the rate of the head that the plan takes for the default base. */
async function usualRate(isText) {
  const { platform } = await openMachine();
  if (!isText) return pictureRate((await openBody("vision-open", {}, platform)).body.graph).rate;
  const { body } = await openTextBody("text-mini", {}, { platform, onEvent: () => undefined });
  return textDefaults({}, body).rate;
}

/** Writes the list of a draw of texts. */
function textList(folder, cache, { set, labels, draw }) {
  const { train: all, test } = loadSet(folder, set);
  const classes = [...new Set(all.map(({ label }) => label))].sort();
  const drawn = drawRows(all, classes, labels, draw).map((i) => all[i]);
  const scored = drawRows(test, classes, Math.ceil(mostTest / classes.length), 0).map((i) => test[i]);
  const path = join(cache, `${set}-${labels}-${draw}.jsonl`);
  const line =
    (split) =>
    ({ label, text }) =>
      JSON.stringify({ text, label: `class ${label}`, split });
  mkdirSync(cache, { recursive: true });
  writeFileSync(path, [...drawn.map(line("train")), ...scored.map(line("test")), ""].join("\n"));
  return path;
}

async function scoresOf(list, seed, recipe) {
  const out = mkdtempSync(join(tmpdir(), "engraft-recipe-"));
  try {
    const run = await train(list, {
      ...recipe,
      ...{ seed, baselines: false, threads: args.threads, out: join(out, "run") },
    });
    const { strategy, split, test, validation, epochs, best_epoch } = run;
    return {
      ...{ strategy: strategy.name, train: split.train, validation: split.validation },
      ...{ n: test.n, accuracy: round(test.accuracy), loss: round(test.loss) },
      ...{ validation_accuracy: round(validation.accuracy), epochs, best_epoch },
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function readRows() {
  if (!existsSync(args.out)) return [];
  return readFileSync(args.out, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function keyOf({ set, labels, draw, recipe }) {
  return `${set} ${labels} ${draw} ${recipe}`;
}

function round(x) {
  return Number(x.toFixed(4));
}

/** Prints the default's mean accuracy of each cell, and the paired gain of every recipe on each draw, in points. */
function printTable(rows) {
  const cellOf = ({ set, labels }) => `${set} | ${labels} labels a class`;
  for (const cell of new Set(rows.map(cellOf))) {
    const own = rows.filter((row) => cellOf(row) === cell);
    const defaults = new Map(own.filter(({ recipe }) => recipe === "default").map((row) => [row.draw, row]));
    const chosen = [...defaults.values()].map(({ strategy }) => strategy).join(", ");
    console.log(`\n${cell}: ${own[0].train} to train, ${own[0].validation} to validate; default: ${chosen}`);
    for (const recipe of new Set(own.map((row) => row.recipe))) {
      const paired = own.filter((row) => row.recipe === recipe && defaults.has(row.draw));
      const gains = paired.map(({ draw, accuracy }) => 100 * (accuracy - defaults.get(draw).accuracy));
      const { mean } = meanInterval(paired.map(({ accuracy }) => 100 * accuracy));
      const gain = meanInterval(gains).mean;
      const each = gains.map((g) => g.toFixed(1)).join(", ");
      console.log(
        `  ${recipe.padEnd(26)} ${mean.toFixed(1).padStart(5)}  ${gain.toFixed(1).padStart(5)}  (${each})`,
      );
    }
  }
}

if (args.table) printTable(readRows());
else await measure();
