/**
 * Properties of a metric. Accuracy is the share of right predictions, F1 is micro-averaged, R² is the mean over the
 * outputs.
 */
export interface MetricFacts {
  /** Which way is better. */
  readonly better: "higher" | "lower";
  /** Format: a share as 84.2 %, a number as 0.842. */
  readonly scale: "share" | "number";
}

/** The metrics of models. */
export const metrics = {
  accuracy: { better: "higher", scale: "share" },
  f1: { better: "higher", scale: "number" },
  r2: { better: "higher", scale: "number" },
  map: { better: "higher", scale: "number" },
  miou: { better: "higher", scale: "number" },
  perplexity: { better: "lower", scale: "number" },
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof metrics;

/**
 * A model's score on the validation split. A higher score is always better: for a metric where lower is better, the
 * score is its negative.
 */
export interface Validation {
  readonly score: number;
  /** Mean loss. */
  readonly loss: number;
  /** The metric, if the score is not the metric alone. */
  readonly value?: number;
  /** What else the result of a run says of this validation, as JSON. Checkpoints keep it. */
  readonly details?: object;
}

/** A validation as results hold it: its score stands under the metric's name. */
type NamedScore = Readonly<Partial<Record<ScoreName, number>>>;

/** The metrics of a task's scores: 1 is perfect, higher is better. */
export type ScoreName = Exclude<MetricName, "perplexity">;

/** Names of the metrics in sentences. */
export const metricNames = {
  accuracy: "accuracy",
  f1: "F1",
  r2: "R²",
  map: "mAP",
  miou: "mIoU",
  perplexity: "perplexity",
} as const satisfies Record<MetricName, string>;

/** Returns the score of a validation: "accuracy 84.2 %", "F1 71.0 %", "R² 0.832", "mAP 0.412". */
export function scoreWords(scores: NamedScore): string {
  const [name = "r2", value = Number.NaN] = Object.entries(scores).find(
    (one): one is [ScoreName, number] => one[0] in metrics && one[1] !== undefined,
  ) ?? [];
  const isPercent = name === "accuracy" || name === "f1";
  return `${metricNames[name]} ${isPercent ? `${(100 * value).toFixed(1)} %` : value.toFixed(3)}`;
}

/** Returns true if `a` has the higher score, or the same score at a lower loss. */
export function better(a: Validation, b: Validation): boolean {
  return a.score > b.score || (a.score === b.score && a.loss < b.loss);
}

/** The validation of an epoch, as its event has it. */
export interface EpochValidation {
  readonly score: number;
  readonly loss: number;
  readonly metric: { readonly name: MetricName; readonly value: number };
}

/** Validation fields of an epoch event. */
export interface EpochValidationFields {
  readonly validation: EpochValidation;
  readonly validation_loss: number;
  /** As in `validation.metric`; only if the metric is the accuracy. */
  readonly validation_accuracy?: number;
  /** As in `validation.metric`; only if the metric is not the accuracy. */
  readonly validation_metric?: { readonly name: MetricName; readonly value: number };
}

/** Returns the validation as fields of an epoch event. @param metric of the score */
export function epochValidation(
  metric: MetricName,
  { score, loss, value = metrics[metric].better === "higher" ? score : -score }: Validation,
): EpochValidationFields {
  const validation = { score, loss, metric: { name: metric, value } };
  return {
    validation,
    validation_loss: loss,
    ...(metric === "accuracy" ? { validation_accuracy: value } : { validation_metric: validation.metric }),
  };
}
