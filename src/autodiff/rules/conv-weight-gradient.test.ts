import { describe, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { type ConvShape, chooseInputForm, chooseWeightForm, type WeightForm } from "./conv-shape.js";
import { forms } from "./conv-weight-gradient.js";

interface Window {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly stride?: number;
  readonly pad?: number;
  readonly dilation?: number;
  readonly group?: number;
}

/** The shape of a 2-d convolution. */
function shapeOf({ x, w, stride = 1, pad = 0, dilation = 1, group = 1 }: Window): ConvShape {
  const kernel_shape = w.slice(2);
  const plane = kernel_shape.map(
    (k, i) => Math.floor((x[i + 2]! + 2 * pad - (k - 1) * dilation - 1) / stride) + 1,
  );
  return {
    x,
    w,
    y: [x[0]!, w[0]!, ...plane],
    kernel_shape,
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: [pad, pad, pad, pad],
    group,
  };
}

function noise(dims: readonly number[], key: string) {
  const d = draws(3, key);
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => d.normal()),
  );
}

function weightGradient(form: WeightForm, shape: ConvShape): number[] {
  const graph = new Graph();
  const x = graph.input("x", { dtype: "float32", shape: shape.x });
  const dy = graph.input("dy", { dtype: "float32", shape: shape.y });
  const dw = forms[form](new Builder(graph, "t"), x, dy, shape);
  expect(graph.dims(dw)).toEqual(shape.w);
  const values = interpret(graph, { x: noise(shape.x, "x"), dy: noise(shape.y, "dy") }, [dw]);
  return Array.from(values.get(dw)!.data);
}

describe("every form of the weights' gradient gives what im2col gives", () => {
  // The cases of Conv check im2col itself against finite differences.
  const cases: [WeightForm, string, Window][] = [
    ["pointwise-batched", "1x1", { x: [2, 3, 4, 5], w: [4, 3, 1, 1] }],
    ["pointwise-batched", "1x1, one image", { x: [1, 3, 4, 5], w: [4, 3, 1, 1] }],
    ["pointwise-batched", "1x1, stride 2", { x: [2, 3, 5, 6], w: [4, 3, 1, 1], stride: 2 }],
    ["pointwise-single", "1x1, stride 2", { x: [2, 3, 5, 6], w: [4, 3, 1, 1], stride: 2 }],
    ["outer-shift", "3x3 padded", { x: [2, 3, 5, 6], w: [4, 3, 3, 3], pad: 1 }],
    ["outer-shift", "3x3", { x: [1, 2, 5, 4], w: [2, 2, 3, 3] }],
    ["outer-shift", "a wide kernel", { x: [3, 2, 4, 6], w: [2, 2, 1, 4], pad: 2 }],
    ["outer-shift", "dilated", { x: [2, 2, 7, 6], w: [3, 2, 3, 2], pad: 1, dilation: 2 }],
    ["outer-shift", "3x3, stride 2", { x: [2, 3, 6, 8], w: [4, 3, 3, 3], pad: 1, stride: 2 }],
    ["outer-shift", "3x3, stride 2, odd", { x: [2, 3, 7, 9], w: [4, 3, 3, 3], pad: 1, stride: 2 }],
    ["outer-shift", "stride 3, a rest", { x: [2, 2, 9, 12], w: [3, 2, 2, 4], stride: 3 }],
    ["outer-shift", "a kernel below its stride", { x: [2, 2, 9, 11], w: [3, 2, 2, 2], stride: 3 }],
    [
      "outer-shift",
      "stride 2, dilated",
      { x: [2, 2, 9, 8], w: [3, 2, 3, 3], pad: 2, stride: 2, dilation: 2 },
    ],
    ["images-last", "3x3 padded", { x: [2, 3, 5, 6], w: [4, 3, 3, 3], pad: 1 }],
    ["images-last", "a wide kernel", { x: [3, 2, 4, 6], w: [2, 2, 1, 4], pad: 2 }],
    ["images-last", "in parts", { x: [8, 3, 200, 200], w: [1, 3, 3, 3] }],
    ["images-last", "stride 3, a rest", { x: [2, 2, 9, 12], w: [3, 2, 2, 4], stride: 3 }],
    [
      "images-last",
      "stride 2, dilated",
      { x: [2, 2, 9, 8], w: [3, 2, 3, 3], pad: 2, stride: 2, dilation: 2 },
    ],
    ["exchanged", "7x7, stride 2", { x: [2, 3, 12, 12], w: [4, 3, 7, 7], stride: 2, pad: 3 }],
    ["exchanged", "3x3, a rest", { x: [2, 3, 8, 7], w: [4, 3, 3, 3], stride: 2 }],
    ["exchanged", "dilated", { x: [2, 1, 9, 8], w: [2, 1, 3, 3], dilation: 2, pad: 1 }],
    ["depthwise", "3x3", { x: [2, 3, 5, 5], w: [3, 1, 3, 3], pad: 1, group: 3 }],
    ["depthwise", "two filters a channel", { x: [2, 3, 6, 6], w: [6, 1, 3, 3], stride: 2, group: 3 }],
  ];
  test.each(cases)("%s: %s", (form, _name, window) => {
    const shape = shapeOf(window);
    const expected = weightGradient("im2col", shape);
    const found = weightGradient(form, shape);
    found.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 9);
    });
  });
});

