// Two text encoders in one graph, each with its own tokenizer: equal features, a label that both know together, and the saved file.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { wholeOf } from "../../src/core/results/rows.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { evaluate, explain, extend, load, type TrainOptions, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openTrunk } from "../../src/run/setup.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { openTextBody, type TextDataset, tokensOf } from "../../src/tasks/texts/open-texts.js";
import { once } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-joined-texts-"));
const path = (...parts: string[]): string => join(root, ...parts);
let runs = 0;

const marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const grades = Array.from({ length: 12 }, (_, i) => i);

/**
 * An encoder that knows twelve words, `a0` to `a11`, and how much each means. It has few positions, as a table of them has.
 * @param fixed length of its texts. Default: any
 */
function gradeBase(name: string, letter: string, positions: number, fixed?: number): string {
  const vocabulary = [...marks, ...grades.map((i) => `${letter}${i}`)];
  const graph = new Graph(name);
  const g = new Builder(graph);
  const draw = draws(letter.charCodeAt(0), "grades");
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", fixed ?? "length"] });
  const mask = graph.input("attention_mask", { dtype: "int64", shape: ["batch", fixed ?? "length"] });
  const [width, values] = [6, [] as number[]];
  for (let i = 0; i < vocabulary.length; i++)
    for (let d = 0; d < width; d++)
      values.push(i < marks.length ? 0.1 : d === 0 ? (i - marks.length - 5.5) / 3 : 0.2 * draw.normal());
  const one = g.number(1, "int64");
  const place = g.sub(g.node("CumSum", [mask, one], { exclusive: false, reverse: false }), one);
  const table = float32([positions, width], new Float32Array(positions * width).fill(0.05));
  const x = g.add(
    g.gather(g.weight("words", float32([vocabulary.length, width], Float32Array.from(values))), ids),
    g.gather(g.weight("positions", table), g.max(place, g.number(0, "int64"))),
  );
  const mixed = g.matmul(
    x,
    g.weight(
      "mix",
      float32(
        [width, width],
        new Float32Array(width * width).map((_, k) => +(k % 7 === 0)),
      ),
    ),
  );
  const type = { dtype: "float32", shape: ["batch", fixed ?? "length", width] } as const;
  const out = { kind: "op", op: "Identity", name: "out", inputs: [mixed], attributes: {} } as const;
  graph.push({ ...out, outputs: ["last_hidden_state"] }, [type]);
  graph.outputs.push("last_hidden_state");
  mkdirSync(path(name, "onnx"), { recursive: true });
  mkdirSync(path(name, "1_Pooling"), { recursive: true });
  writeFileSync(path(name, "onnx", "model.onnx"), toOnnx(graph));
  writeFileSync(path(name, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  const json = (file: string, value: unknown) => writeFileSync(path(name, file), JSON.stringify(value));
  json("config.json", { model_type: "bert", max_position_embeddings: positions });
  json("1_Pooling/config.json", { pooling_mode_mean_tokens: true });
  return path(name);
}

const texts = (() => {
  const draw = draws(9, "pairs of grades");
  const grade = () => Math.floor(draw.uniform() * grades.length);
  const made = new Map<string, string>();
  while (made.size < 130) {
    const [a, b] = [grade(), grade()];
    if (a !== b) made.set(`a${a} b${b}`, a > b ? "first" : "second");
  }
  return [...made].map(([text, label]) => ({ text, label }));
})();

beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  gradeBase("a-grades", "a", 24);
  gradeBase("b-grades", "b", 8);
  const lines = texts.map(({ text, label }) => `${text},${label}`);
  writeFileSync(path("grades.csv"), ["text,label", ...lines].join("\n"));
  const several = texts.map(({ text, label }) => `${text},${label}${/b1?1$/.test(text) ? "|top" : ""}`);
  writeFileSync(path("labels.csv"), ["text,labels", ...several].join("\n"));
  const pairs = texts.map(({ text, label }) => `${text.replace(" ", ",")},${label}`);
  writeFileSync(path("pairs.csv"), ["text,text_pair,label", ...pairs].join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const both = (): string => `${path("a-grades")}+${path("b-grades")}`;
const trained = (data: string, options: TrainOptions) =>
  train(path(data), { threads: 1, baselines: false, base: both(), ...options, out: path(`run-${runs++}`) });
const probe = once(() => trained("grades.csv", { strategy: "probe" }));

/** Features of some texts under a base, float32[N][D]. */
async function features(ref: string, of: readonly string[]): Promise<readonly Float32Array[]> {
  const opened = await openTextBody(ref, {}, { platform: nodePlatform, onEvent: () => undefined });
  const items = of.map(
    (text, i) => ({ id: text, path: text, text, part: "test", sha256: `${ref} ${i}` }) as const,
  );
  const inputs = tokensOf({ items } as unknown as TextDataset, opened, undefined);
  const trunk = await openTrunk(opened, await nodeRuntime(), nodePlatform, { cache: false }, inputs);
  const [rows, { width }] = [wholeOf(await trunk.features(items, {})), opened.body];
  await trunk.close();
  return of.map((_, i) => rows.slice(i * width, (i + 1) * width));
}
const unit = (row: Float32Array): readonly number[] => [...row].map((v) => v / Math.hypot(...row));

test("the features are those of each encoder, side by side as rows of one length, also for texts longer than one of them reads", async () => {
  const of = [
    ...texts.slice(0, 6).map(({ text }) => text),
    `a3 ${"b2 ".repeat(15)}a1`,
    `${"a2 ".repeat(30)}b1`,
  ];
  const [joined, a, b] = [
    await features(both(), of),
    await features(path("a-grades"), of),
    await features(path("b-grades"), of),
  ];
  for (const [i, row] of joined.entries())
    for (const [own, alone] of [
      [unit(row.slice(0, 6)), unit(a[i]!)],
      [unit(row.slice(6)), unit(b[i]!)],
    ] as const)
      own.forEach((v, k) => {
        expect(Math.abs(v - alone[k]!)).toBeLessThan(1e-6);
      });
});

test("a label that only both encoders know together is learnt, and the result says what each gives alone", {
  tags: ["thorough"],
}, async () => {
  const { joined, ...result } = await probe();
  expect(joined!.parts.map(({ name }) => name)).toEqual(["a-grades", "b-grades"]);
  for (const { validation } of joined!.parts) expect(validation).toBeLessThan(0.85);
  expect(joined!.together.validation).toBeGreaterThan(0.93);
  expect(result.base).toMatchObject({ name: "a-grades+b-grades", encoders: 2 });
});

test("the saved model has inputs and a tokenizer for each encoder, and scores as the run reported", {
  tags: ["thorough"],
}, async () => {
  const { model, ...result } = await probe();
  if (result.task !== "text-classification") throw new Error(result.task);
  for (const file of ["tokenizer.json", "tokenizer_2.json", "tokenizer_config_2.json"])
    expect(existsSync(join(model, file))).toBe(true);
  const { InferenceSession } = await import("onnxruntime-node");
  const session = await InferenceSession.create(join(model, "onnx", "model.onnx"));
  expect(session.inputNames).toEqual(["input_ids", "attention_mask", "input_ids_2", "attention_mask_2"]);
  await session.release();
  const again = await evaluate(model, path("grades.csv"), { threads: 1 });
  expect((again as { test: { accuracy: number } }).test.accuracy).toBe(result.test.accuracy);
  const loaded = await load(model);
  if (loaded.task !== "text-classification") throw new Error(loaded.task);
  expect(await loaded.predict(["a11 b0"])).toMatchObject([[{ label: "first" }, { label: "second" }]]);
  await expect(loaded.predict("a11 b0" as unknown as string[])).rejects.toThrow(
    "predict takes a list of inputs, and got string",
  );
  const card = readFileSync(join(model, "README.md"), "utf8");
  expect(card).toContain("`input_ids_2`, `attention_mask_2` int64[batch, length_2]");
  expect(card).toContain("but not in a pipeline of Transformers.js");
  expect(card).not.toContain("await pipeline(");
});

test.each([
  ["finetune", { epochs: 2 }],
  ["gradual", { epochs: 2 }],
  ["lora", { epochs: 2 }],
  ["sums", {}],
  ["ngram-probe", {}],
] as const)(
  "strategy %s trains joined encoders, and its file gives the same score",
  { tags: ["thorough"] },
  async (strategy, how) => {
    const result = await trained("grades.csv", { strategy, ...how });
    if (result.task !== "text-classification") throw new Error(result.task);
    expect(result.test.accuracy).toBeGreaterThan(0.6);
    const again = await evaluate(result.model, path("grades.csv"), { threads: 1 });
    expect((again as { test: { accuracy: number } }).test.accuracy).toBe(result.test.accuracy);
  },
);

test("labels and pairs of texts are learnt from joined encoders", { tags: ["thorough"] }, async () => {
  const labels = await trained("labels.csv", { strategy: "probe", labels: "labels" });
  if (labels.task !== "multi-label-classification") throw new Error(labels.task);
  expect(labels.test.micro_f1).toBeGreaterThan(0.8);
  const pairs = await trained("pairs.csv", { strategy: "probe" });
  if (pairs.task !== "text-classification") throw new Error(pairs.task);
  expect(pairs.test.accuracy).toBeGreaterThan(0.85);
  const again = await evaluate(pairs.model, path("pairs.csv"), { threads: 1 });
  expect((again as { test: { accuracy: number } }).test.accuracy).toBe(pairs.test.accuracy);
});

test("a model of joined encoders is extended by new texts", { tags: ["thorough"] }, async () => {
  const first = await trained("grades.csv", { strategy: "sums", trainSize: 40 });
  writeFileSync(path("more.csv"), "text,label\na11 b0 a11,first\na0 b11 b11,second\na10 b1 b1,first\n");
  const result = await extend([first.run, path("more.csv")], {
    test: path("grades.csv"),
    threads: 1,
    out: path("more"),
  });
  expect(result.extended!.samples).toBeGreaterThan(first.split.train + first.split.validation);
  const { run } = await trained("grades.csv", { strategy: "head", epochs: 1 });
  await expect(extend([run, path("more.csv")])).rejects.toThrow(
    `the run "${run}" is fine-tuned on two text encoders, and cannot be extended`,
  );
});

test("words are hidden to explain a prediction; gradients of two encoders are refused", {
  tags: ["thorough"],
}, async () => {
  const { model } = await probe();
  const explained = async (method: "shap" | "ig") => {
    const found = [];
    for await (const one of explain(model, ["a11 b0"], { method, threads: 1 })) found.push(one);
    return found;
  };
  expect(JSON.stringify(await explained("shap"))).toContain("a11");
  await expect(explained("ig")).rejects.toThrow(
    "Integrated Gradients explain one encoder, and the model has 2",
  );
});

test.each([
  ["one encoder twice", () => `${path("a-grades")}+${path("a-grades")}`, {}, "joined with itself"],
  ["three encoders", () => `${both()}+text-mini`, {}, "3 text encoders are joined, and 2 are possible"],
  ["a base of pictures", () => `${path("a-grades")}+vision-mini`, {}, "vision-mini does not take texts"],
  ["a place in one encoder", both, { cut: "x" }, "the option cut is for one base, and 2 are joined"],
  ["augmentation", both, { augment: "swap" }, "texts are augmented for one encoder, and 2 are joined"],
  [
    "encoders of other fixed lengths",
    () => `${path("a-grades")}+${gradeBase("fixed", "b", 12, 12)}`,
    {},
    "the bases take texts of different lengths: any, 12 tokens",
  ],
] as const)("%s: refused", async (_, base, options, message) => {
  const work = trained("grades.csv", {
    strategy: "finetune",
    epochs: 1,
    base: base(),
    ...options,
  } as TrainOptions);
  await expect(work).rejects.toThrow(message);
});

test("a model of two encoders is no base, and its weights do not start another one", {
  tags: ["thorough"],
}, async () => {
  const { model } = await probe();
  const message = "is a model of several inputs, and no base of one input";
  await expect(trained("grades.csv", { base: model })).rejects.toThrow(message);
  const options = { base: path("a-grades"), initFrom: model, strategy: "finetune", epochs: 1 } as const;
  await expect(trained("grades.csv", options)).rejects.toThrow(message);
});

test("a model with a damaged second tokenizer, or without it, is refused", {
  tags: ["thorough"],
}, async () => {
  const { model } = await probe();
  cpSync(model, path("damaged"), { recursive: true });
  writeFileSync(path("damaged", "tokenizer_2.json"), "{}");
  await expect(load(path("damaged"))).rejects.toThrow("tokenizer_2.json cannot be used");
  rmSync(path("damaged", "tokenizer_2.json"));
  await expect(load(path("damaged"))).rejects.toThrow("the model has 2 text encoders and one tokenizer");
});
