import type { Part } from "../../core/events/events.js";
import type { Sample } from "../dataset.js";
import { type DrawnPart, rank } from "./copies.js";
import { splitOff } from "./split.js";

export const drawnParts: readonly DrawnPart[] = ["test", "validation"];
/** Share of the samples in each drawn split. */
const fraction = 0.15;

/** Returns the split that learns least: test before validation, validation before train. */
export const strictest = (parts: readonly (Part | undefined)[]): Part | undefined =>
  parts.reduce((a, b) => (a === undefined || (b !== undefined && rank[b] > rank[a]) ? b : a), undefined);

/**
 * Divides the samples of several tasks at once. Samples that belong together are in one split for all tasks. A sample takes the strictest
 * split that another task gives its group. Groups without a given split are drawn, stratified by the first task that labels them, and so
 * is a split that is missing in the data, out of train. Samples that one task itself puts into different splits stay there.
 * @param all `labels` has the class of each task; -1 for a task without a label
 * @param given split that the data of its tasks give each sample. Undefined: the program draws it
 * @param drawn splits that the program may draw for each sample without a given split, or given to train
 * @param together lowest position of the copies, near copies and group of each sample
 * @param classes number of classes of each task
 */
export function divideTasks(
  all: readonly (Pick<Sample, "sha256" | "group"> & { readonly labels: readonly number[] })[],
  given: readonly (Part | undefined)[],
  drawn: readonly (readonly DrawnPart[])[],
  together: ArrayLike<number>,
  classes: readonly number[],
  seed: number,
): Part[] {
  const givenBy = new Map<number, (Part | undefined)[]>();
  for (const [i, { labels }] of all.entries()) {
    if (given[i] === undefined) continue;
    const own = givenBy.get(together[i]!) ?? [];
    for (const [t, label] of labels.entries()) if (label >= 0) own[t] = strictest([own[t], given[i]]);
    givenBy.set(together[i]!, own);
  }
  const parts = all.map(({ labels }, i) => {
    const own = given[i];
    const others = givenBy.get(together[i]!)?.filter((_, t) => own === undefined || labels[t]! < 0) ?? [];
    return strictest([own, ...others]);
  });
  const drawnFor = new Map<number, readonly DrawnPart[]>();
  for (const [i, part] of parts.entries())
    if (part === undefined || part === "train")
      drawnFor.set(together[i]!, inBoth(drawnFor.get(together[i]!) ?? drawnParts, drawn[i]!));
  const firstClass = classes.map((_, t) => classes.slice(0, t).reduce((sum, n) => sum + n, 0));
  for (const wanted of [drawnParts, ...drawnParts.map((part) => [part])]) {
    const isWanted = (i: number): boolean => String(drawnFor.get(together[i]!)) === String(wanted);
    const pool = [...all.keys()].filter(
      (i) => (parts[i] === undefined || (parts[i] === "train" && drawn[i]!.length > 0)) && isWanted(i),
    );
    const split = splitOff(
      pool.map((i) => {
        const { sha256, labels } = all[i]!;
        const t = labels.findIndex((label) => label >= 0);
        return { sha256, label: firstClass[t]! + labels[t]! };
      }),
      classes.reduce((sum, n) => sum + n, 0),
      wanted.map((part) => ({ part, fraction })),
      {
        exact: pool.map((i) => together[i]!),
        near: pool.map((i) => together[i]!),
        areNamed: pool.some((i) => all[i]!.group !== undefined),
      },
      seed,
    );
    for (const [k, i] of pool.entries()) parts[i] = split.parts[k]!;
  }
  return parts as Part[];
}

/** Returns the splits that are in both lists, in the order of {@link drawnParts}. */
export const inBoth = (a: readonly DrawnPart[], b: readonly DrawnPart[]): readonly DrawnPart[] =>
  drawnParts.filter((part) => a.includes(part) && b.includes(part));
