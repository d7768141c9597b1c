import type { Scored } from "../../core/results/scored.js";
import type { ReadSideRun } from "./read-side-run.js";

/**
 * Scores of `one` in the order of `to`'s test items, where both answered the very same ones; else why they cannot be paired.
 * The items are the same by the fingerprint of data and split, or by their hashes: then each must be there once.
 */
export function inOrderOf(to: ReadSideRun, one: ReadSideRun): Scored | string {
  if (one.side.status !== "done") return "it is not done";
  if (to.side.status !== "done") return "the run it would be held against is not done";
  if (!one.scored || !to.scored)
    return "it was made by a version that did not keep how each test item was answered";
  if (one.names.join("\n") !== to.names.join("\n"))
    return one.scored.metric === "r2" ? "it learns other numbers" : "it has other classes";
  const [a, b] = [one.tested, to.tested];
  const [n, m] = [one.scored.shares.length, to.scored.shares.length];
  if (a.fingerprint !== undefined && a.fingerprint === b.fingerprint && n === m) return one.scored;
  if (a.testFingerprint === undefined || b.testFingerprint === undefined)
    return "its model folder does not say which items it was tested on";
  if (a.testFingerprint !== b.testFingerprint || n !== m) {
    const there = new Set(b.items);
    const shared = a.items.filter((item) => there.has(item)).length;
    return `it was tested on other items: of its ${n} and the other's ${m}, ${shared === 0 ? "none" : shared} ${shared === 1 ? "is" : "are"} the same`;
  }
  if (a.items.length !== n || b.items.length !== m)
    return "its test part holds copies of one item, and their order may be another";
  return reordered(one.scored, a.items, b.items);
}

function reordered(scored: Scored, own: readonly string[], wanted: readonly string[]): Scored {
  const at = new Map(own.map((item, i) => [item, i]));
  return { ...scored, shares: Float64Array.from(wanted, (item) => scored.shares[at.get(item)!]!) };
}
