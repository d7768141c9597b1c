// A head with a hidden layer, and the head alone: what they learn, what stays frozen, what the saved file holds, and refusals.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import {
  type ClassificationScores,
  evaluate,
  type TrainOptions,
  type TrainResultEvent,
  train,
} from "../../src/index.js";
import { once, tinyBase } from "../support/fixtures.js";
import { writeSoundBase, writeSoundNumbers } from "../support/sound-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-hidden-"));
const path = (...parts: string[]): string => join(root, ...parts);
let runs = 0;

const size = 8;
/** A base whose features are four times the mean red and the mean green of a picture. */
function colourBase(): string {
  const graph = new Graph("colours");
  const g = new Builder(graph);
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, size, size] });
  const red = g.weight("conv.weight", float32([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]));
  const features = g.flatten(
    g.globalAveragePool(g.relu(g.conv(x, red, g.weight("conv.bias", float32([2], [0, 0])), {}))),
  );
  const five = g.weight("fc.weight", float32([5, 2], new Float32Array(10).fill(1)));
  graph.outputs.push(
    g.gemm(features, five, g.weight("fc.bias", float32([5], new Float32Array(5))), { transB: true }),
  );
  const folder = tinyBase(path("base"), toOnnx(graph));
  const file = join(folder, "preprocessor_config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  const scaled = {
    size: { height: size, width: size },
    image_mean: [0, 0, 0],
    image_std: [0.25, 0.25, 0.25],
  };
  writeFileSync(file, JSON.stringify({ ...config, ...scaled }));
  return folder;
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  colourBase();
  mkdirSync(path("pictures"));
  const draw = draws(5, "colours");
  const rows: (readonly [file: string, differ: boolean, red: boolean, product: number])[] = [];
  for (let i = 0; i < 320; i++) {
    // Far from the borders between the quarters of the square.
    const [red, green] = [i & 1, (i >> 1) & 1].map((high) => 0.55 * high! + 0.1 + 0.25 * draw.uniform()) as [
      number,
      number,
    ];
    const background = { r: 255 * red, g: 255 * green, b: i % 256 };
    const file = `pictures/${i}.png`;
    await sharp({ create: { width: size, height: size, channels: 3, background } })
      .png()
      .toFile(path(file));
    rows.push([file, red > 0.5 !== green > 0.5, red > 0.5, (red - 0.5) * (green - 0.5)]);
  }
  const list = (name: string, header: string, line: (row: (typeof rows)[number]) => string): void =>
    writeFileSync(path(name), [`file,${header}`, ...rows.map((row) => `${row[0]},${line(row)}`)].join("\n"));
  list("classes.csv", "label", ([, differ]) => (differ ? "differ" : "alike"));
  list("labels.csv", "differ,red", ([, differ, red]) => `${Number(differ)},${Number(red)}`);
  list("numbers.csv", "value", ([, , , product]) => product.toFixed(4));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const out = (): string => path(`run-${runs++}`);
const common = () => ({ base: path("base"), augment: "none" as const, epochs: 30, lr: 0.03 });
const classes = async (more: TrainOptions = {}) => {
  const options: TrainOptions = { ...common(), strategy: "head", task: "image-classification", out: out() };
  return (await train(path("classes.csv"), { ...options, ...more })) as TrainResultEvent;
};
const scoreAgain = async (model: string): Promise<number> =>
  ((await evaluate(model, path("classes.csv"))).test as ClassificationScores).accuracy;
const layered = once(() => classes({ hidden: 24 }));

const graphOf = (model: string): Graph => fromOnnx(readFileSync(join(model, "onnx/model.onnx"))).graph;
const weightsOf = (model: string): ReadonlyMap<string, Float32Array> =>
  new Map([...graphOf(model).initializers].map(([name, { data }]) => [name, data as Float32Array]));
const onDisk = (file: string) => readFileSync(file, "utf8");

