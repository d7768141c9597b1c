import type { ScoreName } from "../core/results/metric.js";
// Imported directly and not from the folder's index: every page loads this file.
import type { MeasureRange } from "../statistics/estimate.js";
import { fewestGroups } from "../statistics/samples.js";

/** What the 95 % confidence interval of a measure needs. */
export interface IntervalRule {
  /** Values of the measure: any, 0 … 1, or above 0. */
  readonly range: MeasureRange;
  /** Fewest samples, if each is its own group. */
  readonly samples: number;
  /** Fewest groups. */
  readonly groups: number;
  /** Fewest samples of each class. Missing: any. */
  readonly ofClass?: number;
  /** True if few samples may carry much of the measure, as those of a rare class do: see `estimate`. */
  readonly heavyTails?: boolean;
}

/**
 * Measures with an interval: the metrics, "share" for recall, precision and other shares, "macro_f1", "error" for mean errors and
 * 1 − R², "word_error" for the error rate of words or characters, "token_loss" for the mean loss of tokens, "class_ap" and "class_iou" for
 * one class of boxes or masks. "chrf" and "bleu" are scores of written texts.
 */
export type Measure =
  | ScoreName
  | "share"
  | "macro_f1"
  | "error"
  | "word_error"
  | "token_loss"
  | "chrf"
  | "bleu"
  | "class_ap"
  | "class_iou";

/**
 * Smallest test set for the interval of each measure. On smaller ones, intervals miss the true value too often.
 *
 * @see docs/verdict.md, measured by `npm run bench -- coverage`
 */
export const intervalRules: Readonly<Record<Measure, IntervalRule>> = {
  accuracy: { range: "share", samples: 1, groups: fewestGroups },
  share: { range: "share", samples: 1, groups: fewestGroups },
  f1: { range: "share", samples: 1, groups: fewestGroups },
  macro_f1: { range: "share", samples: 1, groups: fewestGroups, ofClass: 10, heavyTails: true },
  r2: { range: "any", samples: 1, groups: fewestGroups },
  error: { range: "positive", samples: 1, groups: fewestGroups, heavyTails: true },
  word_accuracy: { range: "any", samples: 10, groups: fewestGroups },
  word_error: { range: "share", samples: 10, groups: fewestGroups },
  token_accuracy: { range: "share", samples: 10, groups: fewestGroups },
  token_loss: { range: "positive", samples: 10, groups: fewestGroups },
  chrf: { range: "share", samples: 10, groups: fewestGroups },
  bleu: { range: "share", samples: 30, groups: fewestGroups },
  map: { range: "share", samples: 30, groups: 30, heavyTails: true },
  class_ap: { range: "share", samples: 10, groups: 30, heavyTails: true },
  miou: { range: "share", samples: 30, groups: 12, heavyTails: true },
  class_iou: { range: "share", samples: 10, groups: 12, heavyTails: true },
};

/** Returns true if each class has enough samples for the interval of macro F1. A class without a sample leaves the mean: it counts too. */
export const hasEnoughOfClasses = (samples: readonly number[]): boolean =>
  samples.every((n) => n >= (intervalRules.macro_f1.ofClass ?? 0));
