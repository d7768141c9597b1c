/** How a score is written: a share as 84.2 %, with differences in points; a number as 0.842. */
export type Scale = "share" | "number";

/**
 * Properties of a metric. Accuracy is the share of right predictions, F1 is micro-averaged, R² is the mean over the
 * outputs, mAP is COCO's mean average precision of boxes, mIoU is the mean over the classes of the IoU of masks. WER,
 * the word error rate, is the number of wrong, missing and additional words over the number of words. Runs are compared by the word
 * accuracy, 1 minus WER. Token accuracy is the share of tokens that a decoder gives the highest score, from the true ones before.
 */
export interface MetricFacts {
  /** Its name in an English sentence. */
  readonly name: string;
  /** Which way is better. */
  readonly better: "higher" | "lower";
  /** In tables, on charts, and in sentences about several runs. */
  readonly scale: Scale;
  /** In sentences about one run. */
  readonly sentenceScale: Scale;
  /** Its values: 0 … 1, any up to 1, or above 0. */
  readonly range: "share" | "any" | "positive";
}

/** The metrics of models. */
export const metrics = {
  accuracy: { name: "accuracy", better: "higher", scale: "share", sentenceScale: "share", range: "share" },
  f1: { name: "F1", better: "higher", scale: "number", sentenceScale: "share", range: "share" },
  r2: { name: "R²", better: "higher", scale: "number", sentenceScale: "number", range: "any" },
  map: { name: "mAP", better: "higher", scale: "number", sentenceScale: "number", range: "share" },
  miou: { name: "mIoU", better: "higher", scale: "number", sentenceScale: "number", range: "share" },
  word_accuracy: {
    name: "word accuracy",
    better: "higher",
    scale: "share",
    sentenceScale: "share",
    range: "any",
  },
  wer: { name: "WER", better: "lower", scale: "share", sentenceScale: "share", range: "positive" },
  token_accuracy: {
    name: "token accuracy",
    better: "higher",
    scale: "share",
    sentenceScale: "share",
    range: "share",
  },
  perplexity: {
    name: "perplexity",
    better: "lower",
    scale: "number",
    sentenceScale: "number",
    range: "positive",
  },
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof metrics;

/** The metrics of a task's scores, by which runs are compared: 1 is perfect, higher is better. */
export type ScoreName = {
  [M in MetricName]: (typeof metrics)[M]["better"] extends "higher" ? M : never;
}[MetricName];

export const scoreNames = (Object.keys(metrics) as MetricName[]).filter(
  (name): name is ScoreName => metrics[name].better === "higher",
);

/** Returns the metric by which validation chooses an epoch, a strategy or a run: perplexity still falls where token accuracy does not move. */
export const choosingMetric = (metric: ScoreName): MetricName =>
  metric === "token_accuracy" ? "perplexity" : metric;

/** Returns the validation score that chooses, higher is better: minus the perplexity of a decoder, which is e to the loss. */
export const choosingScore = (metric: ScoreName, score: number, loss: number): number =>
  choosingMetric(metric) === "perplexity" ? -Math.exp(loss) : score;

/** Names of the metrics in English sentences. */
export const metricNames = Object.fromEntries(
  Object.entries(metrics).map(([metric, { name }]) => [metric, name]),
) as Readonly<Record<MetricName, string>>;

/** A score under the name of its metric, as results and events hold it. */
export type NamedScore<V = number> = Readonly<Partial<Record<ScoreName, V>>>;

/** Returns the metric of a named score. A record of another metric may have an accuracy too: NaN or null. */
export function scoreNameIn(scores: NamedScore<unknown>): ScoreName {
  return scoreNames.find((name) => name !== "accuracy" && scores[name] !== undefined) ?? "accuracy";
}

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
  /** How the network goes on after beginnings of texts, if it writes: its most probable tokens. */
  readonly written?: readonly Readonly<Record<"prompt" | "text", string>>[];
}

/**
 * Returns a score for a comparison: NaN counts as the worst. A training that diverged has such a score, and every comparison with
 * NaN is false. JSON writes NaN as null.
 */
export const scoreOrWorst = (score: number | null): number =>
  score === null || Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;

/** Returns a loss for a comparison, as {@link scoreOrWorst} does. */
export const lossOrWorst = (loss: number | null): number =>
  loss === null || Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss;

/** Returns true if `a` has the higher score, or the same score at a lower loss. NaN is worse than every number. */
export function better(a: Validation, b: Validation): boolean {
  const [first, second] = [scoreOrWorst(a.score), scoreOrWorst(b.score)];
  return first > second || (first === second && lossOrWorst(a.loss) < lossOrWorst(b.loss));
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
  /** How a decoder goes on after the beginnings of some validation texts. */
  readonly written?: readonly Readonly<Record<"prompt" | "text", string>>[];
}

/** Returns the validation as fields of an epoch event. @param metric of the score */
export function epochValidation(
  metric: MetricName,
  { score, loss, value = metrics[metric].better === "higher" ? score : -score, written }: Validation,
): EpochValidationFields {
  const validation = { score, loss, metric: { name: metric, value } };
  return {
    validation,
    validation_loss: loss,
    ...(metric === "accuracy" ? { validation_accuracy: value } : { validation_metric: validation.metric }),
    ...(written && { written }),
  };
}
