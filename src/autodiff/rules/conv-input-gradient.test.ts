import { describe, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { inputForms } from "./conv-input-gradient.js";
import { hasPhases } from "./conv-phases.js";
import type { ConvShape, InputForm } from "./conv-shape.js";

interface Window {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly group?: number;
}

function shapeOf({ x, w, strides = [2, 2], pads = [1, 1, 1, 1], group = 1 }: Window): ConvShape {
  const kernel_shape = w.slice(2);
  const plane = kernel_shape.map(
    (k, i) => Math.floor((x[i + 2]! + pads[i]! + pads[i + 2]! - k) / strides[i]!) + 1,
  );
  return { x, w, y: [x[0]!, w[0]!, ...plane], kernel_shape, strides, dilations: [1, 1], pads, group };
}

function noise(dims: readonly number[], key: string) {
  const d = draws(3, key);
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => d.normal()),
  );
}

function inputGradient(form: InputForm, shape: ConvShape): number[] {
  const graph = new Graph();
  const w = graph.input("w", { dtype: "float32", shape: shape.w });
  const dy = graph.input("dy", { dtype: "float32", shape: shape.y });
  const dx = inputForms[form](new Builder(graph, "t"), w, dy, shape);
  expect(graph.dims(dx)).toEqual(shape.x);
  const values = interpret(graph, { w: noise(shape.w, "w"), dy: noise(shape.y, "dy") }, [dx]);
  return Array.from(values.get(dx)!.data as Float64Array);
}

// The cases of Conv check ConvTranspose itself against finite differences.
describe("phase by phase, the input's gradient is what ConvTranspose gives", () => {
  const cases: readonly (readonly [string, Window])[] = [
    ["3x3", { x: [2, 3, 6, 8], w: [4, 3, 3, 3] }],
    ["1x1: three of four phases are zero", { x: [2, 3, 6, 4], w: [5, 3, 1, 1], pads: [0, 0, 0, 0] }],
    ["5x5", { x: [1, 2, 8, 6], w: [3, 2, 5, 5], pads: [2, 2, 2, 2] }],
    ["7x7, padded by 3", { x: [1, 3, 12, 10], w: [2, 3, 7, 7], pads: [3, 3, 3, 3] }],
    ["4x4, padded by 1", { x: [2, 2, 8, 8], w: [3, 2, 4, 4] }],
    [
      "another stride and kernel on each axis",
      { x: [2, 2, 6, 9], w: [3, 2, 1, 5], strides: [2, 3], pads: [0, 2, 0, 2] },
    ],
    ["one channel a group", { x: [2, 4, 6, 6], w: [4, 1, 3, 3], group: 4 }],
    ["groups of two, two filters a channel", { x: [2, 4, 6, 6], w: [8, 2, 3, 3], group: 2 }],
  ];
  test.each(cases)("%s", (_, window) => {
    const shape = shapeOf(window);
    expect(hasPhases(shape)).toBe(true);
    const wanted = inputGradient("transposed", shape);
    inputGradient("phases", shape).forEach((v, i) => {
      expect(v).toBeCloseTo(wanted[i]!, 9);
    });
  });

  test("planes that the stride does not divide, and dy that would have to be cut, are left to ConvTranspose", () => {
    expect(hasPhases(shapeOf({ x: [1, 2, 7, 7], w: [2, 2, 3, 3] }))).toBe(false);
    expect(hasPhases(shapeOf({ x: [1, 2, 8, 8], w: [2, 2, 1, 1] }))).toBe(false);
  });
});
