import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differentiate } from "../src/autodiff/index.js";
import { isFloat } from "../src/core/dtype.js";
import { type Tensor, toNumbers } from "../src/core/tensor.js";
import type { Graph } from "../src/graph/graph.js";
import type { Value } from "../src/graph/node.js";
import { fuseForOrt } from "../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../src/graph/to-onnx.js";
import { nodeRuntime } from "../src/runtime/ort-node.js";
import { interpret } from "../src/runtime/reference/index.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { appendProjection } from "../src/testing/check-gradient.js";
import {
  allOperatorCases,
  caseFeeds,
  caseGraph,
  caseInput,
  type OperatorCase,
} from "../src/testing/index.js";

/** What the runtime cannot do, with why: the gradient itself is checked on the reference. */
const beyondTheRuntime: Readonly<Record<string, string>> = {
  "LRN: an even window": "its kernel refuses even sizes",
  "MaxPool: ceil, a last window that would start in the padding":
    "its shape inference counts a window that its kernel does not compute",
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

/** The gradients of a random projection of the outputs, as outputs of the graph. */
function gradientGraph(c: OperatorCase): { graph: Graph; wrt: readonly Value[] } {
  const graph = caseGraph(c);
  const outputs = graph.outputs.filter((y) => isFloat(graph.typeOf(y).dtype));
  const wrt = c.differentiable!.map(caseInput);
  const gradients = differentiate(graph, appendProjection(graph, outputs, 1), wrt);
  graph.outputs.splice(0, graph.outputs.length, ...new Set(gradients.values()));
  return { graph, wrt };
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  let scale = 1;
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return worst / scale;
}

const cases = allOperatorCases.filter(
  (c) => (c.differentiable?.length ?? 0) > 0 && !(`${c.op}: ${c.name}` in beyondTheRuntime),
);

describe("gradients in float32 on onnxruntime equal those of the reference", () => {
  test.each(cases.map((c) => [c.op, c.name, c] as const))("%s, %s", async (_op, _name, c) => {
    const { graph } = gradientGraph(c);
    const feeds = caseFeeds(c);
    const expected = interpret(graph, feeds);
    for (const form of [graph, fuseForOrt(graph)]) {
      const session = await runtime.session(toOnnx(form));
      // Gradients of a linear operator do not read all inputs; what nothing reads is no input of the session.
      const fed: Record<Value, Tensor> = {};
      for (const { name } of session.inputs) fed[name] = feeds[name]!;
      const found = await session.run(fed);
      for (const name of graph.outputs) {
        expect(found[name]!.dims).toEqual(graph.dims(name));
        // Sums of at most a few hundred products, each rounded to 2^-24.
        expect(difference(toNumbers(found[name]!), expected.get(name)!.data)).toBeLessThan(2e-5);
      }
      await session.dispose();
    }
  });
});
