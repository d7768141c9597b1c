/** English texts of scores, and of differences between scores. */
import { fixed } from "../fixed.js";
import { type MetricName, metrics, type NamedScore, type Scale, scoreNameIn } from "../results/metric.js";

/** A score on its scale: "84.2 %" or "0.842"; "–" if there is none. */
export function scoreText(score: number | null, scale: Scale): string {
  if (score === null || !Number.isFinite(score)) return "–";
  return scale === "share" ? `${fixed(100 * score, 1)} %` : fixed(score, 3);
}

/** A difference on its scale, without a unit: "11.3" or "0.113". */
export const differenceText = (difference: number, scale: Scale): string =>
  (scale === "share" ? fixed(100 * difference, 1) : fixed(difference, 3)).replace("-", "\u2212");

const units = { share: " points", number: "" } as const satisfies Record<Scale, string>;

/** The same with its unit: "11.3 points" or "0.113". */
export const amountText = (difference: number, scale: Scale): string =>
  `${differenceText(difference, scale)}${units[scale]}`;

/** A difference with its sign and without a unit: "+11.3" or "−0.113"; "0.0" has no sign. */
export function signedText(difference: number, scale: Scale): string {
  const text = differenceText(difference, scale);
  return Number(text) > 0 ? `+${text}` : text;
}

/** How the scores of a metric and their differences are written. */
export interface MetricWords {
  /** "accuracy", "F1" */
  readonly name: string;
  /** "accuracies", "F1" */
  readonly plural: string;
  /** "73.3 %", "0.640" */
  readonly score: (score: number | null) => string;
  /** With the name, unless it is an accuracy: "73.3 %", "F1 71.0 %", "R² 0.640". */
  readonly named: (score: number) => string;
  /** A difference without its sign: "11.3 points", "1.0 point of F1", "0.021 of R²". */
  readonly amount: (difference: number) => string;
  /** Without a unit: "11.3"; with a sign: "+11.3". */
  readonly difference: (difference: number) => string;
  readonly signed: (difference: number) => string;
  /** Follows a difference: " points", " points of F1", " of R²". */
  readonly unit: string;
}

/**
 * Returns how scores of a metric are written.
 * @param scale that of sentences about one run, or of those about several
 */
export function metricWords(metric: MetricName, scale: Scale): MetricWords {
  const { name } = metrics[metric];
  const isAccuracy = metric === "accuracy";
  const of = isAccuracy ? "" : ` of ${name}`;
  const score = (value: number | null): string => scoreText(value, scale);
  const difference = (value: number): string => differenceText(value, scale);
  return {
    name,
    plural: isAccuracy ? "accuracies" : name,
    score,
    difference,
    named: (value) => (isAccuracy ? score(value) : `${name} ${score(value)}`),
    amount: (value) => `${amountText(value, scale).replace(/^1\.0 points$/, "1.0 point")}${of}`,
    signed: (value) => signedText(value, scale),
    unit: `${units[scale]}${of}`,
  };
}

/** Returns how sentences about one run write the scores of a metric. */
export const wordsInRun = (metric: MetricName): MetricWords =>
  metricWords(metric, metrics[metric].sentenceScale);

/** Returns how tables, and sentences about several runs, write the scores of a metric. */
export const wordsInComparison = (metric: MetricName): MetricWords =>
  metricWords(metric, metrics[metric].scale);

/** Returns a named score: "accuracy 84.2 %", "F1 71.0 %", "R² 0.832", "mAP 0.412". */
export function namedScoreText(scores: NamedScore): string {
  const metric = scoreNameIn(scores);
  const { name, score } = wordsInRun(metric);
  return `${name} ${score(scores[metric] ?? null)}`;
}

/** Returns the target of a learning curve, without zeros at its end: "90 %", "F1 0.9". */
export const targetText = ({
  metric,
  target,
}: {
  readonly metric: MetricName;
  readonly target: number;
}): string =>
  wordsInComparison(metric)
    .named(target)
    .replace(/\.?0+(?= %|$)/, "");
