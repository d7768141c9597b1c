// Which initializers count as parameters, against PyTorch's own list, for every golden network. No constant may be one.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isFloat } from "../../src/core/dtype.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import type { Graph } from "../../src/graph/graph.js";
import { parametersOf } from "../../src/graph/surgery/index.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { readModel } from "../../src/onnx/index.js";
import { families, GoldenFamily } from "../support/families/golden.js";
import { Golden, models } from "../support/golden-networks.js";

/** Float initializers of the exported file that follow from no parameter: see scripts/golden/constants.py. */
const constants = JSON.parse(
  readFileSync(new URL("../golden/constants.json", import.meta.url), "utf8"),
) as Record<string, Record<string, string[]>>;

const found = (graph: Graph): string[] =>
  parametersOf(graph)
    .filter((p) => p.kind !== "statistic")
    .map((p) => p.value)
    .sort();

/** Folded from a parameter that stands in the graph as well: it is not trained a second time. */
const parts: Record<string, RegExp> = { buffers: /^onnx::ReduceSum_/ };

describe.each(families)("%s", (name) => {
  const golden = new GoldenFamily(name);
  const { header } = golden;

  test("its parameters are those that PyTorch lists", () => {
    expect(found(golden.import().graph)).toEqual(Object.keys(header.parameters).sort());
  });

  test.each(header.others)("folded to opset %i, all that follows from them, and nothing else", (opset) => {
    const bytes = golden.bytes(opset);
    const { graph } = fromOnnx(bytes);
    const inFile = readModel(bytes).graph!.initializer.map((t) => t.name);
    const fixed = new Set(constants[name]![opset]);
    const expected = inFile.filter((v) => {
      const tensor = graph.initializers.get(v);
      return tensor && isFloat(tensor.dtype) && !fixed.has(v) && !parts[name]?.test(v);
    });
    expect(found(graph)).toEqual(expected.sort());
  });

  test("the same are found in the model that Engraft writes", () => {
    for (const opset of [header.opset, ...header.others]) {
      const { graph } = golden.import(opset);
      expect(found(fromOnnx(toOnnx(graph)).graph), `opset ${opset}`).toEqual(found(graph));
    }
  });
});

test.each(models)("%s: its parameters are those that PyTorch lists", (name) => {
  const golden = new Golden(name);
  for (const opset of golden.header.opsets)
    expect(found(golden.graph(opset))).toEqual(golden.under("frozen/gradient/").sort());
});
