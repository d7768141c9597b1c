import { expect, test } from "vitest";
import { type ConvForm, formFor, formKey, formsOf } from "./conv-forms.js";
import type { ConvShape } from "./conv-shape.js";

const shape = (x: number[], w: number[], y: number[], change: Partial<ConvShape> = {}): ConvShape => {
  const kernel_shape = w.slice(2);
  const ones = kernel_shape.map(() => 1);
  const pads = [...kernel_shape, ...kernel_shape].map((k) => (k - 1) / 2);
  return { x, w, y, kernel_shape, strides: ones, dilations: ones, pads, group: 1, ...change };
};
const pointwise = shape([16, 64, 56, 56], [256, 64, 1, 1], [16, 256, 56, 56]);
const square = shape([16, 64, 56, 56], [64, 64, 3, 3], [16, 64, 56, 56]);
const first = shape([16, 3, 224, 224], [64, 3, 7, 7], [16, 64, 112, 112], { strides: [2, 2] });
const depthwise = shape([8, 32, 28, 28], [32, 1, 3, 3], [8, 32, 28, 28], { group: 32 });
const grouped = shape([8, 32, 28, 28], [32, 8, 3, 3], [8, 32, 28, 28], { group: 4 });
const line = shape([8, 32, 100], [16, 32, 3], [8, 16, 100]);
const half = shape([16, 64, 56, 56], [64, 64, 3, 3], [16, 64, 28, 28], { strides: [2, 2] });

test.each<[string, ConvShape, readonly ConvForm[]]>([
  ["1 x 1", pointwise, ["pointwise-batched", "pointwise-single"]],
  ["3 x 3", square, ["outer-shift", "images-last"]],
  ["few channels, a large plane", first, ["exchanged", "im2col", "outer-shift"]],
  ["depthwise", depthwise, ["depthwise", "im2col"]],
  ["groups: no choice", grouped, ["im2col"]],
  ["one axis: no choice", line, ["im2col"]],
])("forms of the weights' gradient, the rule's first: %s", (_, of, forms) => {
  expect(formsOf("dw", of)).toEqual(forms);
});

test.each<[string, ConvShape, readonly ConvForm[]]>([
  ["stride 1", square, ["flipped", "transposed"]],
  ["stride 2", half, ["phases", "transposed"]],
  ["stride 2, one axis: no choice", { ...line, y: [8, 16, 50], strides: [2] }, ["transposed"]],
])("forms of the input's gradient, the rule's first: %s", (_, of, forms) => {
  expect(formsOf("dx", of)).toEqual(forms);
});

test("a choice that is no form of the shape is not taken: a table of another version, or a damaged one", () => {
  expect(formFor("dw", square)).toBe("outer-shift");
  expect(formFor("dw", square, () => "images-last")).toBe("images-last");
  expect(formFor("dw", square, () => undefined)).toBe("outer-shift");
  for (const wrong of ["depthwise", "flipped", "toString", 3])
    expect(formFor("dw", square, () => wrong as ConvForm)).toBe("outer-shift");
});

test("all that a time depends on is in the key", () => {
  expect(formKey("dx", half)).toBe("dx 16×64×56×56 64×64×3×3 by 2,2 1,1 1,1,1,1 1");
  const others = [
    { ...half, x: [8, 64, 56, 56] },
    { ...half, strides: [1, 1] },
    { ...half, pads: [0, 0, 0, 0] },
  ];
  const keys = [formKey("dw", half), ...[half, ...others].map((s) => formKey("dx", s))];
  expect(new Set(keys).size).toBe(keys.length);
});
