// `npm run bench -- text-rates`: is fine-tuning at the program's learning rates of texts and entities worse than the linear probe?
// For each set, base and seed: the short training of a plan and fine-tuning, compared with the probe.
// Aim: none diverges, and none is below the probe's 95 % interval.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bert } from "../dist/bases/architectures/index.js";
import { draws, permutation } from "../dist/core/random.js";
import { toOnnx } from "../dist/graph/to-onnx.js";
import { train } from "../dist/index.js";
import { makeSet } from "./made-sets.mjs";

const options = {
  data: { type: "string", default: "", about: "folder of the public sets (default: a made set only)" },
  sets: { type: "string", default: "", about: "sets, with commas (default all)" },
  bases: {
    type: "string",
    default: "text-mini,made",
    about: "bases, with commas; made: a BERT of four layers with random weights",
  },
  seeds: { type: "number", default: 3, about: "seeds: draws of the samples, splits and trainings" },
  samples: { type: "number", default: 700, about: "samples of a set, of which the run divides off 30 %" },
  epochs: { type: "number", default: 3, about: "epochs of the fine-tuning" },
};

export const bench = {
  about: "learning rates of texts and entities: trials and fine-tuning beside the linear probe",
  needs: [],
  options,
  smallest: { seeds: 1, samples: 60, epochs: 1, bases: "made" },
};

const linesOf = (path) => readFileSync(path, "utf8").trim().split(/\r?\n/);
/** Rows of a list of tabs whose first line names the columns. */
function tabbed(path) {
  const [header, ...rows] = linesOf(path).map((line) => line.split("\t"));
  return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])));
}
const labelled = ({ text, label }) => JSON.stringify({ text, label: `class ${label}` });

/** Readers of the sets: their samples as the text of a file. `words`: samples are tagged sentences. */
const readers = {
  made: { read: async () => (await makeSet("", madeSet)).texts.map(labelled) },
  text_sst2: { read: (folder) => tabbed(join(folder, "train.tsv")).map(labelled) },
  text_banking77: { read: (folder) => tabbed(join(folder, "train.tsv")).map(labelled) },
  text_snips3: { read: (folder) => tabbed(join(folder, "train.tsv")).map(labelled) },
  amazon_reviews: { read: (folder) => tabbed(join(folder, "books.tsv")).map(labelled) },
  zh_waimai_10k: { read: (folder) => tabbed(join(folder, "train.tsv")).map(labelled) },
  zh_ner_msra: {
    words: true,
    read: (folder) =>
      readFileSync(join(folder, "train.txt"), "utf8")
        .trim()
        .split(/\n\s*\n/),
  },
};
const madeSet = { name: "texts of rates", make: "templates", seed: 1, count: 2000, classes: 4 };

