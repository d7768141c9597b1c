import { draws } from "../../core/random.js";
import { float32, zeros } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Parameter } from "../../graph/surgery/index.js";
import { domainConfusion } from "../../losses/domain-confusion.js";
import { reversalFactor, reverseGradient } from "../../losses/gradient-reversal.js";
import type { Before } from "../../train/objectives/objective.js";
import type { Align } from "./align.js";

/** Name of the reversal factor that is fed in each step. */
const factor = "reversal";

/** Units per layer in Transfer-Learning-Library, for 256 features; narrower features get four units each. */
const widest = 1024;

/** A discriminator behind a reversed gradient. */
interface Adversary extends Required<Pick<Align, "weights" | "numbers">> {
  /**
   * The loss of the discriminator; the layers before it maximise this loss.
   * @param rows float32[n + m, width]: those of the source first
   * @param n rows of the source
   * @param weights of the rows, float32[n + m, 1]. Default: all alike
   */
  readonly confusion: (
    g: Builder,
    rows: Value,
    n: number,
    before: Before,
    weights?: Value,
  ) => { readonly value: Value; readonly constants: readonly Value[] };
}

/**
 * Adds a discriminator to a model.
 * @param request.width of the rows that it reads
 * @param request.features D of the network's features
 * @param request.hidden units in a hidden layer; 0: four a feature, 1024 at most
 */
export function adversary(
  model: Graph,
  request: {
    readonly width: number;
    readonly features: number;
    readonly hidden: number;
    readonly alpha: number;
    readonly seed: number;
  },
): Adversary {
  const { width, features, hidden, alpha, seed } = request;
  const units = hidden > 0 ? hidden : Math.min(widest, 4 * features);
  const { weights, apply } = discriminator(model, width, units, seed);
  return {
    weights,
    numbers: { [factor]: (progress) => reversalFactor(progress, { alpha }) },
    confusion(g, rows, n, before, rowWeights) {
      const reversed = reverseGradient(g, rows, before.number(factor));
      const [total] = g.dims(rows) as [number];
      const domains = (x: Value) => ({
        source: g.slice(x, { starts: [0], ends: [n], axes: [0] }),
        target: g.slice(x, { starts: [n], ends: [total], axes: [0] }),
      });
      const { source, target } = domains(apply(g, reversed.value));
      const value = domainConfusion(
        g,
        source,
        target,
        rowWeights === undefined ? undefined : domains(rowWeights),
      );
      return { value, constants: reversed.constants };
    },
  };
}

/** Names of a layer's weights; the last layer has no norm. */
interface Layer {
  readonly weight: Value;
  readonly bias: Value;
  readonly norm?: { readonly scale: Value; readonly shift: Value };
}

interface Discriminator {
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
function discriminator(graph: Graph, width: number, hidden: number, seed: number): Discriminator {
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
    norm: last
      ? undefined
      : {
          scale: own(`${n}.norm.scale`, "norm", [to], 1),
          shift: own(`${n}.norm.shift`, "norm", [to], 0),
        },
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
