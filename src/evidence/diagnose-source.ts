import type { SourceClass, WorthOfLayers } from "../core/results/diagnosis.js";
import { estimate } from "../statistics/index.js";
import { intervalWords } from "./diagnose-layers.js";

/** Importance weights of a source's examples, and their classes. */
export interface WeightedSource {
  readonly classes: readonly string[];
  /** Class of each row, an index into the classes. */
  readonly labels: Int32Array;
  /** Weight of each row, with mean 1. */
  readonly weights: Float64Array;
  /** Value of classes that the data has too. */
  readonly worth: ReadonlyMap<string, WorthOfLayers>;
}

/** Ratio to the source's average from which a class is "near" the data, and below whose inverse it is "far". */
const near = 2;

/**
 * Returns the classes of a source, nearest to the data first: the weight of their examples, and their value for a
 * probe.
 */
export function diagnoseClasses({ classes, labels, weights, worth }: WeightedSource): readonly SourceClass[] {
  return classes
    .flatMap((label, c): SourceClass[] => {
      const own = [...labels.keys()].filter((i) => labels[i] === c).map((i) => weights[i]!);
      if (own.length === 0) return [];
      const { value: mean, interval: ci95 } = estimate([own], { binary: false });
      const of = worth.get(label);
      const [low, high] = ci95 ?? [0, mean];
      const interval = [Math.max(0, low), high] as const;
      const place =
        interval[0] > near
          ? "near the data"
          : interval[1] < 1 / near
            ? "far from the data"
            : "as the source on average, as far as can be told";
      const value =
        of &&
        {
          helps: `its examples help a probe on yours: ${intervalWords(of)}`,
          hurts: `its examples hurt a probe on yours: ${intervalWords(of)}`,
          "no difference": `its examples make no difference to a probe on yours: ${intervalWords(of)}`,
          undecided: `whether its examples help a probe on yours is undecided: ${intervalWords(of)}`,
        }[of.finding];
      return [
        {
          label,
          n: own.length,
          weight: mean,
          weight_ci95: interval,
          ...(of && { worth: of }),
          words: `${label}: weight ${mean.toFixed(2)} (${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}), ${place}${value ? `; ${value}` : ""}.`,
        },
      ];
    })
    .sort((a, b) => b.weight - a.weight);
}

/** Recommends what to do with the source, in a sentence. */
export function sourceWords(classes: readonly SourceClass[], n: number, effective: number): string {
  const hurt = classes.filter(({ worth }) => worth?.finding === "hurts").map(({ label }) => label);
  const far = classes.filter(({ weight_ci95 }) => weight_ci95[1] < 1 / near).map(({ label }) => label);
  const list = (all: readonly string[]): string =>
    all.length > 8 ? `${all.slice(0, 8).join(", ")} and ${all.length - 8} more` : all.join(", ");
  return [
    `Weighted by how near they are to your data, the source's ${n} examples are worth ${Math.round(effective)}.`,
    hurt.length > 0
      ? `The examples of ${list(hurt)} hurt: leave them out.`
      : classes.some(({ worth }) => worth)
        ? "No class's examples were shown to hurt."
        : "The source has none of your classes, so whether its examples hurt could not be tried: only how near they are is told.",
    ...(far.length > 0 ? [`Far from your data: ${list(far)}.`] : []),
  ].join(" ");
}
