import type { Part } from "../../core/events/events.js";
import type { Sample } from "../../data/index.js";
import { groupsOfFolds } from "../../data/split/groups.js";
import { areDivided, type SplitOrigin } from "../../data/split/split-origin.js";
import { stratifiedFolds } from "../../methods/probe/index.js";

/** A sample as folds divide it. */
export type FoldSample = Pick<Sample, "part" | "group"> & { readonly copyOf?: string | undefined };

/** Samples of a run, and how they were divided. */
interface Divided extends Pick<SplitOrigin, "splitMessages"> {
  readonly items: readonly FoldSample[];
  /** Target of each sample as text. */
  readonly targets: readonly string[];
}

/** A fold: the split of each sample, "test" for held-out ones. Undefined for a given test sample, which no fold has. */
export interface FoldSplit {
  readonly parts: readonly (Part | undefined)[];
  /** Positions of the held-out samples. */
  readonly held: readonly number[];
}

/** Folds of a run, and the group of each of its samples. Groups are undefined if each sample is its own. */
export interface FoldSplits {
  readonly folds: readonly FoldSplit[];
  readonly groups: readonly string[] | undefined;
}

/**
 * Divides the samples of a run into folds, with groups and near copies in one fold, and about the same share of each target in every
 * fold. The other samples of a fold are divided into training and validation samples, in the proportion of the run.
 *
 * If the test split was given, its samples are in no fold.
 *
 * @param count number of folds, at least 2; fewer if every target has fewer groups
 * @returns no folds if no target has two groups, or if a fold of a run with a validation split has none
 */
export function foldSplits({ items, targets, splitMessages }: Divided, count: number): FoldSplits {
  const isWhole = areDivided({ splitMessages });
  const used = [...items.keys()].filter((i) => isWhole || items[i]!.part !== "test");
  const groups = groupsOfFolds(items);
  const strata = strataOf(used.map((i) => targets[i]!));
  const divide = (places: readonly number[], most: number) =>
    stratifiedFolds(
      places.map((k) => strata[k]!),
      groups && places.map((k) => groups[used[k]!]!),
      most,
    );
  const groupOf = (k: number): number | string => groups?.[used[k]!] ?? k;
  const share = validationShare(items);
  const all = [...used.keys()];
  const folds = divide(all, count).map(({ train, held }): FoldSplit => {
    const parts = new Array<Part | undefined>(items.length).fill(undefined);
    for (const k of train) parts[used[k]!] = "train";
    for (const k of held) parts[used[k]!] = "test";
    const [inner] = share > 0 ? divide(train, Math.max(2, Math.round(1 / share))) : [];
    const validation = (inner?.held ?? []).map((k) => train[k]!);
    const learnt = new Set(inner?.train.map((k) => strata[train[k]!]!));
    // A target that only validation samples would have is learnt from, with its groups.
    const needed = validation.filter((k) => !learnt.has(strata[k]!)).map(groupOf);
    for (const k of validation) if (!needed.includes(groupOf(k))) parts[used[k]!] = "validation";
    return { parts, held: held.map((k) => used[k]!) };
  });
  // One group is left to learn from and to choose by: nothing can be chosen without it.
  const areWhole = share === 0 || folds.every(({ parts }) => parts.includes("validation"));
  return { folds: areWhole ? folds : [], groups };
}

/** Share of the validation samples among those that are not tested. */
function validationShare(items: readonly FoldSample[]): number {
  const count = (part: Part): number => items.filter((item) => item.part === part).length;
  const validation = count("validation");
  return validation / Math.max(1, validation + count("train"));
}

/** Returns the stratum of each target. Targets of one sample only, such as measured numbers, share stratum 0. */
function strataOf(targets: readonly string[]): Int32Array {
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  const repeated = [...counts].filter(([, n]) => n > 1).map(([target]) => target);
  const numbers = new Map(repeated.map((target, k) => [target, k + 1]));
  return Int32Array.from(targets, (target) => numbers.get(target) ?? 0);
}
