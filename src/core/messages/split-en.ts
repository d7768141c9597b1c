/** English sentences about the origin of the splits of a dataset. */
import type { SampleWords, sentence, textPair } from "../modalities.js";
import { counted, thousands } from "./counted.js";

export interface SplitShares {
  /** Percentages of train, validation and test: "70 / 15 / 15". */
  readonly shares: string;
  /** The requested ones, if few samples or groups forced others. */
  readonly requested?: string;
  /** True if groups forced them. */
  readonly groups?: boolean;
  /** What the split is stratified by. Missing: nothing. */
  readonly stratified?: "class" | "type";
  /** Samples that are kept in one split. */
  readonly together?: "look-alikes" | "equal rows" | "near copies";
  /** Number of these samples in another split than the first of their group, since their groups are too large for one. Missing: 0. */
  readonly apart?: number;
  readonly count?: number;
  readonly unit?: SampleWords<"text">["one"] | (typeof sentence | typeof textPair)["one"];
  readonly seed: number;
}

export interface LabelColumn {
  readonly column: string;
  readonly lists?: boolean;
  readonly separator?: string;
}

const stratifiedBy = (strata: "class" | "type"): string =>
  strata === "type" ? "stratified by type" : "stratified";

export const splitEn = {
  "split-shares": (v: SplitShares): string =>
    [
      `${v.shares}${v.requested === undefined ? "" : ` instead of ${v.requested}, since ${v.groups ? "groups are large" : "there are few samples of a kind"}`}`,
      ...(v.stratified === undefined ? [] : [stratifiedBy(v.stratified)]),
      ...(v.together === undefined
        ? []
        : [
            `${v.together} on one side${v.apart === undefined ? "" : ` except for ${thousands(v.apart)}, whose groups are too large`}`,
          ]),
      ...(v.count === undefined ? [] : [counted(v.count, v.unit ?? "sample")]),
      `seed ${v.seed}`,
    ].join(", "),
  "only-train-given": 'only "train" was given',
  "split-by-column": ({ column, gap }: { readonly column: string; readonly gap: number }): string =>
    `by time in ${JSON.stringify(column)}: the earliest rows train, the latest test${gap > 0 ? `, with a gap of ${counted(gap, "row")}` : ""}`,
  "splits-given": "train, validation and test as given",
  "test-given": "test as given",
  "validation-becomes-test": "the given validation split is used as the test split",
  "validation-taken": (v: Pick<SplitShares, "stratified" | "seed"> & { readonly percent: number }): string =>
    `validation taken out of train (${v.percent} %, ${v.stratified === undefined ? "" : `${stratifiedBy(v.stratified)}, `}seed ${v.seed})`,
  "groups-together": "groups kept together",
  "training-subset": ({ some, all }: { readonly some: number; readonly all: number }): string =>
    `learns from ${some} of ${all}`,
  "shots-of-classes": ({ shots, all }: { readonly shots: number; readonly all: number }): string =>
    `learns from ${shots} of each class, of ${all} in all, and validates on at most as many`,
  "splits-of-sources": ({ datasets }: { readonly datasets: number }): string =>
    `the splits of ${counted(datasets, "dataset")}`,
  "tag-scheme": ({ scheme }: { readonly scheme: string }): string => `tags are ${scheme}`,
  "text-pairs": ({ first, second }: { readonly first: string; readonly second: string }): string =>
    `pairs of ${first} and ${second}`,
  "labels-from-column": ({ column, lists, separator }: LabelColumn): string =>
    `labels from ${JSON.stringify(column)}${lists ? ", which holds lists" : separator === undefined ? "" : `, separated by ${JSON.stringify(separator)}`}`,
  "labels-from-columns": ({ columns }: { readonly columns: number }): string =>
    `a label from each of ${columns} columns of 0 and 1`,
  "split-of-task": ({ task }: { readonly task: string }): string => `task ${JSON.stringify(task)}`,
  "split-by-labels": ({ column }: { readonly column: string }): string =>
    `by the labels of ${JSON.stringify(column)} where there are any`,
  "unlabelled-held-back": ({ percent, seed }: { readonly percent: number; readonly seed: number }): string =>
    `without labels: ${percent} % held back for validation, seed ${seed}`,
  "texts-held-back": (v: { readonly held: number; readonly texts: number; readonly seed: number }): string =>
    `${thousands(v.held)} of ${thousands(v.texts)} texts held back, seed ${v.seed}`,
};
