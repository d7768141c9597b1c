import type { Recipe } from "../../core/messages/message.js";
import type { BaseFacts } from "./base-facts.js";
import type { OverSeeds } from "./counts.js";
import type { Interval } from "./task.js";

/** Which of a base's layers begin with fresh weights: the last `groups` of them (from the output), or the first ones. */
export interface FreshLayers {
  readonly side: "output" | "input";
  /** 0: none, all are kept. */
  readonly groups: number;
}

/** What the weights of a group of layers, or of all, were worth on the validation part. */
export interface WorthOfLayers {
  /** Accuracy with them kept − accuracy with fresh ones; the layers beside them the same in both. */
  readonly gain: number;
  /** null if both are right on the same items, and with fewer than 10 groups. */
  readonly ci95: Interval | null;
  /** There, and true, with fewer than 10 groups of validation items: they are too few for an interval. */
  readonly few_groups?: true;
  /** Of no difference, two-sided; and as it is after Holm's correction for all comparisons of the diagnosis. */
  readonly p: number | null;
  readonly p_adjusted: number | null;
  /** With 2 seeds, or fewer than 20 items, always `undecided`. */
  readonly finding: "helps" | "hurts" | "no difference" | "undecided";
  /**
   * Where it hurts: the group that hurts more and is kept in both trainings. These weights fit what that group used to give, so it
   * is not said of them that they hurt.
   */
  readonly beside?: number;
}

/** Is it said of a group of layers that it hurts: from a side where no worse one is kept beside it? */
export const hurtsAlone = ({ finding, beside }: WorthOfLayers): boolean =>
  finding === "hurts" && beside === undefined;

/** Trainings that begin the same way, one a seed. */
export interface DiagnosedVariant extends FreshLayers {
  /** "the last 2 of 4 groups fresh" */
  readonly label: string;
  /** On the validation part. */
  readonly accuracy: OverSeeds;
}

/** A group of layers that follow each other. */
export interface DiagnosedGroup {
  /** 1 is next to the input. */
  readonly group: number;
  readonly parameters: number;
  /** Names of its first and its last weight. */
  readonly from: string;
  readonly to: string;
  /** Worth of its weights with all groups behind it fresh, and with all groups before it fresh. */
  readonly from_output: WorthOfLayers;
  readonly from_input: WorthOfLayers;
  readonly words: string;
}

/** What the examples of one class of the source are to the target. */
export interface SourceClass {
  readonly label: string;
  readonly n: number;
  /** Mean importance weight of its examples (KLIEP), 1 for the average of the source; and its interval over the examples. */
  readonly weight: number;
  readonly weight_ci95: Interval;
  /** Of a class that the data have too: accuracy of a probe with its source examples − without, on the validation part. */
  readonly worth?: WorthOfLayers;
  readonly words: string;
}

/** Examples of the source, and which of its classes are near the data and which hurt. */
export interface SourceDiagnosis {
  readonly data: string;
  readonly n: number;
  /** How many examples the weighted ones are worth. */
  readonly effective: number;
  /** Nearest to the data first. */
  readonly classes: readonly SourceClass[];
  readonly words: string;
}

/** What `diagnose` returns, and its last line of `--json`. */
export interface DiagnosisResult extends Recipe {
  readonly event: "result";
  readonly task: "diagnosis";
  /** Its folder. */
  readonly diagnosis: string;
  readonly data: string;
  readonly base: BaseFacts;
  readonly classes: readonly string[];
  readonly unit: "pictures" | "texts";
  readonly split: { readonly train: number; readonly validation: number };
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly variants: readonly DiagnosedVariant[];
  /** From the input on. */
  readonly groups: readonly DiagnosedGroup[];
  /** All of the base's weights against none of them. */
  readonly all: WorthOfLayers;
  readonly words: string;
  readonly source?: SourceDiagnosis;
  readonly notes: readonly string[];
  readonly seconds: number;
  readonly forecast: { readonly seconds: number };
}
