import { type Message, message } from "../../core/messages/message.js";
import type { Scored } from "../../core/results/scored.js";
import type { ReadSideRun } from "./read-side-run.js";

/**
 * Returns the scores of `one` in the order of the test items of `to`, or the reason why they cannot be paired.
 *
 * Both runs must have the same test items: the same fingerprint of data and split, or the same hashes without repetition.
 */
export function alignScores(to: ReadSideRun, one: ReadSideRun): Scored | Message {
  if (one.side.status !== "done") return message("run-not-done");
  if (to.side.status !== "done") return message("other-run-not-done");
  if (!one.scored || !to.scored) return message("predictions-not-kept");
  if (one.names.join("\n") !== to.names.join("\n"))
    return message(one.scored.metric === "r2" ? "other-numbers" : "other-classes");
  const [a, b] = [one.tested, to.tested];
  const [n, m] = [one.scored.shares.length, to.scored.shares.length];
  if (a.fingerprint !== undefined && a.fingerprint === b.fingerprint && n === m) return one.scored;
  if (a.testFingerprint === undefined || b.testFingerprint === undefined)
    return message("test-samples-unknown");
  if (a.testFingerprint !== b.testFingerprint || n !== m) {
    const otherItems = new Set(b.items);
    const shared = a.items.filter((item) => otherItems.has(item)).length;
    return message("test-samples-differ", { own: n, other: m, shared });
  }
  if (a.items.length !== n || b.items.length !== m) return message("test-samples-repeat");
  return reordered(one.scored, a.items, b.items);
}

function reordered(scored: Scored, from: readonly string[], to: readonly string[]): Scored {
  const at = new Map(from.map((item, i) => [item, i]));
  return { ...scored, shares: Float64Array.from(to, (item) => scored.shares[at.get(item)!]!) };
}
