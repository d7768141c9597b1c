import type { Part } from "../../core/events/events.js";
import { type Message, message } from "../../core/messages/message.js";
import type { SplitShares } from "../../core/messages/split-en.js";
import { joined } from "./groups.js";
import { type GroupNames, haveGroups } from "./named-groups.js";
import { type Share, splitOff, withReachedShares } from "./split.js";

/** Share of the training split for a split that is not given. */
const fraction = 0.15;

/**
 * Takes missing splits out of the training split. Groups stay together, and so do near copies, unless they are too many for a split.
 * @param labels class of each item for stratification; negative for items without one
 * @param options.stratified name of the strata in messages; undefined for an unstratified split
 * @returns the split of each item, and the origin of the splits
 */
export function fillSplits(
  items: readonly { readonly given: Part | undefined; readonly sha256: string }[],
  labels: readonly number[],
  groups: GroupNames,
  options: {
    readonly classes: number;
    readonly seed: number;
    readonly stratified: SplitShares["stratified"];
    readonly unit: "text" | "sentence";
    /** The lowest position of each item's group of near copies. Default: none. */
    readonly near?: ArrayLike<number> | undefined;
  },
): { readonly parts: Part[]; readonly origin: readonly Message[] } {
  const { classes, seed, stratified, unit } = options;
  const parts = items.map(({ given }): Part => given ?? "train");
  const isGiven = items.some(({ given }) => given !== undefined);
  const shares: Share[] = (["test", "validation"] as const)
    .filter((part) => !items.some(({ given }) => given === part))
    .map((part) => ({ part, fraction }));
  const pool = items.map((_, i) => i).filter((i) => parts[i] === "train");
  if (shares.length > 0) {
    const names = pool.map((i) => groups[i]);
    const exact = joined(
      Int32Array.from(pool, (_, k) => k),
      names,
    );
    const near = options.near ? joined(withinPool(options.near, pool), names) : exact;
    const split = splitOff(
      pool.map((i) => ({ sha256: items[i]!.sha256, label: Math.max(0, labels[i]!) })),
      classes,
      shares,
      { exact, near, areNamed: haveGroups(groups) },
      seed,
    );
    pool.forEach((i, k) => {
      parts[i] = split.parts[k]!;
    });
  }
  const taken = (part: Part): boolean => shares.some((share) => share.part === part);
  const origin = isGiven
    ? shares.length === 0
      ? message("splits-given")
      : message("splits-taken", { validation: taken("validation"), test: taken("test"), seed })
    : message("split-shares", {
        shares: "70 / 15 / 15",
        count: items.length,
        unit,
        seed,
        ...(stratified && { stratified }),
        ...(options.near && { together: "near copies" }),
      });
  const grouped = haveGroups(groups) && shares.length > 0;
  const reached = withReachedShares([origin], parts, grouped);
  return { parts, origin: grouped ? [...reached, message("groups-together")] : reached };
}

/** Returns the lowest position in the pool of each item's group. */
function withinPool(numbers: ArrayLike<number>, pool: readonly number[]): Int32Array {
  const first = new Map<number, number>();
  return Int32Array.from(pool, (i, k) => {
    const position = first.get(numbers[i]!) ?? k;
    first.set(numbers[i]!, position);
    return position;
  });
}
