import type { AnySeedsResult, Verdict } from "../../events/run-outcome.js";
import type { BaselineOf } from "../baseline.js";
import type { CommonResult } from "../common-result.js";
import type { GroupFacts } from "../group-facts.js";
import type { SampleSums } from "../scored.js";
import type { Interval, TaskWith } from "../task.js";

/** Scores of a class of pixels; null if no pixel is of the class. */
export interface ClassMaskScores {
  readonly name: string;
  /** Number of true and of predicted pixels. */
  readonly pixels: number;
  readonly predicted: number;
  readonly iou: number | null;
  readonly iou_ci95: Interval | null;
  readonly dice: number | null;
}

/** Scores of masks over all pixels of all images. */
export interface MaskScores {
  /** Number of images. */
  readonly n: number;
  /** Mean IoU of the classes that the truth has. A class that is only predicted is not in the mean. */
  readonly miou: number | null;
  readonly miou_ci95: Interval | null;
  readonly pixel_accuracy: number | null;
  readonly classes: readonly ClassMaskScores[];
}

/** Test scores of a segmenter. */
export interface SegmentationTest extends MaskScores, GroupFacts {
  readonly metric: {
    readonly name: "miou";
    readonly value: number;
    readonly ci95: Interval | null;
    readonly higher_is_better: true;
  };
  /** A share of each image in the score, by the jackknife. Their mean is the score. */
  readonly scores?: SampleSums;
}

/** Returns the class besides the background, if there is one only: its IoU says more than a mean with the background. */
export const foregroundOf = ({ classes }: Pick<MaskScores, "classes">): ClassMaskScores | undefined =>
  classes.length === 2 ? classes[1] : undefined;

/** How probable the predicted classes are, compared with how often they are right. */
export interface PixelReliability {
  /** Number of sampled pixels. */
  readonly n: number;
  /** Expected calibration error: mean distance of probability and share of right pixels; null without a pixel. */
  readonly ece: number | null;
}

/** A baseline of image segmentation. */
export type SegmentationBaseline = BaselineOf<SegmentationTest>;

/** The last event of a run of image segmentation. */
export interface SegmentationResultEvent extends CommonResult {
  readonly task: TaskWith<{ head: "masks" }>;
  /** The background is the first. */
  readonly classes: readonly string[];
  /** Size of the network's input, to which pictures are stretched. */
  readonly input: { readonly width: number; readonly height: number };
  /** Share of each class among the labelled pixels of the training split, and its weight in the loss. */
  readonly pixels: { readonly shares: readonly number[]; readonly weights: readonly number[] };
  readonly test: SegmentationTest;
  readonly validation: { readonly n: number; readonly miou: number; readonly loss: number };
  /** Reliability on the test split before and after the logits are divided by the temperature that fits the validation split. */
  readonly calibration?: {
    readonly temperature: number;
    readonly before: PixelReliability;
    readonly after: PixelReliability;
  };
  readonly baselines: {
    readonly majority?: SegmentationBaseline;
    readonly colour?: SegmentationBaseline;
    readonly otsu?: SegmentationBaseline;
    readonly probe?: SegmentationBaseline;
    readonly scratch?: SegmentationBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the test score of each training; `test` and the model are the first's. */
  readonly by_seed?: AnySeedsResult;
}