test("a hidden layer learns the exclusive or of two features, which no linear head can", {
  tags: ["thorough"],
}, async () => {
  const [linear, own] = [await classes(), await layered()];
  expect(linear.test.accuracy).toBeLessThan(0.75);
  expect(own.test.accuracy).toBeGreaterThan(0.95);
  // 2 features, 24 units, 2 classes. The total has the base, and mean and deviation of three channels.
  expect(own.trainable).toEqual({ parameters: 2 * 24 + 24 + 24 * 2 + 2, total: 8 + 6 + 122 });
  expect(own.hidden).toBe(24);
  expect(linear.hidden).toBeUndefined();
});

test("the head alone trains: the weights of the base stay as they were, and those of both layers change", {
  tags: ["thorough"],
}, async () => {
  const own = await layered();
  const trained = weightsOf(own.model);
  expect(trained.get("conv.weight")).toEqual(Float32Array.of(1, 0, 0, 0, 1, 0));
  expect(trained.get("conv.bias")).toEqual(Float32Array.of(0, 0));
  const names = [...trained.keys()].filter((name) => name.startsWith("engraft/head/")).sort();
  expect(names).toEqual(
    ["bias", "hidden.bias", "hidden.weight", "weight"].map((one) => `engraft/head/${one}`),
  );
  // Biases begin at 0.
  for (const name of names.filter((one) => one.endsWith("bias")))
    expect(trained.get(name)!.some((value) => Math.abs(value) > 1e-4)).toBe(true);
});

test("the saved file is a plain ONNX model with the scores of the run, and its papers name the layer", {
  tags: ["thorough"],
}, async () => {
  const own = await layered();
  const ops = graphOf(own.model).nodes.map(({ op }) => op);
  expect(ops.slice(-3)).toEqual(["Gemm", "Relu", "Gemm"]);
  expect(await scoreAgain(own.model)).toBe(own.test.accuracy);
  expect(JSON.parse(onDisk(join(own.model, "engraft.json"))).hidden).toBe(24);
  expect(onDisk(join(own.model, "README.md"))).toContain(
    "Hidden layer: 24 units with ReLU between the features and the output layer",
  );
  expect(onDisk(join(own.run, "report.html"))).toContain("24 units with ReLU");
});

test("both layers begin with weights of the seed, and other seeds draw others", {
  tags: ["thorough"],
}, async () => {
  const start = (seed: number) => classes({ hidden: 24, epochs: 1, lr: 1e-9, seed });
  const [a, again, b] = [await start(0), await start(0), await start(1)].map(
    ({ model }) => weightsOf(model).get("engraft/head/hidden.weight")!,
  );
  expect(again).toEqual(a);
  expect(b).not.toEqual(a);
  // He et al., 2015: variance 2 / fan-in, here 1, over 48 draws.
  const variance = a!.reduce((sum, v) => sum + v * v, 0) / a!.length;
  expect(Math.abs(variance - 1)).toBeLessThan(0.6);
});

test("the probe is still a linear head, and the network from scratch has the hidden layer", {
  tags: ["thorough"],
}, async () => {
  const own = await classes({ hidden: 24, baselines: true, seeds: 2, scratchSteps: 300 });
  const { probe, scratch } = own.baselines ?? {};
  expect(probe?.test.accuracy).toBeLessThan(0.75);
  expect(scratch?.test.accuracy).toBeGreaterThan(0.75);
  expect(own.by_seed?.runs.map(({ seed }) => seed)).toEqual([0, 1]);
});

test("labels and numbers have a hidden layer too", { tags: ["thorough"] }, async () => {
  const labels = await train(path("labels.csv"), {
    ...{ ...common(), strategy: "head", hidden: 24, labels: "differ,red", out: out() },
  });
  if (!("micro_f1" in labels.test)) throw new Error("no labels");
  expect(labels.test.micro_f1).toBeGreaterThan(0.95);
  expect(onDisk(join(labels.model, "README.md"))).toContain("Hidden layer: 24 units");
  const number = { ...common(), task: "image-regression", out: out() } as const;
  const numbers = await train(path("numbers.csv"), { ...number, strategy: "head", hidden: 24 });
  if (!("r2" in numbers.test)) throw new Error("no numbers");
  expect(numbers.test.r2).toBeGreaterThan(0.8);
  const again = await evaluate(numbers.model, path("numbers.csv"));
  if (!("r2" in again.test)) throw new Error("no numbers");
  expect(again.test.r2).toBeCloseTo(numbers.test.r2, 6);
  const probe = await train(path("numbers.csv"), {
    task: "image-regression",
    base: path("base"),
    strategy: "probe",
    out: out(),
  });
  if (!("r2" in probe.test)) throw new Error("no numbers");
  expect(probe.test.r2).toBeLessThan(0.3);
});

