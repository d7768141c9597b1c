import { stopIf } from "../../core/errors.js";
import type { HolderFacts } from "../../core/events/run-outcome.js";
import { disagreement, mcNemar } from "../../statistics/index.js";
import { mean } from "../../statistics/samples.js";
import { addSums, areAlike, type FeatureSums, namesOf, subtractSums } from "../sums/feature-sums.js";
import { solveSums } from "../sums/solve-sums.js";
import { type LabelledRows, rightOf } from "./score-clients.js";

/** Samples that score a head. Labels are indices into `names`. */
interface Scoring extends Pick<LabelledRows, "rows" | "labels"> {
  readonly names: readonly string[];
}

type Judged = Pick<HolderFacts, "left_out" | "validation">;

/** Level of the test by which a holder is left out. */
const level = 0.05;

/**
 * Scores the head of all sums with and without each holder. Leaves out the holder without whom most samples are right, if that is more than
 * chance (McNemar, p < 0.05), and repeats this with those that remain.
 * @param rest sums of the receiver's own samples; missing if there are none. They are never left out
 * @returns for each holder the scores of the last round in which it took part, and whether it is left out
 */
export async function leaveOutHolders(
  holders: readonly { readonly sums: FeatureSums }[],
  rest: FeatureSums | undefined,
  samples: Scoring,
  signal?: AbortSignal,
): Promise<readonly Judged[]> {
  const found = holders.map((): Judged => ({ left_out: false }));
  for (let left = holders.map((_, i) => i); ; ) {
    const own = left.map((i) => holders[i]!);
    // One source makes the model: there is nothing without it.
    if (own.length + (rest ? 1 : 0) < 2) return found;
    const scores = await scoreHolders(own, rest, samples, signal);
    const worse = (i: number): number => scores[i]!.without - scores[i]!.with;
    for (const [i, score] of scores.entries()) found[left[i]!] = { left_out: false, validation: score };
    const [worst] = [...scores.keys()]
      .filter((i) => worse(i) > 0 && scores[i]!.p < level)
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
  samples: Scoring,
  signal?: AbortSignal,
): Promise<readonly HolderFacts["test"][]> {
  const all = [...(rest ? [rest] : []), ...holders.map(({ sums }) => sums)].reduce(addSums);
  const rightBy = (sums: FeatureSums): number[] => {
    // Samples that are all alike give no head.
    if (areAlike(sums)) return samples.labels.map(() => 0);
    const outputs = namesOf(sums).map((name) => samples.names.indexOf(name));
    return rightOf(samples, { ...solveSums(sums), outputs });
  };
  const right = rightBy(all);
  const scores: HolderFacts["test"][] = [];
  for (const { sums } of holders) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
    const without = rightBy(subtractSums(all, sums));
    const { onlyA, onlyB } = disagreement(right, without);
    const n = right.length;
    scores.push({ n, with: mean(right), without: mean(without), p: mcNemar({ n, onlyA, onlyB }) });
  }
  return scores;
}
