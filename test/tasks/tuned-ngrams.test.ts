// A head with token n-grams on fine-tuned features: the run keeps it if neither the fine-tuned network nor n-grams suffice.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { evaluate, loadTextModel, type TrainOptions, train } from "../../src/index.js";
import { reviews, words, writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-tuned-ngrams-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
// An unknown word at the beginning, which is in no n-gram, tells two classes; a word behind the tokens that the encoder reads
// tells two others. The words between them say nothing.
const source = draws(5, "fillers");
const fillers = ["the", "this", "it", "is", "and", "all"];
const texts = reviews(700).map(({ text, label }, i) => ({
  text: [
    ...(i % 4 < 2 ? ["quux"] : []),
    ...Array.from({ length: 30 }, () => fillers[Math.floor(fillers.length * source.uniform())]),
    text,
  ].join(" "),
  label: `${i % 4 < 2 ? "new" : "old"} ${label}`,
}));
let data: string;
let base: string;
let kept: Awaited<ReturnType<typeof run>>;
const warnings: string[] = [];
beforeAll(async () => {
  base = writeTextBase(at("base"), undefined, { graph: faintEncoder() });
  data = at("texts.csv");
  writeFileSync(data, `text,label\n${texts.map(({ text, label }) => `"${text}",${label}`).join("\n")}\n`);
  kept = await run("kept", {
    explain: true,
    onEvent: (event) => {
      if (event.event === "warning") warnings.push(event.message);
    },
  });
});

/** Word vectors times a gate: only dimension 0 knows the unknown word, and its gate is almost closed until it is trained. */
function faintEncoder() {
  const graph = new Graph("faint");
  const shape = ["batch_size", "sequence_length"];
  const ids = graph.input("input_ids", { dtype: "int64", shape });
  const g = new Builder(graph);
  const [rows, width, unknown] = [words.length + 5, 8, 1];
  const random = draws(7, "words");
  const vectors = Float32Array.from({ length: rows * width }, (_, i) =>
    i % width === 0 ? 0 : random.normal(),
  );
  vectors[unknown * width] = 20;
  const gate = Float32Array.from({ length: width }, (_, d) => (d === 0 ? 0.0005 : 1));
  const states = g.mul(
    g.gather(g.weight("words", float32([rows, width], vectors)), ids),
    g.weight("gate", float32([width], gate)),
  );
  const out = { kind: "op", op: "Identity", name: "out", inputs: [states], attributes: {} } as const;
  graph.push({ ...out, outputs: ["last_hidden_state"] }, [{ dtype: "float32", shape: [...shape, width] }]);
  graph.outputs.push("last_hidden_state");
  return graph;
}

async function run(name: string, options: TrainOptions = {}) {
  const result = await train(data, {
    ...{ task: "text-classification", base, cache: false, threads: 1, explain: false, out: at(name) },
    ...{ strategy: "finetune", reasons: ["a plan"], epochs: 8, lr: 0.5, option: { keep: "last" } },
    ...options,
  });
  if (result.task !== "text-classification") throw new Error("task");
  return result;
}

test("neither fine-tuning nor n-grams know both halves of the classes: the run keeps a head on both", async () => {
  const result = kept;
  expect(warnings).toEqual([]);
  expect(result.strategy.name).toBe("finetune+ngrams");
  expect(result.strategy.reasons[1]).toMatch(
    /^kept finetune\+ngrams by validation: finetune \d+\.\d %(?: \(best of \d+ epochs[^)]*\))?, ngram-probe \d+\.\d %, characters \d+\.\d %, finetune\+ngrams \d+\.\d %(?: \(best of \d+ epochs[^)]*\))? on \d+ validation samples/,
  );
  expect(result.epochs).toBe(8);
  // Of two classes each, half are right by chance.
  expect(result.test.accuracy).toBeGreaterThan(0.8);
  // The score is that of the saved model, which learnt from no validation text.
  const scored = await evaluate(result.model, data, { threads: 1 });
  expect(scored.task === "text-classification" && scored.test.accuracy).toBe(result.test.accuracy);
  expect(readFileSync(join(result.model, "README.md"), "utf8")).toContain(
    "fine-tuned from base, with a linear classifier on its features and the TF-IDF of token n-grams, by Engraft",
  );
});

test("Transformers.js and onnxruntime-web give the scores of the run's model", async () => {
  const { model: folderOfModel } = kept;
  const some = texts.slice(0, 4).map(({ text }) => text);
  const model = await loadTextModel(folderOfModel, { threads: 1 });
  const ours = await model.predict(some);
  await model.close();
  const { pipeline, env, AutoTokenizer } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const classify = await pipeline("text-classification", folderOfModel, { local_files_only: true });
  const theirs = (await classify(some)) as { label: string; score: number }[];
  const tokenizer = await AutoTokenizer.from_pretrained(folderOfModel, { local_files_only: true });
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(join(folderOfModel, "onnx/model.onnx")));
  for (const [i, text] of some.entries()) {
    const { input_ids: ids, attention_mask: mask } = tokenizer(text);
    const tensor = ({ data: values, dims }: typeof ids) => new ort.Tensor("int64", values, dims);
    const { logits } = await session.run({ input_ids: tensor(ids), attention_mask: tensor(mask) });
    const z = Array.from(logits!.data as Float32Array, Math.exp);
    const best = ours[i]![0]!;
    expect(theirs[i]!.label).toBe(best.label);
    expect(theirs[i]!.score).toBeCloseTo(best.score, 4);
    expect(Math.max(...z) / z.reduce((sum, e) => sum + e, 0)).toBeCloseTo(best.score, 4);
  }
  await session.release();
});

test("a repeat with another seed fine-tunes again, and solves the head on its features", async () => {
  const stages = new Set<string>();
  const {
    by_seed,
    strategy,
    test: scores,
  } = await run("seeds", {
    seeds: 2,
    onEvent: (event) => {
      if (event.event === "epoch") stages.add(event.stage);
    },
  });
  expect(strategy.name).toBe("finetune+ngrams");
  expect([...stages]).toEqual(["finetune", "finetune seed 1"]);
  const [first, second] = by_seed!.runs;
  expect(first!.accuracy).toBe(scores.accuracy);
  // Either half of the classes alone would give 0.5.
  expect(second!.accuracy).toBeGreaterThan(0.8);
});
