import { describe, expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { isFloat } from "../../core/dtype.js";
import { appendProjection } from "../../testing/check-gradient.js";
import { allOperatorCases, caseFeeds, caseGraph, caseInput } from "../../testing/index.js";
import { interpret } from "../../testing/reference/index.js";
import type { Graph } from "../graph.js";
import { fitWebGpu } from "./fit-webgpu.js";
import { fuseForOrt } from "./fuse-for-ort.js";

/** Largest difference of the outputs before and after, relative to the largest of each. */
function changes(graph: Graph, feeds: ReturnType<typeof caseFeeds>): number {
  const before = interpret(graph, feeds);
  const fitted = fitWebGpu(graph);
  const after = interpret(fitted, feeds);
  expect(fitted.outputs).toEqual(graph.outputs);
  let worst = 0;
  for (const v of graph.outputs) {
    expect(fitted.typeOf(v)).toEqual(graph.typeOf(v));
    const [a, b] = [before.get(v)!.data, after.get(v)!.data];
    const scale = Math.max(1, ...[...a].map(Math.abs).filter(Number.isFinite));
    a.forEach((x, i) => {
      if (!Object.is(x, b[i]!) && x !== b[i]) worst = Math.max(worst, Math.abs(x - b[i]!) / scale);
    });
  }
  return worst;
}

// Infinities are clipped to float32's largest number and restored; float64 has larger numbers.
const finite = allOperatorCases.filter((c) => !/infinity|empty/.test(c.name));

/** Attributes become constants of float32. */
const rounding = 1e-7;

describe("the form for WebGPU computes the same", () => {
  test.each(finite.map((c) => [`${c.op}: ${c.name}`, c] as const))("%s", (_, c) => {
    expect(changes(caseGraph(c), caseFeeds(c))).toBeLessThan(rounding);
  });
  const smooth = finite.filter((c) => (c.differentiable?.length ?? 0) > 0);
  test.each(smooth.map((c) => [`${c.op}: ${c.name}`, c] as const))("the gradient of %s", (_, c) => {
    const graph = caseGraph(c);
    const outputs = graph.outputs.filter((y) => isFloat(graph.typeOf(y).dtype));
    const gradients = differentiate(
      graph,
      appendProjection(graph, outputs, 1),
      c.differentiable!.map(caseInput),
    );
    graph.outputs.splice(0, graph.outputs.length, ...new Set(gradients.values()));
    expect(changes(fuseForOrt(graph), caseFeeds(c))).toBeLessThan(rounding);
  });
});

/** Operators of the gradient of a case, rewritten for WebGPU. */
function operatorsOf(op: string, name: string): Set<string> {
  const c = allOperatorCases.find((each) => each.op === op && each.name === name)!;
  const graph = caseGraph(c);
  const gradients = differentiate(
    graph,
    appendProjection(graph, graph.outputs, 1),
    c.differentiable!.map(caseInput),
  );
  graph.outputs.splice(0, graph.outputs.length, ...new Set(gradients.values()));
  return new Set(fitWebGpu(fuseForOrt(graph)).nodes.map((n) => n.op));
}

test("the gradient of MaxPool asks for no indices and scatters nothing", () => {
  const operators = operatorsOf("MaxPool", "padded (ResNet)");
  expect(operators).toContain("ConvTranspose");
  expect(operators).not.toContain("ScatterElements");
});

test("the runtime's own matrix product, which has no kernel there, is two standard operators", () => {
  expect(operatorsOf("MatMul", "matrices")).not.toContain("FusedMatMul");
});
