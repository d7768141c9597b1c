import type { LinearHead } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import { float32 } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { argmax } from "../../linalg/softmax.js";
import { softmaxCrossEntropy, weightedMean } from "../../losses/cross-entropy.js";
import type { Objective } from "../../train/objectives/objective.js";
import { weightsOf } from "../body-weights.js";
import { allWeights, earlyFactor, finetuneGroups } from "../finetune/finetune.js";
import { withRequest } from "../loop-request.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";

/** Batch size, epochs, and weight of the pseudo labels in the authors' code for digits. */
const [usualBatch, usualEpochs, pseudoWeight] = [64, 15, 0.3] as const;

/** Added to the mean probabilities before the logarithm, as in the authors' code: a class may have none. */
const least = 1e-5;

/**
 * Plans the training of a backbone by SHOT: the head is frozen, and the last epoch is kept.
 * @param model input -> features
 */
export function shotPlan(model: Graph, request: PlanRequest, head: LinearHead): TrainingPlan {
  const weights = weightsOf(model, request.trainable);
  const { batch = usualBatch, epochs = usualEpochs } = request;
  const plan = planOf(
    finetuneGroups(weights, request),
    { ...request, batch: Math.min(batch, request.examples), epochs },
    { start: message("frozen-head"), what: allWeights(earlyFactor(weights, request)) },
  );
  const recipe = [...plan.recipe, message("last-epoch-kept")];
  return withRequest({ ...plan, recipe, keep: "last", objective: shotObjective(head) }, model, request, {
    swaFrom: 1,
    soupSize: 1,
  });
}

/**
 * loss = mean H(p_i) − H(mean p_i) + 0.3 · mean CE(p_i, ŷ_i),   p = softmax(f Wᵀ + b)
 *
 * Its model returns features f. The head (W, b) is constant. The labels of a batch are the pseudo labels ŷ.
 * @see Liang, Hu & Feng, 2020, equations 2, 3 and 7
 */
export function shotObjective({ weight, bias }: LinearHead): Objective<"train"> {
  return {
    needs: ["train"],
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const classes = bias.length;
      const w = g.constant(float32([classes, weight.length / classes], weight));
      const logits = g.gemm(outputs.logits, w, g.constant(float32([classes], bias)), { transB: true });
      const p = g.softmax(logits);
      const entropies = g.neg(g.reduceSum(g.mul(p, g.logSoftmax(logits)), { axes: [1] }));
      const total = g.max(g.reduceSum(train.weights), g.number(1));
      const mean = g.div(g.reduceSum(g.mul(p, g.unsqueeze(train.weights, [1])), { axes: [0] }), total);
      const diversity = g.neg(g.reduceSum(g.mul(mean, g.log(g.add(mean, g.number(least))))));
      const losses = softmaxCrossEntropy(g, logits, train.labels);
      return {
        terms: {
          entropy: { value: weightedMean(g, entropies, train.weights), weight: 1 },
          diversity: { value: diversity, weight: -1 },
          pseudo_labels: { value: weightedMean(g, losses, train.weights), weight: pseudoWeight },
        },
        logits: { ...outputs, logits },
      };
    },
  };
}

/**
 * Pseudo labels by centroids, as SHOT makes them, from a model's own probabilities.
 *
 * f̃ = [f, 1] / ‖[f, 1]‖,   c_k = Σ_i p_ik f̃_i / Σ_i p_ik,   ŷ_i = argmax_k cos(f̃_i, c_k)
 *
 * A second round takes hard labels: c_k = mean of f̃_i with ŷ_i = k. Classes that the model predicts for no sample are left out.
 * @param features float32[N, D] @param probabilities float64[N, C]
 * @see Liang, Hu & Feng, "Do We Really Need to Access the Source Data? Source Hypothesis Transfer for Unsupervised Domain
 * Adaptation", 2020, equations 4 to 6
 */
export function pseudoLabels(features: Float32Array, width: number, probabilities: Float64Array): Int32Array {
  const n = features.length / width;
  const classes = probabilities.length / n;
  const wide = width + 1;
  const rows = new Float64Array(n * wide);
  for (let i = 0; i < n; i++) {
    const own = features.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(own.reduce((sum, v) => sum + v * v, 1));
    own.forEach((v, d) => {
      rows[i * wide + d] = v / length;
    });
    rows[i * wide + width] = 1 / length;
  }
  const predicted = Int32Array.from({ length: n }, (_, i) => argmax(probabilities, i * classes, classes));
  const soft = nearest(rows, wide, (i, k) => probabilities[i * classes + k]!, countsOf(predicted, classes));
  return nearest(rows, wide, (i, k) => (soft[i] === k ? 1 : 0), countsOf(soft, classes));
}

/** Number of samples of each class. */
const countsOf = (labels: Int32Array, classes: number): Int32Array => {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  return counts;
};

/** Returns the class with the nearest centroid by cosine for each row, among classes with samples. */
function nearest(
  rows: Float64Array,
  width: number,
  weightOf: (row: number, k: number) => number,
  counts: Int32Array,
): Int32Array {
  const n = rows.length / width;
  const centroids = Array.from(counts, (count, k) => {
    const sum = new Float64Array(width);
    if (count === 0) return sum;
    for (let i = 0; i < n; i++) {
      const weight = weightOf(i, k);
      if (weight > 0) for (let d = 0; d < width; d++) sum[d]! += weight * rows[i * width + d]!;
    }
    // Cosines do not depend on the length.
    const length = Math.sqrt(sum.reduce((all, v) => all + v * v, 0));
    return sum.map((v) => v / length);
  });
  return Int32Array.from({ length: n }, (_, i) => {
    const cosines = centroids.map((centroid, k) =>
      counts[k] === 0
        ? Number.NEGATIVE_INFINITY
        : centroid.reduce((sum, v, d) => sum + v * rows[i * width + d]!, 0),
    );
    return argmax(cosines, 0, cosines.length);
  });
}
