import { float32 } from "../../core/tensor.js";
import type { Convolution, Linalg, Normalization, Pooling } from "../../graph/ops.js";
import { apart, type CaseTable, uniform, window } from "./make.js";

const product = { alpha: 1, beta: 1, transA: false, transB: false };

export const linalg: CaseTable<Linalg> = {
  MatMul: [
    { name: "matrices", inputs: [uniform([2, 3]), uniform([3, 4])], attributes: {}, differentiable: [0, 1] },
    {
      name: "stacks",
      inputs: [uniform([2, 3, 4]), uniform([2, 4, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a stack and a matrix",
      inputs: [uniform([2, 3, 4]), uniform([4, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a matrix and a stack",
      inputs: [uniform([3, 4]), uniform([2, 4, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "stacks broadcast",
      inputs: [uniform([2, 1, 2, 3]), uniform([3, 3, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    { name: "a row", inputs: [uniform([3]), uniform([3, 2])], attributes: {}, differentiable: [0, 1] },
    { name: "a column", inputs: [uniform([2, 3]), uniform([3])], attributes: {}, differentiable: [0, 1] },
    {
      name: "row times column",
      inputs: [uniform([3], -1, 1, 1), uniform([3], -1, 1, 2)],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a row and a stack",
      inputs: [uniform([3]), uniform([2, 3, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
  ],
  Gemm: [
    {
      name: "plain",
      inputs: [uniform([2, 3]), uniform([3, 4]), uniform([4])],
      attributes: product,
      differentiable: [0, 1, 2],
    },
    { name: "no c", inputs: [uniform([2, 3]), uniform([3, 4])], attributes: product, differentiable: [0, 1] },
    {
      name: "transposed b",
      inputs: [uniform([2, 3]), uniform([4, 3]), uniform([4])],
      attributes: { ...product, transB: true },
      differentiable: [0, 1, 2],
    },
    {
      name: "transposed a",
      inputs: [uniform([3, 2]), uniform([3, 4]), uniform([2, 1])],
      attributes: { ...product, transA: true },
      differentiable: [0, 1, 2],
    },
    {
      name: "both transposed, scaled",
      inputs: [uniform([3, 2]), uniform([4, 3]), uniform([2, 4])],
      attributes: { alpha: 0.5, beta: 1.5, transA: true, transB: true },
      differentiable: [0, 1, 2],
    },
    {
      name: "scalar c",
      inputs: [uniform([2, 3]), uniform([3, 4]), float32([], [0.7])],
      attributes: { ...product, beta: 2 },
      differentiable: [0, 1, 2],
    },
  ],
  FusedMatMul: [
    {
      name: "scaled",
      inputs: [uniform([2, 3]), uniform([3, 4])],
      attributes: { alpha: 0.5, transA: false, transB: false },
      differentiable: [0, 1],
    },
    {
      name: "transposed a",
      inputs: [uniform([2, 4, 3]), uniform([2, 4, 2])],
      attributes: { alpha: 1, transA: true, transB: false },
      differentiable: [0, 1],
    },
    {
      name: "transposed b",
      inputs: [uniform([2, 3, 4]), uniform([2, 2, 4])],
      attributes: { alpha: 1, transA: false, transB: true },
      differentiable: [0, 1],
    },
    {
      name: "both transposed",
      inputs: [uniform([4, 3]), uniform([2, 4])],
      attributes: { alpha: 2, transA: true, transB: true },
      differentiable: [0, 1],
    },
  ],
};

function conv(parts: Parameters<typeof window>[0], group = 1) {
  return { ...window(parts), group };
}
function transposed(parts: Parameters<typeof window>[0], group = 1, outputPadding?: readonly number[]) {
  return { ...window(parts), group, output_padding: outputPadding ?? parts.kernel.map(() => 0) };
}

export const convolution: CaseTable<Convolution> = {
  Conv: [
    {
      name: "3x3 with bias",
      inputs: [uniform([2, 2, 5, 5]), uniform([3, 2, 3, 3]), uniform([3])],
      attributes: conv({ kernel: [3, 3] }),
      differentiable: [0, 1, 2],
    },
    {
      name: "1x1, no bias",
      inputs: [uniform([2, 3, 4, 4]), uniform([2, 3, 1, 1])],
      attributes: conv({ kernel: [1, 1] }),
      differentiable: [0, 1],
    },
    {
      name: "stride 2, padded",
      inputs: [uniform([1, 2, 6, 6]), uniform([2, 2, 3, 3])],
      attributes: conv({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      differentiable: [0, 1],
    },
    {
      name: "stride that leaves a rest",
      inputs: [uniform([1, 2, 8, 7]), uniform([2, 2, 3, 2])],
      attributes: conv({ kernel: [3, 2], strides: [2, 3] }),
      differentiable: [0, 1],
    },
    {
      name: "1x1 with stride 2",
      inputs: [uniform([1, 2, 5, 6]), uniform([3, 2, 1, 1])],
      attributes: conv({ kernel: [1, 1], strides: [2, 2] }),
      differentiable: [0, 1],
    },
    {
      name: "asymmetric padding",
      inputs: [uniform([1, 1, 5, 6]), uniform([2, 1, 3, 2])],
      attributes: conv({ kernel: [3, 2], strides: [2, 1], pads: [0, 1, 1, 2] }),
      differentiable: [0, 1],
    },
    {
      name: "dilated",
      inputs: [uniform([1, 2, 7, 7]), uniform([2, 2, 3, 3])],
      attributes: conv({ kernel: [3, 3], dilations: [2, 2], pads: [1, 1, 1, 1] }),
      differentiable: [0, 1],
    },
    {
      name: "dilated, stride 2",
      inputs: [uniform([1, 1, 8, 8]), uniform([2, 1, 2, 2])],
      attributes: conv({ kernel: [2, 2], dilations: [3, 2], strides: [2, 2], pads: [1, 0, 0, 1] }),
      differentiable: [0, 1],
    },
    {
      name: "two groups",
      inputs: [uniform([2, 4, 4, 4]), uniform([6, 2, 3, 3]), uniform([6])],
      attributes: conv({ kernel: [3, 3], pads: [1, 1, 1, 1] }, 2),
      differentiable: [0, 1, 2],
    },
    {
      name: "depthwise",
      inputs: [uniform([2, 3, 5, 5]), uniform([3, 1, 3, 3]), uniform([3])],
      attributes: conv({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, 3),
      differentiable: [0, 1, 2],
    },
    {
      name: "depthwise, two filters a channel",
      inputs: [uniform([1, 2, 4, 4]), uniform([4, 1, 3, 3])],
      attributes: conv({ kernel: [3, 3], pads: [1, 1, 1, 1] }, 2),
      differentiable: [0, 1],
    },
    {
      name: "1-d",
      inputs: [uniform([2, 2, 7]), uniform([3, 2, 3]), uniform([3])],
      attributes: conv({ kernel: [3], strides: [2], pads: [1, 1] }),
      differentiable: [0, 1, 2],
    },
    {
      name: "3-d",
      inputs: [uniform([1, 2, 3, 4, 4]), uniform([2, 2, 2, 2, 2])],
      attributes: conv({ kernel: [2, 2, 2], strides: [1, 2, 2], pads: [0, 0, 0, 1, 0, 0] }),
      differentiable: [0, 1],
    },
  ],
  ConvTranspose: [
    {
      name: "3x3 with bias",
      inputs: [uniform([2, 2, 3, 3]), uniform([2, 3, 3, 3]), uniform([3])],
      attributes: transposed({ kernel: [3, 3] }),
      differentiable: [0, 1, 2],
    },
    {
      name: "stride 2, padded, output padding",
      inputs: [uniform([1, 2, 3, 4]), uniform([2, 2, 3, 3])],
      attributes: transposed({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, 1, [1, 1]),
      differentiable: [0, 1],
    },
    {
      name: "asymmetric padding",
      inputs: [uniform([1, 1, 4, 4]), uniform([1, 2, 3, 2])],
      attributes: transposed({ kernel: [3, 2], strides: [2, 1], pads: [0, 1, 1, 0] }),
      differentiable: [0, 1],
    },
    {
      name: "two groups, dilated",
      inputs: [uniform([1, 4, 3, 3]), uniform([4, 2, 2, 2]), uniform([4])],
      attributes: transposed({ kernel: [2, 2], dilations: [2, 2] }, 2),
      differentiable: [0, 1, 2],
    },
    {
      name: "1-d",
      inputs: [uniform([1, 2, 4]), uniform([2, 1, 3])],
      attributes: transposed({ kernel: [3], strides: [2] }),
      differentiable: [0, 1],
    },
    {
      name: "3-d",
      inputs: [uniform([1, 1, 2, 2, 2]), uniform([1, 2, 2, 2, 2])],
      attributes: transposed({ kernel: [2, 2, 2], strides: [2, 1, 1] }),
      differentiable: [0, 1],
    },
  ],
};

function max(parts: Parameters<typeof window>[0], ceil = false) {
  return { ...window(parts), ceil_mode: ceil, storage_order: 0 };
}
function average(parts: Parameters<typeof window>[0], ceil = false, countIncludePad = false) {
  return { ...window(parts), ceil_mode: ceil, count_include_pad: countIncludePad };
}

export const pooling: CaseTable<Pooling> = {
  MaxPool: [
    {
      name: "2x2",
      inputs: [apart([2, 2, 4, 4])],
      attributes: max({ kernel: [2, 2], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "overlapping windows (AlexNet)",
      inputs: [apart([1, 2, 7, 7])],
      attributes: max({ kernel: [3, 3], strides: [2, 2] }),
      differentiable: [0],
    },
    {
      name: "padded (ResNet)",
      inputs: [apart([2, 1, 6, 6])],
      attributes: max({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      differentiable: [0],
    },
    {
      name: "asymmetric padding (darknet)",
      inputs: [apart([1, 1, 5, 5])],
      attributes: max({ kernel: [2, 2], pads: [0, 0, 1, 1] }),
      differentiable: [0],
    },
    {
      name: "ceil (SqueezeNet)",
      inputs: [apart([1, 2, 6, 6])],
      attributes: max({ kernel: [3, 3], strides: [2, 2] }, true),
      differentiable: [0],
    },
    {
      name: "ceil, a last window that would start in the padding",
      inputs: [apart([1, 1, 5, 5])],
      attributes: max({ kernel: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1] }, true),
      differentiable: [0],
    },
    {
      name: "dilated",
      inputs: [apart([1, 1, 6, 6])],
      attributes: max({ kernel: [2, 2], dilations: [2, 3] }),
      differentiable: [0],
    },
    {
      name: "1-d",
      inputs: [apart([2, 2, 6])],
      attributes: max({ kernel: [3], strides: [2] }),
      differentiable: [0],
    },
    {
      name: "3-d",
      inputs: [apart([1, 1, 4, 4, 4])],
      attributes: max({ kernel: [2, 2, 2], strides: [2, 2, 1] }),
      differentiable: [0],
    },
    {
      name: "with indices",
      inputs: [apart([2, 2, 5, 5])],
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
    { name: "2-d", inputs: [apart([2, 3, 4, 2])], attributes: {}, differentiable: [0] },
    { name: "1-d", inputs: [apart([2, 3, 4])], attributes: {}, differentiable: [0] },
  ],
};

function statistics(channels: number) {
  return [
    uniform([channels], 0.5, 1.5, 1),
    uniform([channels], -1, 1, 2),
    uniform([channels], -1, 1, 3),
    uniform([channels], 0.5, 1.5, 4),
  ];
}
const frozen = { epsilon: 1e-5, momentum: 0.9, training_mode: false };

export const normalization: CaseTable<Normalization> = {
  BatchNormalization: [
    {
      name: "frozen statistics",
      inputs: [uniform([2, 3, 2, 2]), ...statistics(3)],
      attributes: frozen,
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      name: "frozen statistics, 2-d input",
      inputs: [uniform([4, 3]), ...statistics(3)],
      attributes: { ...frozen, epsilon: 0.01 },
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      name: "frozen statistics, 1-d pictures",
      inputs: [uniform([2, 3, 4]), ...statistics(3)],
      attributes: frozen,
      differentiable: [0, 1, 2],
    },
    {
      name: "batch statistics",
      inputs: [uniform([3, 2, 2, 3]), ...statistics(2)],
      attributes: { ...frozen, training_mode: true },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
    {
      name: "batch statistics, 2-d input",
      inputs: [uniform([5, 3]), ...statistics(3)],
      attributes: { epsilon: 1e-3, momentum: 0.7, training_mode: true },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
  ],
  LRN: [
    {
      name: "AlexNet's",
      inputs: [uniform([2, 6, 2, 2])],
      attributes: { alpha: 1e-4, beta: 0.75, bias: 1, size: 5 },
      differentiable: [0],
    },
    {
      name: "a strong one",
      inputs: [uniform([1, 5, 2, 3])],
      attributes: { alpha: 0.5, beta: 0.6, bias: 2, size: 3 },
      differentiable: [0],
    },
    {
      name: "an even window",
      inputs: [uniform([1, 5, 2, 2])],
      attributes: { alpha: 0.5, beta: 0.75, bias: 1, size: 4 },
      differentiable: [0],
    },
  ],
};
