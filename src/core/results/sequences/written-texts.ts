import type { GroupFacts } from "../group-facts.js";
import type { Interval } from "../task.js";
import type { EditRates } from "./transcripts.js";

/** How chrF and BLEU were computed. */
interface WrittenTextMetrics {
  readonly chrf: {
    /** "chrF2", with a "+" for each order of word n-grams. */
    readonly name: string;
    /** As sacreBLEU prints it. */
    readonly signature: string;
  };
  readonly bleu: {
    readonly tokenizer: "13a" | "zh" | "char" | "none";
    /** As sacreBLEU prints it. */
    readonly signature: string;
  };
}

/** A score of written texts with its 95 % confidence interval, over the texts or their groups; null with too few of them. */
interface WrittenTextScore {
  readonly value: number;
  readonly ci95: Interval | null;
}

/** Scores of written texts. chrF and BLEU go from 0 to 100, the exact match from 0 to 1. */
export interface WrittenTextScores extends GroupFacts {
  /** Number of texts. */
  readonly n: number;
  readonly chrf: WrittenTextMetrics["chrf"] & WrittenTextScore;
  readonly bleu: WrittenTextMetrics["bleu"] &
    WrittenTextScore & {
      /** Percent of the n-grams of the predictions that match, n = 1 … 4. */
      readonly precisions: readonly number[];
      /** 1 unless the predictions are shorter than the references. */
      readonly brevity_penalty: number;
      /** Tokens of the predictions, and of the references that are nearest in length. */
      readonly length: number;
      readonly reference_length: number;
    };
  /** Share of the predictions that equal a reference, without white space around both. */
  readonly exact_match: WrittenTextScore & { readonly matches: number };
  /** Only with the option `edits`. */
  readonly edits?: EditRates & { readonly unit: "words" | "characters" };
  /** Predictions with the lowest chrF, worst first. Exact matches are left out, and long texts are cut. */
  readonly worst: readonly {
    /** Position in the list of predictions. */
    readonly item: number;
    readonly prediction: string;
    readonly references: readonly string[];
    readonly chrf: number;
    readonly bleu: number;
  }[];
}

/** Two scores on the same references, and their difference a − b with its 95 % confidence interval. */
interface WrittenTextGain {
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  /** null if there is none: too few texts or groups, or equal scores of each text. */
  readonly ci95: Interval | null;
  /** p value of "no difference"; null if it is not known. */
  readonly p: number | null;
}

/** Differences of two systems on the same references. */
export interface WrittenTextDifferences extends Pick<GroupFacts, "groups" | "few_groups"> {
  readonly n: number;
  readonly chrf: WrittenTextMetrics["chrf"] & WrittenTextGain;
  readonly bleu: WrittenTextMetrics["bleu"] & WrittenTextGain;
  readonly exact_match: WrittenTextGain;
  /** Of the error rates: lower is better. Only with the option `edits`. */
  readonly edits?: WrittenTextGain & { readonly unit: "words" | "characters" };
}
