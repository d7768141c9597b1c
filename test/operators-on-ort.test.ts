import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../src/core/shape.js";
import { type Tensor, toNumbers } from "../src/core/tensor.js";
import { toOnnx } from "../src/graph/to-onnx.js";
import { interpret } from "../src/runtime/reference/index.js";
import { allOperatorCases, caseFeeds, caseGraph, type OperatorCase } from "../src/testing/operator-cases.js";

/** Cases that ONNX defines and onnxruntime refuses, with what it says. */
const refused: Readonly<Record<string, RegExp>> = {
  "LRN: an even window": /size_ % 2 == 1/,
};

/**
 * float32 against float64: a few dozen products are summed, each rounded to 2^-24 = 6e-8 of its size; runtimes
 * approximate exp, tanh and erf to about 1e-5.
 */
const relative = 1e-4;
const absolute = 1e-5;

function toOrt(t: Tensor): ort.Tensor {
  return new ort.Tensor(t.dtype as "float32", t.data as Float32Array, [...t.dims]);
}
/** Undefined when they agree, else the first place where they do not. */
function difference(reference: Float64Array, got: readonly number[]): string | undefined {
  for (let i = 0; i < reference.length; i++) {
    const [a, b] = [reference[i]!, got[i]!];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(a)))
      return `at ${i}: ${a} by the reference, ${b} by onnxruntime`;
  }
  return undefined;
}
async function onOrt(c: OperatorCase): Promise<Record<string, ort.Tensor>> {
  // Unoptimised: the operator itself runs, not what a graph optimiser makes of it.
  const session = await ort.InferenceSession.create(toOnnx(caseGraph(c)), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const feeds = Object.fromEntries(Object.entries(caseFeeds(c)).map(([name, t]) => [name, toOrt(t)]));
  const results = await session.run(feeds);
  await session.release();
  return results as Record<string, ort.Tensor>;
}

describe("the reference, the inferred types and onnxruntime agree", () => {
  test.each(allOperatorCases.map((c) => [`${c.op}: ${c.name}`, c] as const))("%s", async (title, c) => {
    const graph = caseGraph(c);
    const reference = interpret(graph, caseFeeds(c));
    for (const y of graph.outputs) {
      expect({ dtype: reference.get(y)!.dtype, shape: reference.get(y)!.dims }).toEqual(graph.typeOf(y));
    }
    if (refused[title]) {
      await expect(onOrt(c)).rejects.toThrow(refused[title]);
      return;
    }
    const results = await onOrt(c);
    for (const y of graph.outputs) {
      const got = results[y]!;
      expect({ dtype: got.type as string, shape: got.dims }).toEqual(graph.typeOf(y));
      const numbers = toNumbers({ dtype: got.type, dims: got.dims, data: got.data } as Tensor);
      expect(numbers).toHaveLength(sizeOf(graph.dims(y)));
      expect(difference(reference.get(y)!.data, numbers)).toBeUndefined();
    }
  });
});
