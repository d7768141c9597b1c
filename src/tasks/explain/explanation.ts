import { EngraftError } from "../../core/errors.js";
import type { Baseline } from "../../core/results/explanation.js";
import type { ExplainMethod } from "../../core/results/insights.js";
import { isTaskWith, type ModelTask } from "../../core/results/task.js";
import { sigmoid } from "../../evaluate/labels.js";
import type { Link } from "../../explain/index.js";
import { logProbability } from "../../linalg/softmax.js";
import type { TableRow } from "../tables/table-rows.js";

export interface ExplainOptions {
  /**
   * "shap": Shapley values. "lime": a local linear model. "ig": Integrated Gradients. "occlusion": loss without a
   * part. "grad-cam" (or "gradcam"): pictures only. Default: Grad-CAM for pictures if the model has a last feature map,
   * "shap" for rows of a table, else "occlusion".
   */
  readonly method?: ExplainMethod | "gradcam";
  /** The class, label, tag or number to explain. Default: the predicted one; of several numbers the first. */
  readonly class?: string;
  /** For a model with several tasks: the task whose prediction is explained. Default: the first. */
  readonly task?: string;
  /** For token classification: the word whose tag is explained. Default: the word that is least likely to be O. */
  readonly word?: string;
  /** For "ig" on pictures: where the path begins, at the base's mean colour or at the blurred picture. Default "mean". */
  readonly baseline?: Baseline;
  /**
   * For rows of a table: up to 100 rows whose values replace hidden columns. Default: the mean of numbers, the most frequent
   * value of categories.
   */
  readonly background?: readonly TableRow[];
  /** For "shap": most predictions for one sample. Default 2 M + 2048 for M features; exact up to 12 features. */
  readonly samples?: number;
  /** Also compute deletion and insertion curves, and those of random orders. Default false. */
  readonly check?: boolean;
  /** Seed of the draws. Default 0. */
  readonly seed?: number;
  /** Threads of the runtime. Default: all cores. */
  readonly threads?: number;
  /** Where it computes. Default "cpu". */
  readonly device?: DeviceChoice;
  readonly signal?: AbortSignal;
}

import type { DeviceChoice } from "../../runtime/device.js";

/** Outputs of a model: their names, and how logits become probabilities. */
export interface ModelOutputs {
  readonly names: readonly string[];
  readonly link: Link;
}

/** Returns the link function of a task: softmax, sigmoid or identity. */
export function linkOf(task: ModelTask): Link {
  if (isTaskWith(task, { head: "numbers" })) return "identity";
  const eachAlone = isTaskWith(task, { head: "labels" }) || isTaskWith(task, { head: "boxes" });
  return eachAlone ? "sigmoid" : "softmax";
}

/** Returns the explained number for one sample's logits: the probability of an output, or its value. */
export function outputValue(link: Link, scores: ArrayLike<number>, k: number): number {
  if (link === "identity") return scores[k]!;
  return link === "softmax" ? Math.exp(logProbability(scores, k)) : sigmoid(scores[k]!);
}

/** Returns {@link outputValue} for occlusion: log p for a class or label. */
export function occlusionValue(link: Link, scores: ArrayLike<number>, k: number): number {
  if (link === "identity") return scores[k]!;
  // log σ(z), without overflow for z far below 0.
  const z = scores[k]!;
  return link === "softmax" ? logProbability(scores, k) : Math.min(0, z) - Math.log1p(Math.exp(-Math.abs(z)));
}

/** Returns {@link outputValue} of n samples. @param scores float32[n, C] */
export function outputValues(link: Link, scores: Float32Array, n: number, k: number): number[] {
  const c = scores.length / n;
  return Array.from({ length: n }, (_, i) => outputValue(link, scores.subarray(i * c, (i + 1) * c), k));
}

/** Returns the prediction, and the index of the explained output. @param requested index from the option `class` */
export function predicted(
  scores: Float32Array,
  { names, link }: ModelOutputs,
  requested: number | undefined,
) {
  const values = names.map((_, k) => outputValue(link, scores, k));
  const best = link === "identity" ? (requested ?? 0) : values.indexOf(Math.max(...values));
  const k = requested ?? best;
  return {
    k,
    prediction: {
      label: names[best]!,
      score: values[best]!,
      class: names[k]!,
      class_score: values[k]!,
      unit: link === "identity" ? "value" : "probability",
    } as const,
  };
}

const nouns: Readonly<Record<Link, string>> = { softmax: "class", sigmoid: "label", identity: "number" };

/** Returns the index of the output that the option `class` names. @throws OptionError for a name that the model does not have */
export function placeOf(
  { names, link }: ModelOutputs,
  { class: requested }: Pick<ExplainOptions, "class">,
): number | undefined {
  if (requested === undefined) return undefined;
  const at = names.indexOf(requested);
  if (at >= 0) return at;
  const some = names.slice(0, 10).map((name) => `"${name}"`);
  throw new EngraftError("OptionError", `the model has no ${nouns[link]} ${JSON.stringify(requested)}`, {
    help: `it knows ${some.join(", ")}${names.length > some.length ? `, and ${names.length - some.length} more` : ""}`,
    details: { class: requested },
  });
}