describe("the form follows the shape", () => {
  const weights: [string, Window, WeightForm][] = [
    ["the first layer of ResNet", { x: [16, 3, 224, 224], w: [64, 3, 7, 7], stride: 2, pad: 3 }, "exchanged"],
    ["1x1 at 56", { x: [16, 64, 56, 56], w: [256, 64, 1, 1] }, "pointwise-batched"],
    ["1x1 at 7", { x: [16, 512, 7, 7], w: [2048, 512, 1, 1] }, "pointwise-single"],
    ["3x3 at 56", { x: [16, 64, 56, 56], w: [64, 64, 3, 3], pad: 1 }, "outer-shift"],
    ["3x3 at 28", { x: [16, 128, 28, 28], w: [128, 128, 3, 3], pad: 1 }, "outer-shift"],
    ["3x3 to many", { x: [16, 16, 56, 56], w: [128, 16, 3, 3], pad: 1 }, "images-last"],
    ["3x3 of a picture", { x: [16, 3, 224, 224], w: [16, 3, 3, 3], pad: 1 }, "outer-shift"],
    ["11x11 of a picture", { x: [16, 3, 224, 224], w: [64, 3, 11, 11], stride: 4, pad: 2 }, "exchanged"],
    ["3x3 at 14", { x: [16, 256, 14, 14], w: [256, 256, 3, 3], pad: 1 }, "images-last"],
    ["3x3 at 14, few pictures", { x: [4, 256, 14, 14], w: [256, 256, 3, 3], pad: 1 }, "im2col"],
    ["3x3, stride 2", { x: [16, 128, 56, 56], w: [128, 128, 3, 3], stride: 2, pad: 1 }, "outer-shift"],
    ["3x3, stride 2 at 28", { x: [16, 256, 28, 28], w: [256, 256, 3, 3], stride: 2, pad: 1 }, "images-last"],
    [
      "3x3, stride 2 at 28, few pictures",
      { x: [4, 256, 28, 28], w: [256, 256, 3, 3], stride: 2, pad: 1 },
      "outer-shift",
    ],
    ["3x3, stride 2 at 14", { x: [16, 512, 14, 14], w: [512, 512, 3, 3], stride: 2, pad: 1 }, "images-last"],
    ["depthwise", { x: [32, 96, 112, 112], w: [96, 1, 3, 3], stride: 2, pad: 1, group: 96 }, "depthwise"],
    ["32 groups (ResNeXt)", { x: [16, 128, 56, 56], w: [128, 4, 3, 3], pad: 1, group: 32 }, "im2col"],
  ];
  test.each(weights)("weights: %s", (_name, window, form) => {
    expect(chooseWeightForm(shapeOf(window))).toBe(form);
  });

  test("input: the flipped kernel without a stride, phases with 2, ConvTranspose with others", () => {
    expect(chooseInputForm(shapeOf({ x: [16, 64, 56, 56], w: [64, 64, 3, 3], pad: 1 }))).toBe("flipped");
    expect(chooseInputForm(shapeOf({ x: [16, 64, 56, 56], w: [64, 64, 3, 3], stride: 2 }))).toBe("phases");
    expect(chooseInputForm(shapeOf({ x: [16, 3, 224, 224], w: [64, 3, 11, 11], stride: 4 }))).toBe(
      "transposed",
    );
    expect(chooseInputForm(shapeOf({ x: [16, 512, 7, 7], w: [512, 512, 3, 3], pad: 1 }))).toBe("flipped");
    expect(chooseInputForm(shapeOf({ x: [16, 512, 7, 7], w: [2048, 512, 1, 1] }))).toBe("flipped");
    // More padding than the kernel reaches would need negative padding.
    expect(chooseInputForm(shapeOf({ x: [1, 2, 4, 4], w: [2, 2, 1, 1], pad: 1 }))).toBe("transposed");
  });
});