export async function main({ data, sets, bases, seeds, samples, epochs, json = false }) {
  const asked = sets === "" ? (data === "" ? ["made"] : Object.keys(readers).slice(1)) : sets.split(",");
  const rows = [];
  const folder = mkdtempSync(join(tmpdir(), "engraft-text-rates-"));
  try {
    for (let seed = 0; seed < seeds; seed++)
      for (const set of asked)
        for (const base of bases.split(",")) {
          const row = await measured({ set, base, seed, data, samples, epochs, folder });
          rows.push(row);
          if (!json) console.log(lineOf(row));
        }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const bad = rows.filter(({ diverged, below }) => diverged || below.length > 0);
  if (json) console.log(JSON.stringify({ rows }));
  else console.log(`${bad.length} of ${rows.length} diverged or are below the probe's interval`);
  if (bad.length > 0) process.exitCode = 1;
}

async function measured({ set, base, seed, data, samples, epochs, folder }) {
  const { read, words = false } = readers[set];
  const all = await read(join(data, set));
  const drawn = permutation(all.length, seed, "text rates").slice(0, samples);
  const path = join(folder, words ? "sentences.conll" : "texts.jsonl");
  const some = [...drawn].map((i) => all[i]);
  writeFileSync(path, `${some.join(words ? "\n\n" : "\n")}\n`);
  const begin = process.cpuUsage().user;
  const shared = {
    ...{ task: words ? "token-classification" : "text-classification", seed, threads: 1 },
    ...{ base: base === "made" ? writeBert(join(folder, "bert"), some, words) : base },
    ...{ baselines: false, explain: false },
  };
  const out = join(folder, "run");
  const run = async (more) => {
    rmSync(out, { recursive: true, force: true });
    return train(path, { ...shared, out, ...more });
  };
  const probe = await run({ strategy: "probe" });
  const trial = words ? undefined : await trialOf(run);
  const lowered = [];
  const tuned = await run({
    ...{ strategy: "finetune", epochs },
    onEvent: ({ event, code, sentence }) => {
      if (event === "warning" && code === "rate") lowered.push(sentence.values.score);
    },
  });
  const [score, interval] = words ? ["f1", "f1_ci95"] : ["accuracy", "accuracy_ci95"];
  const below = [
    ...(trial && scoreOf(trial.finetune) < trial.probe - 1.96 * trial.error ? ["trial"] : []),
    ...(tuned.test[score] < probe.test[interval][0] ? ["fine-tuning"] : []),
  ];
  return {
    ...{ set, base, seed, lowered },
    ...(trial && { trial: trial.finetune, trial_probe: trial.probe }),
    ...{ probe: probe.test[score], ci95: probe.test[interval], finetune: tuned.test[score] },
    diverged: tuned.diverged !== undefined || trial?.finetune === null,
    ...{ below, seconds: (process.cpuUsage().user - begin) / 1e6 },
  };
}

const scoreOf = (accuracy) => accuracy ?? Number.NEGATIVE_INFINITY;

/** Returns the scores of the short training of a plan; undefined if the plan needs none. */
async function trialOf(run) {
  const { strategy } = await run({ dryRun: true });
  return strategy.reason_messages?.find(({ code }) => code === "short-trainings")?.values;
}

/** Writes a BERT of four layers whose words are those of the samples. Its weights are those of an untrained BERT. */
function writeBert(folder, some, words) {
  const found = new Set(
    some.flatMap((one) => (words ? one : JSON.parse(one).text).toLowerCase().match(/\p{L}/gu) ?? []),
  );
  const vocabulary = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    ...[...found].flatMap((c) => [c, `##${c}`]),
  ];
  const sizes = { vocabulary: vocabulary.length, width: 64, layers: 4, heads: 4, inner: 256, positions: 128 };
  const graph = bert(sizes);
  for (const [name, { dtype, dims, data }] of graph.initializers) {
    if (dtype !== "float32" || dims.length < 2) continue;
    const d = draws(0, "untrained BERT", name);
    for (let i = 0; i < data.length; i++)
      data[i] = d.normal() / (name.includes("embeddings") ? 1 : Math.sqrt(dims[0]));
  }
  for (const part of ["onnx", "1_Pooling"]) mkdirSync(join(folder, part), { recursive: true });
  const json = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
  writeFileSync(join(folder, "onnx/model.onnx"), toOnnx(graph));
  writeFileSync(join(folder, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  json("config.json", { model_type: "bert", max_position_embeddings: sizes.positions });
  json("1_Pooling/config.json", { pooling_mode_mean_tokens: true });
  return folder;
}

const percent = (x) => (x === null || x === undefined ? "–" : `${(100 * x).toFixed(1)} %`);
const lineOf = ({ set, base, seed, lowered, probe, ci95, finetune, below, diverged, seconds, ...row }) =>
  [
    diverged ? "DIVERGED" : below.length > 0 ? "BELOW   " : "        ",
    set.padEnd(15),
    base.padEnd(9),
    `seed ${seed}`,
    `trial ${percent(row.trial)}, its probe ${percent(row.trial_probe)}`.padEnd(34),
    `probe ${percent(probe)} (${percent(ci95[0])} to ${percent(ci95[1])}), fine-tuning ${percent(finetune)}`.padEnd(
      60,
    ),
    `lowered ${lowered.length} times${lowered.includes(null) ? " after divergence" : ""}`,
    `${seconds.toFixed(0)} s`,
  ].join("  ");
