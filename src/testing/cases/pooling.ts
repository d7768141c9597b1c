import { float32 } from "../../core/tensor.js";
import type { Pooling } from "../../graph/ops.js";
import { type CaseTable, signed, spaced, uniform, window } from "./make.js";

function max(parts: Parameters<typeof window>[0], ceil = false) {
  return { ...window(parts), ceil_mode: ceil, storage_order: 0 };
}
function average(parts: Parameters<typeof window>[0], ceil = false, countIncludePad = false) {
  return { ...window(parts), ceil_mode: ceil, count_include_pad: countIncludePad };
}
function norm(p: number, parts: Parameters<typeof window>[0], ceil = false) {
  return { ...window(parts), ceil_mode: ceil, p };
}

export const pooling: CaseTable<Pooling> = {
  MaxPool: [
    {
      name: "2x2",
      inputs: [spaced([2, 2, 4, 4])],
      attributes: max({ kernel: [2, 2], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "overlapping windows (AlexNet)",
      inputs: [spaced([1, 2, 7, 7])],
      attributes: max({ kernel: [3, 3], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "padded (ResNet)",
      inputs: [spaced([2, 1, 6, 6])],
      attributes: max({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      differentiable: [0],
    },
    {
      name: "asymmetric padding (darknet)",
      inputs: [spaced([1, 1, 5, 5])],
      attributes: max({ kernel: [2, 2], pads: [0, 0, 1, 1] }),
      differentiable: [0],
    },
    {
      name: "ceil (SqueezeNet)",
      inputs: [spaced([1, 2, 6, 6])],
      attributes: max({ kernel: [3, 3], strides: [2, 2] }, true),
      differentiable: [0],
    },
    {
      name: "ceil, a last window that would start in the padding",
      inputs: [spaced([1, 1, 5, 5])],
      attributes: max({ kernel: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1] }, true),
      differentiable: [0],
    },
    {
      name: "dilated",
      inputs: [spaced([1, 1, 6, 6])],
      attributes: max({ kernel: [2, 2], dilations: [2, 3] }),
      differentiable: [0],
    },
    {
      name: "1-d",
      inputs: [spaced([2, 2, 6])],
      attributes: max({ kernel: [3], strides: [2] }),
      differentiable: [0],
    },
    {
      name: "3-d",
      inputs: [spaced([1, 1, 4, 4, 4])],
      attributes: max({ kernel: [2, 2, 2], strides: [2, 2, 1] }),
      differentiable: [0],
    },
    {
      name: "with indices",
      inputs: [spaced([2, 2, 5, 5])],
      attributes: max({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      outputs: 2,
      differentiable: [0],
    },
    {
      name: "ties: the first one wins",
      inputs: [float32([1, 1, 2, 2], [1, 1, 1, 1])],
      attributes: max({ kernel: [2, 2] }),
      outputs: 2,
    },
  ],
  AveragePool: [
    {
      name: "2x2",
      inputs: [uniform([2, 2, 4, 4])],
      attributes: average({ kernel: [2, 2], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "overlapping",
      inputs: [uniform([1, 2, 7, 7])],
      attributes: average({ kernel: [3, 3], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "padding not counted",
      inputs: [uniform([1, 1, 5, 5])],
      attributes: average({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      differentiable: [0],
    },
    {
      name: "padding counted",
      inputs: [uniform([1, 1, 5, 5])],
      attributes: average({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, false, true),
      differentiable: [0],
    },
    {
      name: "asymmetric padding, counted",
      inputs: [uniform([1, 1, 4, 5])],
      attributes: average({ kernel: [2, 3], pads: [0, 1, 1, 2] }, false, true),
      differentiable: [0],
    },
    {
      name: "ceil, padding not counted",
      inputs: [uniform([1, 1, 6, 6])],
      attributes: average({ kernel: [3, 3], strides: [2, 2] }, true),
      differentiable: [0],
    },
    {
      name: "ceil, padding counted",
      inputs: [uniform([1, 1, 6, 6])],
      attributes: average({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, true, true),
      differentiable: [0],
    },
    {
      name: "1-d",
      inputs: [uniform([1, 2, 6])],
      attributes: average({ kernel: [3], strides: [2] }),
      differentiable: [0],
    },
    {
      name: "3-d",
      inputs: [uniform([1, 1, 4, 4, 4])],
      attributes: average({ kernel: [2, 2, 2], strides: [2, 2, 2] }),
      differentiable: [0],
    },
  ],
  GlobalAveragePool: [
    { name: "2-d", inputs: [uniform([2, 3, 4, 2])], attributes: {}, differentiable: [0] },
    { name: "1-d", inputs: [uniform([2, 3, 4])], attributes: {}, differentiable: [0] },
  ],
  GlobalMaxPool: [
    { name: "2-d", inputs: [spaced([2, 3, 4, 2])], attributes: {}, differentiable: [0] },
    { name: "1-d", inputs: [spaced([2, 3, 4])], attributes: {}, differentiable: [0] },
  ],
  LpPool: [
    {
      name: "2x2, Euclidean",
      inputs: [signed([2, 2, 4, 4])],
      attributes: norm(2, { kernel: [2, 2], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "overlapping, sums of sizes",
      inputs: [signed([1, 2, 5, 5])],
      attributes: norm(1, { kernel: [3, 3], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "padded, cubes",
      inputs: [signed([1, 2, 5, 5])],
      attributes: norm(3, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      differentiable: [0],
    },
    {
      name: "dilated",
      inputs: [signed([1, 1, 6, 6])],
      attributes: norm(2, { kernel: [2, 2], dilations: [2, 3] }),
      differentiable: [0],
    },
    {
      name: "ceil, 1-d",
      inputs: [signed([1, 2, 6])],
      attributes: norm(2, { kernel: [3], strides: [2] }, true),
      differentiable: [0],
    },
  ],
};