test("a model with a hidden layer is a base: its layer is frozen with it, and a new one is not confused with it", {
  tags: ["thorough"],
}, async () => {
  const own = await layered();
  const before = weightsOf(own.model).get("engraft/head/hidden.weight")!;
  const next = await classes({ base: own.model, hidden: 6, epochs: 2 });
  const trained = weightsOf(next.model);
  expect(trained.get("hidden.weight")).toEqual(before);
  expect(trained.get("engraft/head/hidden.weight")).toHaveLength(6 * 24);
});

test("texts and sounds have a hidden layer", { tags: ["thorough"] }, async () => {
  writeTextBase(path("encoder"));
  const lines = reviews(60).map(({ text, label }) => `"${text}",${label}`);
  writeFileSync(path("reviews.csv"), ["text,label", ...lines].join("\n"));
  const short = { strategy: "head", hidden: 5, epochs: 2, lr: 0.01 } as const;
  const texts = await train(path("reviews.csv"), { ...short, base: path("encoder"), out: out() });
  expect(texts.hidden).toBe(5);
  const adapted = await train(path("reviews.csv"), {
    ...{ ...short, strategy: "lora", base: path("encoder"), out: out() },
  });
  const again = (await evaluate(adapted.model, path("reviews.csv"))).test as ClassificationScores;
  expect(again.accuracy).toBe((adapted as TrainResultEvent).test.accuracy);
  expect(weightsOf(adapted.model).has("engraft/head/hidden.weight")).toBe(true);
  const base = writeSoundBase(path("sounds-base"));
  const sounds = await train(writeSoundNumbers(path("sounds"), 30), { ...short, base, out: out() });
  expect(sounds.hidden).toBe(5);
});

describe("every strategy that trains", () => {
  test.each([
    "finetune",
    "full",
    "last-n",
    "gradual",
    "discriminative",
    "bitfit",
    "l2-sp",
    "bss",
    "lwf",
  ] as const)("%s trains a hidden layer", { tags: ["thorough"] }, async (strategy) => {
    const own = await classes({
      strategy,
      hidden: 24,
      epochs: 2,
      lr: 0.01,
      ...(strategy === "last-n" && { option: { last: 1 } }),
    });
    expect(own.strategy.name).toBe(strategy);
    expect(weightsOf(own.model).get("engraft/head/hidden.weight")).toHaveLength(48);
    expect(await scoreAgain(own.model)).toBe(own.test.accuracy);
  });
});

test.each<[TrainOptions, string]>([
  [{ strategy: "probe" }, 'strategy "probe" solves a linear head, without a hidden layer of 4 units'],
  [{ strategy: "sums" }, 'strategy "sums" solves a linear head'],
  [{ strategy: "setfit" }, 'strategy "setfit" solves a linear head'],
  [{ strategy: "auto" }, 'strategy "auto" may solve a linear head'],
  [{ strategy: "lora", adapterOnly: true }, "adapter-only is for a linear head"],
  [{ initHead: "reuse" }, "init-head is for a linear head"],
  [{ hidden: 0 }, "hidden"],
  [{ hidden: 8193 }, "hidden"],
  [{ hidden: 1.5 }, "hidden"],
  [
    { task: "object-detection" },
    "the option hidden is for classes, labels and numbers of pictures, texts and sounds",
  ],
  [
    { strategy: "head", trainable: "conv*", hidden: undefined },
    'strategy "head" trains no weight of the base',
  ],
])("%o is refused", async (options, message) => {
  await expect(classes({ strategy: "finetune", hidden: 4, ...options })).rejects.toThrow(message);
});
