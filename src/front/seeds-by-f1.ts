import type { Verdict } from "../core/events.js";
import { f1Of, type Tally } from "../evaluate/entities.js";
import type { Rivals } from "./rivals.js";

/** What a training found in each item of the test part. */
export type Tallies = readonly Tally[];

/** Compares two ways of training by each sample's share of F1, over one or several seeds. */
export async function verdictOfF1(
  transfer: readonly Tallies[],
  scratch: readonly Tallies[],
  items: string,
  rivals?: Rivals,
): Promise<Verdict> {
  const [{ compareTrainings }, { f1Shares, flatTallies }] = await Promise.all([
    import("../evidence/compare-trainings.js"),
    import("../evaluate/entities.js"),
  ]);
  const shares = (all: readonly Tallies[]): number[][] => all.map((one) => f1Shares(flatTallies(one)).shares);
  return compareTrainings({ a: shares(transfer), b: shares(scratch), metric: "f1", items, ...rivals });
}

/** F1 = 2 Σc / Σ(n + p) */
export function totalF1(tallies: Tallies): number {
  const sum = { n: 0, predicted: 0, correct: 0 };
  for (const { n, predicted, correct } of tallies) {
    sum.n += n;
    sum.predicted += predicted;
    sum.correct += correct;
  }
  return f1Of(sum);
}
