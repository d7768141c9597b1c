import type { Part } from "../../core/events/events.js";
import { count } from "./found.js";
import { joined } from "./groups.js";
import { type GroupNames, haveGroups } from "./named-groups.js";
import { type Share, splitOff } from "./split.js";

/** Share of the training split for a split that is not given. */
const fraction = 0.15;

/**
 * Takes the splits that are not given out of the training split. Groups stay together.
 * @param labels class of each item, by which the splits are stratified; negative where there is none
 * @param how.stratified in words, such as ", stratified" @param how.what such as "text"
 * @returns the split of each item, and where the splits come from in words
 */
export function fillSplits(
  items: readonly { readonly given: Part | undefined; readonly sha256: string }[],
  labels: readonly number[],
  groups: GroupNames,
  how: {
    readonly classes: number;
    readonly seed: number;
    readonly stratified: string;
    readonly what: string;
  },
): { readonly parts: Part[]; readonly words: string; readonly groupWords: string } {
  const { classes, seed, stratified, what } = how;
  const parts = items.map(({ given }): Part => given ?? "train");
  const isGiven = items.some(({ given }) => given !== undefined);
  const shares: Share[] = (["test", "validation"] as const)
    .filter((part) => !items.some(({ given }) => given === part))
    .map((part) => ({ part, fraction }));
  const pool = items.map((_, i) => i).filter((i) => parts[i] === "train");
  if (shares.length > 0) {
    const numbers = joined(
      Int32Array.from(pool, (_, k) => k),
      pool.map((i) => groups[i]),
    );
    const split = splitOff(
      pool.map((i) => ({ sha256: items[i]!.sha256, label: Math.max(0, labels[i]!) })),
      classes,
      shares,
      { exact: numbers, near: numbers },
      seed,
    );
    pool.forEach((i, k) => {
      parts[i] = split.parts[k]!;
    });
  }
  const words = isGiven
    ? shares.length === 0
      ? "train, validation and test as given"
      : `as given; ${shares.map((s) => s.part).join(" and ")} taken out of train, seed ${seed}`
    : `70 / 15 / 15${stratified}, ${count(items.length, what)}, seed ${seed}`;
  return {
    parts,
    words,
    groupWords: haveGroups(groups) && shares.length > 0 ? "; groups kept together" : "",
  };
}
