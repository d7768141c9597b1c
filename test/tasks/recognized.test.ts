/** Subgraphs that PyTorch's exporter writes for operators missing in an opset are recognized as these operators. */
import { expect, test } from "vitest";
import { GoldenFamily } from "../support/families/golden.js";

test.each([
  ["bert", "LayerNormalization", 5],
  ["bert", "Gelu", 2],
  ["gpt2", "Gelu", 2],
  ["swin", "LayerNormalization", 11],
  ["convnext", "Gelu", 4],
  ["wav2vec2", "LayerNormalization", 8],
  ["mobilenet-v3", "HardSwish", 7],
] as const)("%s: %s, %d times, at every opset", (family, op, times) => {
  const golden = new GoldenFamily(family);
  for (const opset of [golden.header.opset, ...golden.header.others]) {
    const { nodes } = golden.import(opset).graph;
    expect(nodes.filter((n) => n.op === op)).toHaveLength(times);
    expect(nodes.filter((n) => n.op === "Erf")).toEqual([]);
  }
});
