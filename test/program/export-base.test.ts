// Bases that are exported as they are: each folder opens in Transformers.js, and is a base with the features of the first.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { openAudioBase } from "../../src/bases/audio/audio-base.js";
import { bodyOf } from "../../src/bases/body.js";
import { type Base, openBase } from "../../src/bases/open/open-base.js";
import { openTextBase } from "../../src/bases/text/text-base.js";
import { textBody } from "../../src/bases/text/text-body.js";
import { draws } from "../../src/core/random.js";
import { decodePixels } from "../../src/data/index.js";
import type { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { exportModel } from "../../src/index.js";
import { nodePlatform as platform } from "../../src/platform/node.js";
import { publishable } from "../../src/push/publishable.js";
import { engraft } from "../support/fixtures.js";
import { writeEncoder, writeTfjs } from "../support/imported-bases.js";
import { run } from "../support/onnx-models.js";
import { picture } from "../support/pictures.js";
import { startHub } from "./fake-hub.js";

const root = mkdtempSync(join(tmpdir(), "engraft-export-base-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(root, ...names);

const random = (size: number): Float32Array => {
  const source = draws(3, "inputs");
  return Float32Array.from({ length: size }, () => source.uniform());
};

/** Outputs of a graph with one input of these numbers. */
async function outputOf(graph: Graph, dims: readonly number[], data = random(dims.reduce((a, b) => a * b))) {
  const outputs = await run(toOnnx(graph), { [graph.inputs[0]!]: new ort.Tensor("float32", data, dims) });
  return [...(outputs[graph.outputs[0]!]!.data as Float32Array)];
}

/** Features of a base of pictures. */
function featuresOf({ imported, cut, classes, preprocessing: { height, width } }: Base) {
  const { graph } = bodyOf(imported.graph, {
    ...(cut !== undefined && { cut }),
    ...(classes !== undefined && { classes }),
  });
  return outputOf(graph, [2, 3, height, width]);
}

async function transformers() {
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  return pipeline as unknown as (
    task: string,
    folder: string,
    options: object,
  ) => Promise<(one: unknown, how?: object) => Promise<unknown>>;
}
const offline = { local_files_only: true, dtype: "fp32" } as const;

test("a project of Teachable Machine: classes and features stay", async () => {
  const base = writeTfjs(at("project"), ["ant", "bee"]);
  const { code, out } = await engraft(["export", base, "--out", at("exported")]);
  expect(code).toBe(0);
  expect(out).toMatch(/base +project \(TF\.js.*\), licence not stated\n +read from/);
  expect(out).toMatch(/outputs +logits/);
  const [before, after] = [await openBase(base, {}), await openBase(at("exported"), {})];
  expect(after).toMatchObject({ classes: 2, preprocessing: before.preprocessing });
  expect(await featuresOf(after)).toEqual(await featuresOf(before));
  expect(bodyOf(after.imported.graph, { cut: after.cut! }).width).toBe(12);
  const file = at("picture.png");
  writeFileSync(file, await picture(1).png().toBuffer());
  const classify = await (await transformers())("image-classification", at("exported"), offline);
  const theirs = (await classify(file, { top_k: 2 })) as { label: string; score: number }[];
  const { data } = await decodePixels(file, before.preprocessing, platform);
  const pixels = Float32Array.from({ length: data.length }, (_, i) => {
    const [channel, place] = [Math.floor(i / 1024), i % 1024];
    return data[3 * place + channel]! / 127.5 - 1;
  });
  const probabilities = await outputOf(before.imported.graph, [1, 3, 32, 32], pixels);
  for (const { label, score } of theirs)
    expect(score).toBeCloseTo(probabilities[["ant", "bee"].indexOf(label)]!, 5);
  // The card is one of a publishable folder, with all that is known.
  const card = readFileSync(at("exported", "README.md"), "utf8");
  expect(card).toContain("of Teachable Machine, sha256");
  expect(card).toContain("Note: read from");
  expect(card).toContain("licence **not stated**");
  const { leftOut, license } = await publishable(platform, at("exported"), { mayPublish: true });
  expect({ leftOut, license }).toEqual({ leftOut: [], license: "unknown" });
});

test("an encoder in safetensors: states of tokens, tokenizer and pooling stay", async () => {
  const base = writeEncoder(at("encoder"));
  const said = await exportModel(base, { out: at("encoder-onnx") });
  expect(said.base).toMatchObject({ task: "feature-extraction", format: "safetensors of Transformers" });
  const [before, after] = [
    await openTextBase(base, { platform }),
    await openTextBase(at("encoder-onnx"), { platform }),
  ];
  expect(after.text.pooling).toBe(before.text.pooling);
  expect(after.text.config.architectures).toEqual(["BertModel"]);
  expect(after.text.tokenizer.longest).toBe(before.text.tokenizer.longest);
  const states = async ({ imported, text }: typeof before) => {
    const { graph } = textBody(imported.graph, { pooling: text.pooling, pad: text.tokenizer.pad });
    const ids = Int32Array.from(text.tokenizer.encode("the soup was awful").ids);
    const outputs = await run(toOnnx(graph), { tokens: new ort.Tensor("int32", ids, [1, ids.length]) });
    return [...(outputs[graph.outputs[0]!]!.data as Float32Array)];
  };
  const own = await states(before);
  expect(await states(after)).toEqual(own);
  // A folder that is exported once more keeps its pooling.
  await exportModel(at("encoder-onnx"), { out: at("encoder-again") });
  expect(existsSync(at("encoder-again", "1_Pooling", "config.json"))).toBe(true);
  const extract = await (await transformers())("feature-extraction", at("encoder-onnx"), offline);
  const { data } = (await extract("the soup was awful", { pooling: "cls" })) as { data: Float32Array };
  for (const [i, value] of own.entries()) expect(data[i]).toBeCloseTo(value, 4);
});

test("a bundled base of pictures without a classifier gives features, in 16 bits if it is said", async () => {
  const { code, out } = await engraft(["export", "vision-open", "--weights", "fp16", "--out", at("open")]);
  expect([code, existsSync(at("open", "LICENSE"))]).toEqual([0, true]);
  expect(out).toMatch(/outputs +features/);
  const [before, after] = [await openBase("vision-open", {}), await openBase(at("open"), {})];
  expect(after.license).toBe(before.license);
  const [first, second] = [await featuresOf(before), await featuresOf(after)];
  expect(second.length).toBe(first.length);
  for (const [i, value] of first.entries()) expect(second[i]).toBeCloseTo(value, 2);
  const extract = await (await transformers())("image-feature-extraction", at("open"), offline);
  const file = at("again.png");
  writeFileSync(file, await picture(2).png().toBuffer());
  expect(((await extract(file)) as { dims: number[] }).dims).toEqual([1, first.length / 2]);
});

test("a bundled base of sounds keeps its front end", async () => {
  await exportModel("audio-mini", { out: at("audio") });
  const [before, after] = [
    await openAudioBase("audio-mini", { platform }),
    await openAudioBase(at("audio"), { platform }),
  ];
  expect(after.audio.preprocessor).toEqual(before.audio.preprocessor);
  const { imported, audio } = before;
  const dims = [1, ...(audio.extractor.dims(16_000) as number[])];
  expect(await outputOf(after.imported.graph, dims)).toEqual(await outputOf(imported.graph, dims));
});

test("a repository of the hub keeps its licence and its commit in the card", async () => {
  const folder = writeEncoder(at("sent"));
  const names = ["config.json", "vocab.txt", "model.safetensors"];
  const hub = await startHub(
    "org/bert",
    new Map(names.map((n) => [n, readFileSync(join(folder, n))])),
    "mit",
  );
  const { code } = await engraft(["export", "hf:org/bert", "--out", at("from-hub")], {
    cache: at("cache"),
    env: { HF_ENDPOINT: hub.endpoint },
  });
  await hub.close();
  expect(code).toBe(0);
  const card = readFileSync(at("from-hub", "README.md"), "utf8");
  for (const words of ["license: mit", "base_model: org/bert", "of org/bert on the hub"])
    expect(card).toContain(words);
});

test("what is neither a model nor a base is refused, and so are options of the other", async () => {
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, err } = await engraft(["export", ...args], { cwd: root });
    expect(code).toBe(2);
    return err;
  };
  expect(await refused("nothing", "--out", at("x"))).toContain('"nothing" is neither a model nor a base');
  expect(await refused(root, "--out", at("x"))).toContain("engraft train");
  expect(await refused("vision-open", "--out", at("x"), "--base", "vision-mini")).toContain("--base");
  expect(await refused("vision-open", "--out", at("x"), "--calibrate", "temperature")).toContain(
    "vision-open",
  );
  expect(await refused("vision-open", "--out", root)).toContain(root);
  const plain = writeTfjs(at("plain"));
  expect(await refused(plain, "--out", at("x"))).toContain("preprocessor_config.json");
  const { code } = await engraft([
    "export",
    plain,
    "--mean",
    "0.5",
    "--std",
    "0.5",
    "--out",
    at("plain-onnx"),
  ]);
  expect(code).toBe(0);
  expect(await refused(at("plain-onnx"), "--mean", "0.5", "--out", at("x"))).toContain("mean");
  expect(existsSync(at("x"))).toBe(false);
});
