// Score text-mini, or a checkpoint of its pretraining: logistic regression on frozen mean-pooled features.
//
//   node scripts/build.mjs && node scripts/text-mini/evaluate.mjs FOLDER [--state DIR] [--sets a,b] [--labels 8,32,128,all]
//     [--draws 10] [--from network|random|vectors] [--strength C] [--length 128] [--threads N] [--json FILE] [--to DIR]
//
// FOLDER holds data/. A row a set: accuracy at each number of labels a class, TF–IDF + logistic regression in brackets.
// `random` is the same network with random weights, `vectors` the mean of the vectors that its word embedding starts
// from. --json adds the rows to a file, for scripts/text-mini/card.mjs.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bert } from "../../dist/bases/architectures/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { startProgram } from "../start-program.mjs";
import { encoder, vocabularyOf } from "./corpus.mjs";
import { pooledFeatures, vectorFeatures } from "./features.mjs";
import { fillWeights } from "./networks.mjs";
import { recipe } from "./recipe.mjs";
import { amountNames, amounts, drawRows, loadSet, probeAccuracy, sets, unitRows } from "./score.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data", "state"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/pretrain-text)" },
    sets: { type: "string", default: Object.keys(sets).join(), about: "sets, with commas" },
    labels: { type: "string", default: "8,32,128,all", about: "labels a class, with commas" },
    from: {
      ...{ type: "string", default: "network", choices: ["network", "random", "vectors"] },
      about: "what computes the features",
    },
    length: { type: "number", default: 128, about: "most tokens of a text" },
    strength: { type: "string", default: "10", about: "strengths of the probe, with commas" },
    draws: { type: "number", default: 10, about: "draws of the labels" },
    threads: { type: "number", default: 2, about: "threads of the runtime" },
    json: { type: "string", about: "file that gets the rows, for the card" },
    to: { type: "string", about: "score nothing: write features to this folder, for evaluate.py" },
  },
});
const [folder] = positionals;
const stateDir = values.state ?? join(root, ".cache/pretrain-text");
const names = values.sets.split(",");
const wanted = values.labels.split(",");
const { from, length, draws } = values;
const strengths = values.strength.split(",").map(Number);
const mean = (xs) => xs.reduce((a, b) => a + b, 0) / xs.length;

const vocabulary = vocabularyOf(join(folder, "data/pretrain_text"), stateDir, recipe);
const encode = encoder(vocabulary);
const width = recipe.network.vectors;
const { features, close } = from === "vectors" ? vectors() : await network();

for (const name of names) {
  const set = loadSet(folder, name);
  const parts = {};
  for (const part of ["train", "test"])
    parts[part] = unitRows(
      await features(set[part].map(({ text }) => encode(text).slice(0, length - 2))),
      width,
    );
  if (values.to) {
    handOver(values.to, name, set, parts);
    continue;
  }
  for (const strength of strengths) {
    const cells = amountNames.flatMap((amount, i) => {
      if (!wanted.includes(amount)) return [];
      const scores = probeAccuracy(set, parts, width, { amount: amounts[i], draws, strength });
      keep(name, amount, scores);
      return [`${amount}: ${mean(scores).toFixed(3)} (${sets[name].line[i].toFixed(3)})`];
    });
    console.log([name, from, `C=${strength}`, ...cells].join("  "));
  }
}
await close();

/** Writes features float32[N, width], labels, and the rows of each draw for scripts/text-mini/evaluate.py. */
function handOver(folder, name, { train, test }, parts) {
  mkdirSync(folder, { recursive: true });
  const classes = [...new Set(train.map((row) => row.label))].sort();
  const labels = (rows) => rows.map(({ label }) => classes.indexOf(label));
  const drawn = Object.fromEntries(
    amountNames.map((amount, i) => [
      amount,
      Array.from({ length: amount === "all" ? 1 : draws }, (_, draw) =>
        drawRows(train, classes, amounts[i], draw),
      ),
    ]),
  );
  const file = (part) => join(folder, `${from}.${name}.${part}`);
  for (const part of ["train", "test"]) writeFileSync(file(`${part}.f32`), parts[part]);
  writeFileSync(
    file("json"),
    JSON.stringify({ set: name, from, width, train: labels(train), test: labels(test), draws: drawn }),
  );
  console.log(`${name}, ${from}: written`);
}

/** Adds a cell to the file of results. */
function keep(name, amount, scores) {
  const file = values.json;
  if (!file) return;
  const all = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  all[name] ??= {};
  all[name][from] ??= {};
  all[name][from][amount] = scores;
  writeFileSync(file, `${JSON.stringify(all)}\n`);
}

/** Mean of the initial vectors of the word embedding. */
function vectors() {
  const { buffer, byteOffset, length: bytes } = readFileSync(join(stateDir, "vectors.f32"));
  const table = new Float32Array(buffer.slice(byteOffset, byteOffset + bytes));
  return { features: async (texts) => vectorFeatures(texts, table, width), close: async () => undefined };
}

async function network() {
  const graph = bert({ ...recipe.network, vocabulary: vocabulary.size });
  fillWeights(graph, recipe.seed);
  if (from === "network") {
    const { tensors, note } = decodeCheckpoint(readFileSync(join(stateDir, "last.safetensors")), stateDir);
    console.log(`${note.stage}, step ${note.done}, ${Math.round(note.seconds)} s`);
    for (const value of graph.initializers.keys())
      if (tensors.has(value)) graph.initializers.set(value, tensors.get(value));
  }
  // Layers that add nothing need not be computed: states are the words' vectors, including [CLS] and [SEP].
  if (graph.initializers.get("output.dense.weight").data.every((v) => v === 0)) {
    const { data } = graph.initializers.get("embeddings.word_embeddings.weight");
    return {
      features: async (texts) =>
        vectorFeatures(
          texts.map((text) => [2, ...text, 3]),
          data,
          width,
        ),
      close: async () => undefined,
    };
  }
  const runtime = await nodeRuntime({ threads: values.threads });
  const session = await runtime.session(toOnnx(graph), { spinning: false, memoryPattern: false });
  return { features: (texts) => pooledFeatures(session, texts, width), close: () => runtime.close() };
}
