import type { DomainGuard } from "../../core/events/events.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { z95 } from "../../statistics/wilson.js";
import { stratifiedFolds } from "../probe/folds.js";
import { type ADistance, aDistance } from "./a-distance.js";

/** Rows of a domain, float32[N, D], and their groups. */
interface DomainRows {
  readonly rows: Float32Array;
  readonly groups?: readonly string[] | undefined;
}

/**
 * Compares the target with the source, and two halves of the source with each other, by the A-distance. Groups are never divided.
 * @param source labelled rows. To find differences other than shares of the classes, draw them by the target's: {@link drawByShares}
 * @param most rows of each set; the classifier is solved ten times
 */
export function compareDomains(
  source: DomainRows & { readonly labels: ArrayLike<number> },
  target: DomainRows,
  width: number,
  { seed, most }: { readonly seed: number; readonly most: number },
): DomainGuard {
  const { rows, labels, groups } = source;
  const [first = [], second = []] = stratifiedFolds(Int32Array.from(labels), groups, 2).map(
    ({ held }) => held,
  );
  const half = (places: readonly number[]): Float32Array => rowsAt(rowsOf(rows, width), places);
  const some = (all: Float32Array): Float32Array => all.subarray(0, most * width);
  const between = aDistance(some(rows), some(target.rows), width, {
    seed,
    groups: [groups, target.groups],
  });
  const within = aDistance(some(half(first)), some(half(second)), width, {
    seed,
    groups: groups && [first.map((i) => groups[i]!), second.map((i) => groups[i]!)],
  });
  if (!between || !within) return { refused: groups || target.groups ? "few groups" : "few samples" };
  const facts = ({ value, ci95, n }: ADistance) => ({ value, ci95, n });
  const guard = { domains: facts(between), halves: facts(within) };
  return differs(between, within) ? { ...guard, refused: "differ" } : guard;
}

/**
 * True if the error between the domains is lower than that between two halves, beyond chance: their difference is above 1.96 standard
 * errors. Cross-validation of equal halves is a little worse than guessing, so that they count as ½ at most.
 */
function differs(between: ADistance, within: ADistance): boolean {
  const halves = Math.min(within.error, 0.5);
  const variance = (error: number, { effective }: ADistance): number => (error * (1 - error)) / effective;
  const deviation = Math.sqrt(variance(between.error, between) + variance(halves, within));
  return halves - between.error > z95 * deviation;
}
