import { zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Body } from "../body.js";

/** Channels of the two convolutions, as in the digit network of Ganin et al. 2016, figure 4. */
const channels = [32, 48] as const;
const kernel = 5;

/**
 * Builds a small convolutional network for small images, without a head: two 5 × 5 convolutions with pooling, one
 * hidden layer.
 *
 * conv 32 – ReLU – pool 2 – conv 48 – ReLU – pool 2 – linear `width` – ReLU
 *
 * `pixel_values` float32[batch, 3, size, size] -> features float32[batch, width]. All weights are zeros: fill them with
 * `freshWeights`.
 * @param size image side in pixels, at least 16
 * @param width number of features, default 128
 * @see LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998; Ganin et al., "Domain-Adversarial
 * Training of Neural Networks", 2016, figure 4 (its MNIST network, which has two hidden layers of 100)
 */
export function lenet(size: number, width = 128): Body {
  const graph = new Graph("lenet");
  let x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, size, size] });
  let from = 3;
  let side = size;
  for (const [i, to] of channels.entries()) {
    const g = new Builder(graph, `conv${i + 1}`);
    const w = g.weight("weight", zeros("float32", [to, from, kernel, kernel]));
    const b = g.weight("bias", zeros("float32", [to]));
    x = g.maxPool(g.relu(g.conv(x, w, b)), { kernel: [2, 2], strides: [2, 2] });
    side = Math.floor((side - kernel + 1) / 2);
    from = to;
  }
  return hidden(graph, new Builder(graph).flatten(x), from * side * side, width);
}

/**
 * Builds one hidden layer with ReLU, without a head, for rows of numbers. `rows` float32[batch, inputs] -> features
 * float32[batch, width]. All weights are zeros: fill them with `freshWeights`.
 */
export function oneHiddenLayer(inputs: number, width: number): Body {
  const graph = new Graph("mlp");
  const x = graph.input("rows", { dtype: "float32", shape: ["batch", inputs] });
  return hidden(graph, x, inputs, width);
}

function hidden(graph: Graph, x: string, inputs: number, width: number): Body {
  const g = new Builder(graph, "hidden");
  const w = g.weight("weight", zeros("float32", [width, inputs]));
  const b = g.weight("bias", zeros("float32", [width]));
  const features = g.relu(g.gemm(x, w, b, { transB: true }));
  graph.outputs.push(features);
  return {
    graph,
    cut: { value: features, because: "the network's hidden layer" },
    pooling: "none",
    features,
    width,
  };
}
