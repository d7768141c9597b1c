import type { Recipe } from "../../core/messages/message.js";
import type { BaseModality, SampleWords } from "../modalities.js";
import type { BaseFacts } from "./base-facts.js";
import type { OnMachine, OverSeeds } from "./counts.js";
import type { Interval } from "./task.js";

/** The base's layers that begin with fresh weights: the last `groups` of them (from the output), or the first ones. */
export interface FreshLayers {
  readonly side: "output" | "input";
  /** 0: none, all are kept. */
  readonly groups: number;
}

/** Value of the weights of a group of layers, or of all, on the validation split. */
export interface WorthOfLayers {
  /** Accuracy with them kept − accuracy with fresh ones; the other layers are the same in both. */
  readonly gain: number;
  /** null if both are right on the same items, and with fewer than 10 groups. */
  readonly ci95: Interval | null;
  /** Set with fewer than 10 groups of validation items: too few for an interval. */
  readonly few_groups?: true;
  /** p of no difference, two-sided; and after Holm's correction for all comparisons of the diagnosis. */
  readonly p: number | null;
  readonly p_adjusted: number | null;
  /** With 2 seeds, or fewer than 20 items, always `undecided`. */
  readonly finding: "helps" | "hurts" | "no difference" | "undecided";
  /**
   * Set if it hurts and a more harmful group was kept in both trainings. Its weights fit the output of that group, so
   * it is not reported as harmful.
   */
  readonly beside?: number;
}

/** True if a group of layers is reported as harmful: from a side without a worse kept group. */
export const isHarmful = ({ finding, beside }: WorthOfLayers): boolean =>
  finding === "hurts" && beside === undefined;

/** What an interval of a worth says. "not shown": no p below 0.05. */
export type WorthSentence = "few groups" | "identical" | "range" | "not shown" | "shown";

/** Returns what the interval of a worth says; each table of sentences has a row for it. */
export function worthSentence({
  ci95,
  p_adjusted: p,
  finding,
  few_groups: few,
}: WorthOfLayers): WorthSentence {
  if (few) return "few groups";
  if (!ci95) return "identical";
  if (finding === "no difference") return "range";
  return finding === "undecided" || p === null || p >= 0.05 ? "not shown" : "shown";
}

/** Which layers of a variant begin fresh. */
export type VariantSentence = "all kept" | "all fresh" | "last fresh" | "first fresh";

/** @param of number of groups */
export const variantSentence = ({ side, groups }: FreshLayers, of: number): VariantSentence =>
  groups === 0 ? "all kept" : groups === of ? "all fresh" : side === "output" ? "last fresh" : "first fresh";

/** Trainings with the same initialisation, one per seed. */
export interface DiagnosedVariant extends FreshLayers {
  /** "the last 2 of 4 groups fresh" */
  readonly label: string;
  /** Accuracy on the validation split. */
  readonly accuracy: OverSeeds;
}

/** A finished training of a diagnosis. */
export interface DiagnosedRun extends FreshLayers, OnMachine {
  readonly seed: number;
  readonly seconds: number;
}

/** A group of consecutive layers. */
export interface DiagnosedGroup {
  /** 1 is next to the input. */
  readonly group: number;
  readonly parameters: number;
  /** Names of its first and its last weight. */
  readonly from: string;
  readonly to: string;
  /** Value of its weights with all later groups fresh, and with all earlier groups fresh. */
  readonly from_output: WorthOfLayers;
  readonly from_input: WorthOfLayers;
  readonly sentence: GroupSentence;
  readonly words: string;
}

/** Sentence on a group of layers. "hurts beside": only where a more harmful group is kept too. */
export type GroupSentence =
  | "helps"
  | "hurts"
  | "helps and hurts"
  | "helps, hurts beside"
  | "hurts beside"
  | "no difference"
  | "undecided";

/** A sentence on the weights of a base. */
export type DiagnosisSentence =
  | "few samples"
  | "all help"
  | "all hurt"
  | "all make no difference"
  | "all undecided"
  | "groups that help"
  | "groups that hurt"
  | "no single group";

/** A caveat of a diagnosis. */
export type DiagnosisNote = "brief" | "judged by the same" | "few to judge by" | "few seeds" | "machines";

/** Returns the numbers of the groups that help on a side. */
export const groupsThatHelp = (groups: readonly DiagnosedGroup[]): readonly number[] =>
  numbersOf(groups, ({ finding }) => finding === "helps");

/** Returns the numbers of the groups that are reported as harmful. */
export const groupsThatHurt = (groups: readonly DiagnosedGroup[]): readonly number[] =>
  numbersOf(groups, isHarmful);

const numbersOf = (
  groups: readonly DiagnosedGroup[],
  is: (worth: WorthOfLayers) => boolean,
): readonly number[] =>
  groups.filter(({ from_output, from_input }) => is(from_output) || is(from_input)).map(({ group }) => group);

/** Effect of the source's examples of one class on the target. */
export interface SourceClass {
  readonly label: string;
  readonly n: number;
  /**
   * Mean importance weight of its examples (KLIEP), 1 for the average of the source; and its interval over the
   * examples.
   */
  readonly weight: number;
  readonly weight_ci95: Interval;
  /** For a class that the data has too: validation accuracy of a probe with its source examples − without. */
  readonly worth?: WorthOfLayers;
  readonly words: string;
}

/** A sentence on a source. */
export type SourceSentence =
  | "weighted"
  | "classes that hurt"
  | "none hurts"
  | "no shared class"
  | "far classes";

/** Ratio to the source's average from which a class is near the data, and below whose inverse it is far. */
export const nearRatio = 2;

/** Returns the classes whose examples hurt, and those far from the data. */
export const harmfulClasses = (classes: readonly SourceClass[]): readonly string[] =>
  classes.filter(({ worth }) => worth?.finding === "hurts").map(({ label }) => label);
export const farClasses = (classes: readonly SourceClass[]): readonly string[] =>
  classes.filter(({ weight_ci95 }) => weight_ci95[1] < 1 / nearRatio).map(({ label }) => label);

/** Examples of the source, its classes near the data, and harmful ones. */
export interface SourceDiagnosis {
  readonly data: string;
  readonly n: number;
  /** Effective number of examples after weighting. */
  readonly effective: number;
  /** Nearest to the data first. */
  readonly classes: readonly SourceClass[];
  readonly sentences: readonly SourceSentence[];
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
  readonly unit: SampleWords<BaseModality>["many"];
  readonly split: { readonly train: number; readonly validation: number };
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly variants: readonly DiagnosedVariant[];
  readonly runs: readonly DiagnosedRun[];
  /** From the input on. */
  readonly groups: readonly DiagnosedGroup[];
  /** All of the base's weights against none of them. */
  readonly all: WorthOfLayers;
  /** The result in English, and by the codes of its sentences. */
  readonly words: string;
  readonly sentences: readonly DiagnosisSentence[];
  readonly source?: SourceDiagnosis;
  readonly notes: readonly string[];
  readonly note_codes: readonly DiagnosisNote[];
  readonly seconds: number;
  readonly forecast: { readonly seconds: number };
}
