import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { readBaseTokens } from "./base-tokens.js";
import { reuseFrameHead } from "./reuse-frame-head.js";

const root = mkdtempSync(join(tmpdir(), "engraft-base-tokens-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function located(name: string, content: unknown) {
  const path = join(root, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test("the characters of a base stand in its tokenizer.json, by class; blank and space get our names", async () => {
  const tokenizer = located("tokenizer.json", {
    added_tokens: [{ id: 0, content: "[PAD]" }],
    model: { vocab: { "[UNK]": 1, "▁": 2, A: 3, B: 4 } },
  });
  const config = located("tokenizer_config.json", { pad_token: "[PAD]", word_delimiter_token: "▁" });
  const texts = { "tokenizer.json": tokenizer, "tokenizer_config.json": config };
  const onnx = join(root, "model.onnx");
  const found = await readBaseTokens(nodePlatform, {
    texts,
    config: undefined,
    preprocessor: undefined,
    onnx,
  });
  expect(found).toEqual(["<pad>", "[UNK]", "|", "A", "B"]);
});

test("a vocabulary with a gap, or none, names no characters", async () => {
  const gap = located("gap.json", { model: { vocab: { "<pad>": 0, a: 2 } } });
  const base = { config: undefined, preprocessor: undefined, onnx: join(root, "none", "model.onnx") };
  expect(await readBaseTokens(nodePlatform, { ...base, texts: { "tokenizer.json": gap } })).toBeUndefined();
  expect(await readBaseTokens(nodePlatform, { ...base, texts: {} })).toBeUndefined();
});

test("rows are found by character, the same case first; half of the characters must be known", () => {
  const old = {
    classes: ["<pad>", "A", "a", "B"],
    weight: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    bias: Float32Array.of(0.1, 0.2, 0.3, 0.4),
  };
  const head = reuseFrameHead(old, ["<pad>", "<unk>", "a", "b", "c"])!;
  expect([...head.weight]).toEqual([1, 2, 0, 0, 5, 6, 7, 8, 0, 0]);
  expect([...head.bias]).toEqual([...Float32Array.of(0.1, 0, 0.3, 0.4, 0)]);
  expect([head.known, head.of]).toEqual([2, 3]);
  expect(reuseFrameHead(old, ["<pad>", "<unk>", "a", "x", "y"])).toBeUndefined();
  // Without its blank a head cannot be served.
  expect(reuseFrameHead({ ...old, classes: ["_", "A", "a", "B"] }, ["<pad>", "<unk>", "a"])).toBeUndefined();
});
