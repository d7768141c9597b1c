// The folder of a recogniser opens in Transformers.js, which serves the same text as Engraft: double letters stay double.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngraftManifest, writeModelFolder } from "../../src/bases/index.js";
import { float32 } from "../../src/core/tensor.js";
import { countCharacters, type Vocabulary } from "../../src/data/transcripts/vocabulary.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { load } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { recogniserConfig, tokenizerFiles } from "../../src/tasks/transcripts/transcripts-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-speech-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(() => {
  env.allowRemoteModels = false;
});

/** A recogniser that hears class numbers: each sample is a frame, and the best class of a sample v is v. */
function numberReader(classes: number): Graph {
  const graph = new Graph("numbers");
  const g = new Builder(graph);
  const x = graph.input("input_values", { dtype: "float32", shape: ["batch", "samples"] });
  const numbers = g.constant(
    float32(
      [classes],
      Array.from({ length: classes }, (_, v) => v),
    ),
  );
  const apart = g.sub(g.unsqueeze(x, [2]), numbers);
  const [logits] = g.nodes("Neg", [g.mul(apart, apart)], {}, ["logits"]);
  graph.outputs.push(logits!);
  return graph;
}

const engraft: EngraftManifest = {
  ...{ format: 1, task: "automatic-speech-recognition", versions: {}, seed: 0 },
  base: { name: "numbers", sha256: "0".repeat(64), license: "none" },
  strategy: { name: "none", reasons: [] },
  split: { train: 0, validation: 0, test: 0, seed: 0 },
  data: { fingerprint: "", test_fingerprint: "" },
  speech: { normalizer: "basic", unit: "words", decoder: { name: "greedy" } },
};

async function folderOf({ tokens }: Vocabulary, name: string): Promise<string> {
  const dir = join(root, name);
  await writeModelFolder(nodePlatform, dir, {
    ...{ onnx: toOnnx(numberReader(tokens.length)), classes: tokens, config: recogniserConfig(tokens) },
    ...{ card: "# numbers\n", samples: {}, engraft },
    files: {
      ...tokenizerFiles(tokens),
      "preprocessor_config.json": {
        ...{ feature_extractor_type: "Wav2Vec2FeatureExtractor", feature_size: 1, sampling_rate: 16_000 },
        ...{ padding_side: "right", padding_value: 0, do_normalize: false, return_attention_mask: false },
      },
    },
  });
  return dir;
}

test.each([
  [
    "latin",
    "hello world",
    ["h", "h", "e", "", "l", "l", "", "l", "o", "o", " ", "w", "o", "r", "", "l", "d"],
  ],
  ["greek", "ώρα δδ", ["ώ", "ρ", "ρ", "", "α", " ", "δ", "", "δ"]],
  ["chinese", "你好好", ["你", "好", "", "好"]],
])("%s: %s", async (name, text, path) => {
  const { vocabulary } = countCharacters([text]);
  const dir = await folderOf(vocabulary, name);
  // "" is the blank.
  const samples = Float32Array.from(path, (c) => (c === "" ? 0 : vocabulary.encode(c)[0]!));
  const theirs = await pipeline("automatic-speech-recognition", dir, { local_files_only: true });
  const served = (await theirs(samples)) as { readonly text: string };
  expect(served.text).toBe(text);
  await theirs.dispose();

  const own = await load(dir, { threads: 1 });
  if (own.task !== "automatic-speech-recognition") throw new Error(`a model of ${own.task}`);
  const [recognised] = await own.predict([samples]);
  expect(recognised!.text).toBe(text);
  expect(recognised!.words.map(({ word }) => word)).toEqual(text.split(" "));
  await own.close();
});
