import { joined } from "../split/groups.js";
import type { GroupNames } from "../split/named-groups.js";
import type { ReadPairs } from "./read-pairs.js";

/** Returns the normal form of a text by which pairs are grouped: texts that differ in capitals, white space or the form of Unicode have the same. */
export const normalSide = (text: string): string =>
  text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();

/**
 * Groups pairs that have the same source or the same target, and those of one named group, in any number of steps (union–find): a sentence and
 * all its translations are one group, so that they are all in one split.
 * @returns the id of the first pair of each pair's group; undefined for a pair without another one
 */
export function groupPairs({ found, groups }: Pick<ReadPairs, "found" | "groups">): GroupNames {
  let numbers = joined(
    Int32Array.from(found, (_, i) => i),
    groups,
  );
  for (const side of ["source", "target"] as const)
    numbers = joined(
      numbers,
      found.map((pair) => normalSide(pair[side])),
    );
  const sizes = new Int32Array(found.length);
  for (const first of numbers) sizes[first]!++;
  return Array.from(numbers, (first) => (sizes[first]! > 1 ? found[first]!.id : undefined));
}
