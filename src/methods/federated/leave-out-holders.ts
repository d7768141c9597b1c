import { stopIf } from "../../core/errors.js";
import type { HolderFacts } from "../../core/events/run-outcome.js";
import { addSums, areAlike, type FeatureSums, namesOf, subtractSums } from "../sums/feature-sums.js";
import { solveSums } from "../sums/solve-sums.js";
import { compareScores, type Scoring } from "./scoring.js";

type Scored = Pick<HolderFacts, "left_out" | "validation">;

/** Level of the test by which a holder is left out. */
const level = 0.05;

/** True if a model is better without something, by more than chance. */
export const isBetterWithout = (score: HolderFacts["test"]): boolean =>
  score.without > score.with && score.p < level;

/**
 * Scores the head of all sums with and without each holder. Leaves out the holder without whom the score rises most, if that is more than
 * chance (p < 0.05), and repeats this with those that remain.
 * @param rest sums of the receiver's own samples; missing if there are none. They are never left out
 * @returns for each holder the scores of the last round in which it took part, and whether it is left out
 */
export async function leaveOutHolders(
  holders: readonly { readonly sums: FeatureSums }[],
  rest: FeatureSums | undefined,
  scoring: Scoring,
  signal?: AbortSignal,
): Promise<readonly Scored[]> {
  const found = holders.map((): Scored => ({ left_out: false }));
  for (let left = holders.map((_, i) => i); ; ) {
    const own = left.map((i) => holders[i]!);
    // One source makes the model: there is nothing without it.
    if (own.length + (rest ? 1 : 0) < 2) return found;
    const scores = await scoreHolders(own, rest, scoring, signal);
    const worse = (i: number): number => scores[i]!.without - scores[i]!.with;
    for (const [i, score] of scores.entries()) found[left[i]!] = { left_out: false, validation: score };
    const [worst] = [...scores.keys()]
      .filter((i) => isBetterWithout(scores[i]!))
      .sort((a, b) => worse(b) - worse(a));
    if (worst === undefined) return found;
    found[left[worst]!] = { left_out: true, validation: scores[worst]! };
    left = left.filter((_, i) => i !== worst);
  }
}

/** Scores the head of all sums with and without each holder. @param rest other sums, which are in both @returns one score a holder */
export async function scoreHolders(
  holders: readonly { readonly sums: FeatureSums }[],
  rest: FeatureSums | undefined,
  scoring: Scoring,
  signal?: AbortSignal,
): Promise<readonly HolderFacts["test"][]> {
  const all = [...(rest ? [rest] : []), ...holders.map(({ sums }) => sums)].reduce(addSums);
  const scoresBy = (sums: FeatureSums): ArrayLike<number> => {
    // Samples that are all alike give no head.
    if (areAlike(sums)) return new Float64Array(scoring.count);
    const outputs = namesOf(sums).map((name) => scoring.names.indexOf(name));
    return scoring.scoresOf({ ...solveSums(sums), outputs });
  };
  const own = scoresBy(all);
  const scores: HolderFacts["test"][] = [];
  for (const { sums } of holders) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
    scores.push(compareScores(scoring, own, scoresBy(subtractSums(all, sums))));
  }
  return scores;
}
