import { float32, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

export interface ResidualOptions {
  /** Channels of each stage; the first is the stem's. */
  readonly widths: readonly number[];
  /** Residual blocks in each stage; each stage but the first halves height and width. */
  readonly blocks: readonly number[];
  readonly classes: number;
}

/**
 * Builds a small residual network for small images: 3×3 stem with stride 2, stages of basic blocks (3×3 – BN – ReLU –
 * 3×3 – BN, plus the input, ReLU), global average pooling, one linear layer. `pixel_values` float32[batch, 3, height,
 * width] -> `logits` float32[batch, classes]; any size from 16. All weights are zeros: fill them with `freshWeights`.
 *
 * @see He et al., "Deep Residual Learning", 2016 (basic block, projection shortcut, option B)
 * @example residualNet({ widths: [32, 64, 128, 256], blocks: [2, 2, 2, 1], classes: 10 })
 */
export function residualNet({ widths, blocks, classes }: ResidualOptions): Graph {
  const graph = new Graph("residual");
  const input = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, "height", "width"] });
  let x = convNorm(new Builder(graph, "stem"), input, 3, widths[0]!, 3, 2);
  x = new Builder(graph, "stem").relu(x);
  let channels = widths[0]!;
  widths.forEach((width, stage) => {
    for (let block = 0; block < blocks[stage]!; block++) {
      const g = new Builder(graph, `stage${stage + 1}/block${block + 1}`);
      x = basicBlock(g, x, channels, width, stage > 0 && block === 0 ? 2 : 1);
      channels = width;
    }
  });
  const g = new Builder(graph, "head");
  const features = g.flatten(g.globalAveragePool(x));
  const weight = g.weight("weight", zeros("float32", [classes, channels]));
  const bias = g.weight("bias", zeros("float32", [classes]));
  const logits = graph.fresh("logits");
  graph.push(
    {
      kind: "op",
      op: "Gemm",
      name: "head",
      inputs: [features, weight, bias],
      outputs: [logits],
      attributes: { alpha: 1, beta: 1, transA: false, transB: true },
    },
    [{ dtype: "float32", shape: ["batch", classes] }],
  );
  graph.outputs.push(logits);
  return graph;
}

function basicBlock(g: Builder, x: Value, from: number, to: number, stride: number): Value {
  const first = g.relu(convNorm(g.scope("a"), x, from, to, 3, stride));
  const second = convNorm(g.scope("b"), first, to, to, 3, 1);
  const shortcut = from === to && stride === 1 ? x : convNorm(g.scope("shortcut"), x, from, to, 1, stride);
  return g.relu(g.add(second, shortcut));
}

function convNorm(g: Builder, x: Value, from: number, to: number, kernel: number, stride: number): Value {
  const w = g.weight("conv.weight", zeros("float32", [to, from, kernel, kernel]));
  const pad = (kernel - 1) / 2;
  const y = g.conv(x, w, "", { strides: [stride, stride], pads: [pad, pad, pad, pad] });
  const ones = (): Float32Array => new Float32Array(to).fill(1);
  return g.node(
    "BatchNormalization",
    [
      y,
      g.weight("norm.scale", float32([to], ones())),
      g.weight("norm.bias", zeros("float32", [to])),
      g.weight("norm.mean", zeros("float32", [to])),
      g.weight("norm.variance", float32([to], ones())),
    ],
    { epsilon: 1e-5, momentum: 0.9, training_mode: false },
  );
}
