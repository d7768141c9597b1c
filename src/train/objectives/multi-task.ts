import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import {
  type CrossEntropyOptions,
  classWeightsOf,
  softmaxCrossEntropy,
  weightedMean,
} from "../../losses/cross-entropy.js";
import { uncertaintyWeighted } from "../../losses/uncertainty.js";
import { needsOf, type Objective, type Penalty, type Term, termsOf } from "./objective.js";

/** Ways to combine the losses of several tasks. */
export const weightings = {
  fixed: { does: "fixed weights", paper: "Caruana, Multitask Learning, 1997" },
  uncertainty: {
    does: "learnt weights from the uncertainty of each task",
    paper: "Kendall, Gal & Cipolla, Multi-Task Learning Using Uncertainty to Weigh Losses, 2018",
  },
  pcgrad: {
    does: "PCGrad: projects conflicting gradients of the shared weights",
    paper: "Yu et al., Gradient Surgery for Multi-Task Learning, 2020",
  },
} as const;
export type Weighting = keyof typeof weightings;

/** One of several heads: a range of the logits. */
export interface TaskHead {
  readonly name: string;
  readonly classes: number;
  /** Weight of its loss. Default 1. */
  readonly weight?: number;
  /** Options of this task's cross-entropy. */
  readonly loss?: CrossEntropyOptions;
}

export interface MultiTaskOptions {
  /** In the order of the logits: the model gives float32[B, Σ C]. */
  readonly tasks: readonly TaskHead[];
  readonly weighting: Weighting;
  /** log σ², float32[T]: a weight of the model; for "uncertainty". */
  readonly uncertainties?: Value;
  /** Weights that only one task trains (rows of the heads); for "pcgrad". */
  readonly own?: readonly Value[];
  readonly penalties?: readonly Penalty[];
}

/**
 * Several classifications on one body. The loss of a task is the mean over its labelled samples of the batch. So a task
 * counts by its weight, and not by its number of samples. Without labelled samples the loss is 0.
 *
 * fixed: Σ_t λ_t L_t · uncertainty: Σ_t exp(-s_t) L_t + ½ s_t · pcgrad: λ_t L_t, with projected gradients
 *
 * Additional inputs: `train.targets` float32[B, T], the class for each task; `train.known` float32[B, T], 1 for a label
 * and 0 for a missing one; for "pcgrad" `train.order`, see `projectedGradients`.
 */
export function multiTask(options: MultiTaskOptions): Objective<"train"> {
  const { tasks, weighting, uncertainties, own = [], penalties = [] } = options;
  const count = tasks.length;
  const learnt = weighting === "uncertainty" ? [uncertainties!] : [];
  const { exposes, given } = needsOf(penalties);
  const projects = weighting === "pcgrad" && count > 1;
  return {
    needs: ["train"],
    rows: { targets: [count], known: [count] },
    ...(projects && { steps: { "train.order": [count, count - 1] } }),
    exposes: [...new Set([...learnt, ...exposes])],
    given,
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const { targets, known } = train.rows as { targets: Value; known: Value };
      let first = 0;
      const parts = tasks.map(({ name, classes, weight = 1, loss = {} }, t) => {
        const scores = g.slice(outputs.logits, { starts: [first], ends: [first + classes], axes: [1] });
        first += classes;
        const labels = g.cast(columnOf(g, targets, t), "int64");
        const weights = g.mul(columnOf(g, known, t), train.weights);
        const losses = softmaxCrossEntropy(g, scores, labels, loss);
        const shares = loss.classWeights && classWeightsOf(g, labels, loss.classWeights);
        const present = g.min(g.reduceSum(weights), g.number(1));
        return {
          name: `task/${name}`,
          scores,
          present,
          weight,
          value: weightedMean(g, losses, weights, shares),
        };
      });
      const terms: Record<string, Term> = {};
      if (weighting === "uncertainty") {
        const s = outputs.at(uncertainties!);
        const losses = parts.map(({ value }) => value);
        const present = parts.map((part) => part.present);
        terms.tasks = { value: uncertaintyWeighted(g, losses, s, present), weight: 1 };
      } else for (const { name, value, weight } of parts) terms[name] = { value, weight };
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: { ...terms, ...added.terms },
        logits: { ...outputs, logits: parts[0]!.scores },
        constants: added.constants,
        ...(projects && { projection: { terms: parts.map(({ name }) => name), order: "train.order", own } }),
      };
    },
  };
}

/** Returns column t of float32[B, T] as float32[B]. */
function columnOf(g: Builder, table: Value, t: number): Value {
  return g.squeeze(g.slice(table, { starts: [t], ends: [t + 1], axes: [1] }), [1]);
}
