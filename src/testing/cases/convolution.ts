import type { Convolution } from "../../graph/ops.js";
import { type CaseTable, uniform, window } from "./make.js";

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
