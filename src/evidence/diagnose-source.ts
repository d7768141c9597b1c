import {
  farClasses,
  harmfulClasses,
  nearRatio,
  type SourceClass,
  type SourceDiagnosis,
  type SourceSentence,
  type WorthOfLayers,
} from "../core/results/diagnosis.js";
import { estimate } from "../statistics/index.js";
import { intervalWords, sourceWords } from "./diagnosis-words.js";

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
        interval[0] > nearRatio
          ? "near the data"
          : interval[1] < 1 / nearRatio
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

/** Adds to the numbers of a source what to do with it. */
export function withSentences(source: Omit<SourceDiagnosis, "sentences" | "words">): SourceDiagnosis {
  const said = { ...source, sentences: sentencesOf(source.classes) };
  return { ...said, words: sourceWords(said) };
}

const sentencesOf = (classes: readonly SourceClass[]): SourceSentence[] => [
  "weighted",
  harmfulClasses(classes).length > 0
    ? "classes that hurt"
    : classes.some(({ worth }) => worth)
      ? "none hurts"
      : "no shared class",
  ...(farClasses(classes).length > 0 ? (["far classes"] as const) : []),
];
