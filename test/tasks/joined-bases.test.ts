// Several bases of pictures in one graph: equal features, what each gives alone, every strategy, and refusals.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { baseRefs } from "../../src/bases/open/base-refs.js";
import { draws } from "../../src/core/random.js";
import { wholeOf } from "../../src/core/results/rows.js";
import { float32 } from "../../src/core/tensor.js";
import { pictureInputs } from "../../src/data/index.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { parametersOf } from "../../src/graph/surgery/index.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { collectSums, evaluate, extend, load, type TrainOptions, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openBody, openTrunk } from "../../src/run/setup.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { errorWith } from "../support/failure.js";
import { once, tinyBase } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-joined-"));
const path = (...parts: string[]): string => join(root, ...parts);
let runs = 0;

/** A base that sees one channel only. */
function channelBase(name: string, channel: number, size = 32, std = 0.25): string {
  const graph = new Graph(name);
  const g = new Builder(graph);
  const draw = draws(channel, "channel base");
  const random = (dims: readonly number[], keep: (i: number) => boolean = () => true) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => (keep(i) ? draw.normal() : 0)),
    );
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, size, size] });
  const first = g.weight(
    "conv.weight",
    random([6, 3, 1, 1], (i) => i % 3 === channel),
  );
  const h = g.relu(g.conv(x, first, g.weight("conv.bias", random([6])), {}));
  const features = g.flatten(g.globalAveragePool(h));
  const logits = g.gemm(features, g.weight("fc.weight", random([5, 6])), g.weight("fc.bias", random([5])), {
    transB: true,
  });
  graph.outputs.push(logits);
  const folder = tinyBase(path(name), toOnnx(graph));
  const config = JSON.parse(readFileSync(join(folder, "preprocessor_config.json"), "utf8"));
  writeFileSync(
    join(folder, "preprocessor_config.json"),
    JSON.stringify({ ...config, size: { height: size, width: size }, image_std: [std, std, std] }),
  );
  return folder;
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  env.allowRemoteModels = false;
  channelBase("red", 0);
  channelBase("green", 1, 32, 0.5);
  channelBase("small", 1, 16, 0.5);
  mkdirSync(path("pictures"));
  const draw = draws(5, "tints");
  const lines = ["file,label,both"];
  for (let i = 0; i < 240; i++) {
    const [red, green] = [0.2 + 0.8 * draw.uniform(), 0.2 + 0.8 * draw.uniform()];
    await picture(i)
      .linear([red, green, 1], [0, 0, 0])
      .png()
      .toFile(path("pictures", `${i}.png`));
    lines.push(`pictures/${i}.png,${red > green ? "warm" : "cold"},${(red - green).toFixed(3)}`);
  }
  writeFileSync(path("tints.csv"), lines.join("\n"));
  writeFileSync(path("classes.csv"), lines.map((line) => line.replace(/,[^,]*$/, "")).join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const both = (): string => `${path("red")}+${path("green")}`;
const trained = (data: string, options: TrainOptions) =>
  train(path(data), { threads: 1, baselines: false, base: both(), ...options, out: path(`run-${runs++}`) });
const probe = once(() => trained("classes.csv", { strategy: "probe" }));

/** Features of the first pictures under a base, with rows of length 1. */
async function unitFeatures(ref: string): Promise<readonly (readonly number[])[]> {
  const opened = await openBody(ref, {}, nodePlatform);
  const inputs = pictureInputs(nodePlatform, opened.base.preprocessing, 0);
  const trunk = await openTrunk(opened, await nodeRuntime(), nodePlatform, { cache: false }, inputs);
  const items = Array.from({ length: 8 }, (_, i) => {
    const file = path("pictures", `${i}.png`);
    return { id: file, path: file, part: "test", sha256: `${ref} ${i}` } as const;
  });
  const rows = await trunk.features(items, {});
  await trunk.close();
  const [values, { width }] = [wholeOf(rows), opened.body];
  return items.map((_, i) => unit([...values.subarray(i * width, (i + 1) * width)]));
}
const unit = (row: readonly number[]): readonly number[] => row.map((v) => v / Math.hypot(...row));

test("the features are those of each base, side by side as rows of one length", async () => {
  const [joined, red, green] = [
    await unitFeatures(both()),
    await unitFeatures(path("red")),
    await unitFeatures(path("green")),
  ];
  for (const [i, row] of joined.entries())
    for (const [own, alone] of [
      [unit(row.slice(0, 6)), red[i]!],
      [unit(row.slice(6)), green[i]!],
    ] as const)
      own.forEach((v, k) => {
        expect(Math.abs(v - alone[k]!)).toBeLessThan(1e-6);
      });
});

test("all weights of all bases can be trained, and nothing else", async () => {
  const { body, base } = await openBody(`${path("red")}+${path("small")}`, {}, nodePlatform);
  expect(parametersOf(body.graph).map(({ value }) => value)).toEqual(
    ["base1", "base2"].flatMap((name) => [`${name}.conv.weight`, `${name}.conv.bias`]),
  );
  expect(base.preprocessing).toMatchObject({ height: 32, width: 32 });
});

test("the layers of the bases alternate, so that the last ones are those of both", async () => {
  const { body } = await openBody("vision-mini+vision-open", {}, nodePlatform);
  const names = parametersOf(body.graph).map(({ value }) => value.split(".")[0]!.replace("onnx::", ""));
  const last = names.slice(-40);
  expect(new Set(last)).toEqual(new Set(["base1", "base2"]));
  const alone = await Promise.all(
    ["vision-mini", "vision-open"].map(async (one) =>
      parametersOf((await openBody(one, {}, nodePlatform)).body.graph),
    ),
  );
  expect(names).toHaveLength(alone.flat().length);
});

test("a label that only both bases show together is learnt, and the result says what each gives alone", {
  tags: ["thorough"],
}, async () => {
  const { joined, ...result } = await probe();
  expect(joined!.parts.map(({ name }) => name)).toEqual(["red", "green"]);
  for (const { validation, gain } of joined!.parts) {
    expect(validation).toBeLessThan(0.85);
    expect(gain.value).toBeGreaterThan(0.05);
  }
  expect(joined!.together.validation).toBeGreaterThan(0.93);
  expect(joined!.best).toBe(joined!.parts.reduce((a, b) => (b.validation > a.validation ? b : a)).name);
  if (result.task !== "image-classification") throw new Error(result.task);
  expect(joined!.together.test).toBe(result.test.accuracy);
  const page = readFileSync(join(result.run, "report.html"), "utf8");
  expect(page).toContain("Each base alone");
  expect(readFileSync(join(result.model, "README.md"), "utf8")).toContain("Gain of joining");
});

test("the saved model takes pictures like any other, also in Transformers.js", {
  tags: ["thorough"],
}, async () => {
  const { model, ...result } = await probe();
  if (result.task !== "image-classification") throw new Error(result.task);
  const again = await evaluate(model, path("classes.csv"), { threads: 1 });
  expect((again as { test: { accuracy: number } }).test.accuracy).toBe(result.test.accuracy);
  const loaded = await load(model);
  if (loaded.task !== "image-classification") throw new Error(loaded.task);
  const [own] = (await loaded.predict(path("pictures", "3.png"))) as { label: string; score: number }[];
  const classify = await pipeline("image-classification", model, {
    local_files_only: true,
    dtype: "fp32",
  } as object);
  const [theirs] = (await classify(path("pictures", "3.png"))) as { label: string; score: number }[];
  expect(theirs!.label).toBe(own!.label);
  expect(theirs!.score).toBeCloseTo(own!.score, 2);
});

test.each([
  ["finetune", {}],
  ["gradual", {}],
  ["last-n", { option: { last: 2 } }],
  ["lora", {}],
  ["sums", {}],
] as const)("strategy %s trains joined bases", { tags: ["thorough"] }, async (strategy, options) => {
  const result = await trained("classes.csv", {
    strategy,
    ...(strategy !== "sums" && { epochs: 2 }),
    ...options,
  });
  if (result.task !== "image-classification") throw new Error(result.task);
  expect(result.test.accuracy).toBeGreaterThan(0.6);
  expect(result.joined!.parts).toHaveLength(2);
});

test("numbers are learnt from joined bases, and a base with smaller pictures says how far its features are moved", {
  tags: ["thorough"],
}, async () => {
  const base = `${path("red")}+${path("small")}`;
  const result = await trained("tints.csv", { strategy: "probe", target: "both", base });
  if (result.task !== "image-regression") throw new Error(result.task);
  const [red, small] = result.joined!.parts;
  expect(result.joined!.together.validation).toBeGreaterThan(0.9);
  expect(red!.validation).toBeLessThan(0.8);
  expect(red!.distance).toBeUndefined();
  expect(small!.distance).toBeGreaterThan(0);
  expect(small!.distance).toBeLessThan(0.05);
});

test("how each base takes its pictures is part of what identifies joined bases", async () => {
  const twin = channelBase("green-twin", 1, 32, 0.25);
  const open = (ref: string) => openBody(`${path("red")}+${ref}`, {}, nodePlatform);
  const [one, other] = [await open(path("green")), await open(twin)];
  expect(one.base.sha256).not.toBe(other.base.sha256);
});

test.each([
  ["of their own sizes", (): string => `${path("red")}+${path("small")}`, undefined, "red+small"],
  ["of one other size", (): string => "vision-mini+vision-open", 48, "vision-mini+vision-open"],
] as const)(
  "an adapter of joined bases %s leaves the resizing alone, names both, and predicts",
  { tags: ["thorough"] },
  async (_, of, imageSize, name) => {
    const { model } = await trained("classes.csv", {
      strategy: "lora",
      epochs: 1,
      adapterOnly: true,
      base: of(),
      trainSize: 60,
      ...(imageSize && { imageSize }),
    });
    const config = JSON.parse(readFileSync(join(model, "adapter_config.json"), "utf8"));
    expect(config.base_model_name_or_path).toBe(name);
    for (const place of config.target_modules) expect(place).toMatch(/^base[12]\./);
    const again = await evaluate(model, path("classes.csv"), { threads: 1 });
    expect((again as { test: { n: number } }).test.n).toBe(36);
  },
);

test("an extended model of joined bases is not compared with each alone: most of its samples are elsewhere", {
  tags: ["thorough"],
}, async () => {
  const sums = path("tints.sums");
  await collectSums(path("classes.csv"), { base: both(), threads: 1, out: sums });
  const how = { base: both(), test: path("classes.csv"), threads: 1 };
  const result = await extend([sums], { ...how, out: path("extended") });
  expect(result.joined).toBeUndefined();
  expect(result.extended!.samples).toBeGreaterThan(150);
});

test("a plus sign in the path of a base does not divide it", async () => {
  const refs = (ref: string) => baseRefs(ref, nodePlatform);
  const plus = channelBase("red+blue", 2);
  expect(await refs(plus)).toEqual([plus]);
  expect(await refs(`${plus}+${path("green")}`)).toEqual([plus, path("green")]);
  expect(await refs(`vision-mini+${plus}`)).toEqual(["vision-mini", plus]);
  await expect(refs("vision-mini+")).rejects.toThrow('a base is missing beside "+" in "vision-mini+"');
  await expect(refs("+vision-mini")).rejects.toThrow("a base is missing");
});

test.each([
  [
    "one base twice",
    { base: "vision-mini+vision-mini" },
    "vision-mini is joined with itself: both bases are the same",
  ],
  ["an unknown base", { base: "vision-mini+nobody" }, { base: "nobody" }],
  [
    "five bases",
    { base: "red+green+vision-mini+vision-open+small" },
    "5 bases are joined, at most 4 are possible",
  ],
  ["numbers for one input", { mean: [0.5, 0.5, 0.5] }, "the option mean is for one base, and 2 are joined"],
  ["a place in one base", { cut: "x" }, "the option cut is for one base, and 2 are joined"],
  [
    "a classifier of one base",
    { initHead: "reuse" },
    "joined bases have no classifier whose rows could be used again",
  ],
] as const)("%s: refused", async (_, options, expected) => {
  const named = "base" in options && options.base.startsWith("red+");
  const base = named ? options.base.replace(/\b(red|green|small)\b/g, (name) => path(name)) : undefined;
  const work = trained("classes.csv", {
    strategy: "finetune",
    epochs: 1,
    ...options,
    ...(base && { base }),
  } as TrainOptions);
  await expect(work).rejects.toEqual(errorWith(expected));
});
