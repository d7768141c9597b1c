import { draws } from "../../core/random.js";
import { float32, zeros } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Parameter } from "../../graph/surgery/index.js";

/** Names of a layer's weights; the last layer has no norm. */
interface Layer {
  readonly weight: Value;
  readonly bias: Value;
  readonly norm?: { readonly scale: Value; readonly shift: Value };
}

export interface Discriminator {
  readonly weights: readonly Parameter[];
  /** float32[n, D] -> float32[n, 1], logits: high for the source. */
  readonly apply: (g: Builder, x: Value) => Value;
}

const epsilon = 1e-5;

/**
 * The network that distinguishes the domains: two hidden layers with BatchNormalization over the rows of the batch, and
 * one output.
 *
 * Its weights are in the model's graph, but no node reads them. Training finds them by name, and the exported model
 * does not contain them. It is never used without a batch, so it has no running statistics.
 * @param hidden units per layer; Transfer-Learning-Library has 1024
 */
export function discriminator(graph: Graph, width: number, hidden: number, seed: number): Discriminator {
  const weights: Parameter[] = [];
  const own = (
    name: string,
    kind: Parameter["kind"],
    dims: readonly number[],
    fill: number | "he",
  ): Value => {
    const value = graph.fresh(`engraft/discriminator/${name}`);
    const data = zeros("float32", dims).data;
    if (fill === "he") {
      const draw = draws(seed, "initial weights", value);
      const sigma = Math.sqrt(2 / dims[1]!);
      for (let i = 0; i < data.length; i++) data[i] = sigma * draw.normal();
    } else data.fill(fill);
    graph.initializer(value, float32(dims, data));
    weights.push({ value, kind, depth: graph.nodes.length, size: data.length });
    return value;
  };
  const layer = (n: number, from: number, to: number, last: boolean): Layer => ({
    weight: own(`${n}.weight`, "weight", [to, from], "he"),
    bias: own(`${n}.bias`, "bias", [to], 0),
    ...(!last && {
      norm: {
        scale: own(`${n}.norm.scale`, "norm", [to], 1),
        shift: own(`${n}.norm.shift`, "norm", [to], 0),
      },
    }),
  });
  const layers = [layer(1, width, hidden, false), layer(2, hidden, hidden, false), layer(3, hidden, 1, true)];
  return {
    weights,
    apply(g, x) {
      let h = x;
      for (const { weight, bias, norm } of layers) {
        h = g.gemm(h, weight, bias, { transB: true });
        if (norm) h = g.relu(g.add(g.mul(standardised(g, h), norm.scale), norm.shift));
      }
      return h;
    },
  };
}

/** (x - μ) / √(σ² + ε), μ and σ² over the rows: BatchNormalization in training. */
function standardised(g: Builder, x: Value): Value {
  const centred = g.sub(x, g.reduceMean(x, { axes: [0], keepdims: true }));
  const variance = g.reduceMean(g.mul(centred, centred), { axes: [0], keepdims: true });
  return g.div(centred, g.sqrt(g.add(variance, g.number(epsilon))));
}
