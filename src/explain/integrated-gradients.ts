/** Integrated Gradients: contribution of each input number to a prediction, along a straight path from a baseline. */
import { differentiate } from "../autodiff/index.js";
import { stopIf } from "../core/errors.js";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { extract } from "../graph/surgery/index.js";

/** Explained value: the probability of a class or of a label, or the number itself. */
export type Link = "softmax" | "sigmoid" | "identity";

/** A graph that predicts, and differentiates its prediction. */
export interface GradientGraph {
  readonly graph: Graph;
  /** Values that are moved along the path; inputs of the graph. */
  readonly moved: readonly Value[];
  readonly batch: number;
}

/** Names of the values that {@link gradientGraph} adds. */
export const gradientValues = {
  /** Input with the shape of the logits: 1 for the explained value, else 0. */
  selected: "engraft/gradients/selected",
  /** Output float32[batch]: the prediction of each sample. */
  prediction: "engraft/gradients/prediction",
  /** Output of the moved value's shape. */
  gradient: (place: number): Value => `engraft/gradients/gradient${place}`,
} as const;

/**
 * Appends a prediction and its gradients to a model:
 *
 * F = Σ_k selected_k · link(logits)_k    gradient_v = ∂F / ∂v for each moved value v
 *
 * @param model its first output is logits float32[batch, …, C]; every size on the path is a number (`bindDims`)
 * @param moved inputs, or values inside the model that become inputs: embeddings of tokens or categories
 * @throws OperatorError if no gradient passes between a moved value and the logits
 */
export function gradientGraph(model: Graph, moved: readonly Value[], link: Link): GradientGraph {
  const graph = extract(model, [model.outputs[0]!], moved);
  const logits = graph.outputs[0]!;
  const dims = graph.typeOf(logits).shape!;
  const g = new Builder(graph, "engraft/gradients");
  const selected = graph.input(gradientValues.selected, graph.typeOf(logits));
  const linked = link === "softmax" ? g.softmax(logits) : link === "sigmoid" ? g.sigmoid(logits) : logits;
  const axes = dims.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const prediction = g.reduceSum(g.mul(linked, selected), { axes });
  // The samples of a batch are independent: the gradient of their sum is each one's own.
  const gradients = differentiate(graph, g.reduceSum(prediction), moved);
  const named = (name: Value, value: Value): void => {
    graph.push({ kind: "op", op: "Identity", name: "", inputs: [value], outputs: [name], attributes: {} }, [
      graph.typeOf(value),
    ]);
    graph.outputs.push(name);
  };
  graph.outputs.length = 0;
  named(gradientValues.prediction, prediction);
  for (const [place, value] of moved.entries()) named(gradientValues.gradient(place), gradients.get(value)!);
  return { graph, moved, batch: dims[0] as number };
}

/** Start and end of a moved value, for one sample: float32 of its shape without the batch. */
export interface Path {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

export interface IntegratedGradientsOptions {
  /** Points on the path to begin with. Default 16. */
  readonly steps?: number;
  /** Most points on the path. Default 432. */
  readonly mostSteps?: number;
  /** Largest completeness error; above it the path gets three times as many points. Default 0.01. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
}

export interface IntegratedGradients {
  /** Prediction at the baseline, F(x′). */
  readonly base: number;
  /** Prediction of the sample, F(x). */
  readonly prediction: number;
  /** For each moved value: the contribution of each of its numbers to the prediction. */
  readonly attributions: readonly Float64Array[];
  /** Points on the path that were evaluated. */
  readonly steps: number;
  /** |Σ attributions - (F(x) - F(x′))|, as a share of |F(x) - F(x′)|, or of a hundredth of the larger prediction. */
  readonly error: number;
}

/**
 * Computes Integrated Gradients:
 *
 * IG_j = (x_j - x′_j) · ∫₀¹ ∂F / ∂x_j (x′ + α (x - x′)) dα ≈ (x_j - x′_j) · mean of the gradient at α = (k + 1/2) / n
 *
 * Completeness: Σ_j IG_j = F(x) - F(x′). The error of this sum is what tells whether n is large enough. Three times as
 * many midpoints contain the old ones, so no point is evaluated twice.
 *
 * @param run runs {@link GradientGraph.graph}
 * @param paths one for each moved value
 * @param feeds the other inputs, of the whole batch
 * @see Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks
 */
export async function integratedGradients(
  made: GradientGraph,
  run: (feeds: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Tensor>>>,
  paths: readonly Path[],
  feeds: Readonly<Record<string, Tensor>>,
  { steps: first = 16, mostSteps = 432, tolerance = 0.01, signal }: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const { graph, moved, batch } = made;
  const sums = paths.map(({ to }) => new Float64Array(to.length));
  /** Predictions at some points of the path. If requested, adds gradients to the sums. */
  const visit = async (alphas: readonly number[], gradients: boolean): Promise<number[]> => {
    const predictions: number[] = [];
    for (let at = 0; at < alphas.length; at += batch) {
      stopIf(signal);
      const some = alphas.slice(at, at + batch);
      const points = moved.map((value, place) => {
        const { from, to } = paths[place]!;
        const data = new Float32Array(batch * to.length);
        // The last batch is padded with the baseline.
        for (let b = 0; b < batch; b++)
          for (let j = 0; j < to.length; j++)
            data[b * to.length + j] = from[j]! + (some[b] ?? 0) * (to[j]! - from[j]!);
        return [value, float32(graph.typeOf(value).shape as readonly number[], data)] as const;
      });
      const out = await run({ ...feeds, ...Object.fromEntries(points) });
      const values = out[gradientValues.prediction]!.data as Float32Array;
      predictions.push(...some.map((_, b) => values[b]!));
      if (!gradients) continue;
      for (const [place, sum] of sums.entries()) {
        const gradient = out[gradientValues.gradient(place)]!.data as Float32Array;
        for (let b = 0; b < some.length; b++)
          for (let j = 0; j < sum.length; j++) sum[j]! += gradient[b * sum.length + j]!;
      }
    }
    return predictions;
  };
  const ends = await visit([0, 1], false);
  const [base, prediction] = [ends[0]!, ends[1]!];
  const least = Math.max(Math.abs(base), Math.abs(prediction)) / 100;
  let [n, kept] = [first, 0];
  for (;;) {
    const middles = Array.from({ length: n }, (_, k) => (k + 0.5) / n);
    // Of three times as many midpoints, every third from the second on exists already.
    await visit(kept === 0 ? middles : middles.filter((_, k) => k % 3 !== 1), true);
    kept = n;
    const attributions = paths.map(({ from, to }, place) =>
      sums[place]!.map((sum, j) => ((to[j]! - from[j]!) * sum) / n),
    );
    const total = attributions.reduce((all, own) => all + own.reduce((sum, v) => sum + v, 0), 0);
    const gap = Math.abs(total - (prediction - base));
    const error = gap === 0 ? 0 : gap / Math.max(Math.abs(prediction - base), least, Number.MIN_VALUE);
    if (error <= tolerance || 3 * n > mostSteps) return { base, prediction, attributions, steps: n, error };
    n *= 3;
  }
}
