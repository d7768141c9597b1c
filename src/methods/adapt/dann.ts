import { draws } from "../../core/random.js";
import { float32, zeros } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Parameter } from "../../graph/surgery/index.js";
import { domainConfusion } from "../../losses/domain-confusion.js";
import { reversalFactor, reverseGradient } from "../../losses/gradient-reversal.js";
import { readSettings } from "../settings.js";
import type { Aligner } from "./align.js";
import { dannSettings } from "./settings.js";

/** Name of the reversal factor that is fed in each step. */
const factor = "reversal";

/** Units per layer in Transfer-Learning-Library, for 256 features; narrower features get four units each. */
const widest = 1024;

/**
 * DANN: a discriminator learns to distinguish the domains by the features, and the layers before it learn to prevent
 * that.
 *
 * loss = CE_source + trade-off · ½ [BCE(D(R(f_s)), 1) + BCE(D(R(f_t)), 0)],   R: gradient times -λ(p),   λ(p) = 2 / (1
 * + e^(-α p)) - 1
 *
 * D has two hidden layers with BatchNormalization over source and target together. It reads the features directly:
 * without a bottleneck in between, the base's features keep the head that was solved on them.
 * @see Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016
 */
export const dann: Aligner = (model, { width, tradeOff, seed, option }) => {
  const { alpha, hidden } = readSettings(dannSettings, option as never, 'method "dann"');
  const units = hidden > 0 ? hidden : Math.min(widest, 4 * width);
  const { weights, apply } = discriminator(model, width, units, seed);
  return {
    weights,
    numbers: { [factor]: (progress) => reversalFactor(progress, { alpha }) },
    terms(g, { source, target }, before) {
      const [n] = g.dims(source) as [number];
      const [m] = g.dims(target) as [number];
      const reversed = reverseGradient(g, g.concat([source, target], 0), before.number(factor));
      const logits = apply(g, reversed.value);
      const confusion = domainConfusion(
        g,
        g.slice(logits, { starts: [0], ends: [n], axes: [0] }),
        g.slice(logits, { starts: [n], ends: [n + m], axes: [0] }),
      );
      return { terms: { alignment: { value: confusion, weight: tradeOff } }, constants: reversed.constants };
    },
  };
};

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
