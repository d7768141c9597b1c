import type { AnySeedsResult, Verdict } from "../../events/run-outcome.js";
import type { BaselineOf } from "../baseline.js";
import type { CommonResult } from "../common-result.js";
import type { GroupFacts } from "../group-facts.js";
import type { SampleSums } from "../scored.js";
import type { Interval, TaskWith } from "../task.js";

/** Scores of a class; null without a true box. */
export interface ClassDetectionScores {
  readonly name: string;
  /** Number of true boxes that count. */
  readonly truths: number;
  readonly detections: number;
  readonly ap: number | null;
  readonly ap50: number | null;
  readonly ap50_ci95: Interval | null;
}

/** A value for small (up to 32² pixels), medium and large (from 96² pixels) objects; null without one. */
export interface BySize {
  readonly small: number | null;
  readonly medium: number | null;
  readonly large: number | null;
}

/** Scores of detections, as COCO defines them. A value is null if no true box has the size. */
export interface DetectionScores {
  /** Number of images. */
  readonly n: number;
  /** Mean average precision over the IoU thresholds 0.50, 0.55, … 0.95. */
  readonly ap: number | null;
  readonly ap_ci95: Interval | null;
  readonly ap50: number | null;
  readonly ap50_ci95: Interval | null;
  readonly ap75: number | null;
  readonly ap75_ci95: Interval | null;
  readonly ap_by_size: BySize;
  /** Average recall with at most 1, 10 and 100 detections an image and class. */
  readonly ar1: number | null;
  readonly ar10: number | null;
  readonly ar100: number | null;
  readonly ar_by_size: BySize;
  readonly classes: readonly ClassDetectionScores[];
}

/** Counts at a threshold, with precision TP / (TP + FP), recall TP / (TP + FN) and F1 = 2 TP / (2 TP + FP + FN), at an IoU of 0.5. */
export interface OperatingPoint {
  /** Detections with at least this score are kept. */
  readonly threshold: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  /** null without a detection. */
  readonly precision: number | null;
  /** null without a true box. */
  readonly recall: number | null;
  readonly f1: number;
}

/** Test scores of a detector. */
export interface DetectionTest extends DetectionScores, GroupFacts {
  readonly metric: {
    readonly name: "map";
    readonly value: number;
    readonly ci95: Interval | null;
    readonly higher_is_better: true;
  };
  /** At the threshold that has the highest F1 on the validation split. */
  readonly at_threshold: OperatingPoint;
  /** A share of each image in the score, by the jackknife. Their mean is the score. */
  readonly scores?: SampleSums;
}

/** How often scores are right, with the mean of the scores, by range of the score. */
export interface ScoreReliability {
  /** Σ share of a range · |share of right detections − mean score|: the detection expected calibration error. */
  readonly d_ece: number | null;
  /** Number of detections that count. */
  readonly n: number;
}

/** A baseline of object detection. */
export type DetectionBaseline = BaselineOf<DetectionTest>;

/** The last event of a run of object detection. */
export interface DetectionResultEvent extends CommonResult {
  readonly task: TaskWith<{ head: "boxes" }>;
  readonly classes: readonly string[];
  /** Size of the network's input, to which pictures are stretched. */
  readonly input: { readonly width: number; readonly height: number };
  readonly boxes: { readonly train: number; readonly validation: number; readonly test: number };
  readonly test: DetectionTest;
  readonly validation: { readonly n: number; readonly map: number; readonly loss: number };
  /** Reliability of the scores on the test split before and after calibration on the validation split. */
  readonly calibration?: { readonly before: ScoreReliability; readonly after: ScoreReliability };
  readonly baselines: {
    readonly constant?: DetectionBaseline;
    readonly probe?: DetectionBaseline;
    readonly scratch?: DetectionBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the test score of each training; `test` and the model are the first's. */
  readonly by_seed?: AnySeedsResult;
}
