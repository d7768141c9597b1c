import { EngraftError } from "../../core/errors.js";
import { draws, permutation } from "../../core/random.js";
import { type PairPlan, stepsOfPairs } from "./pair-plan.js";

/**
 * The texts of an epoch, batch after batch, as pairs: text i of the first half of a batch and text i of its second half. The
 * n-th text of N has R partners of its own class (another text, where there is one) and R of the other classes, drawn by
 * (seed, epoch, n); the 2 R N pairs come in a random order, and the last batch is filled up with the first pairs again.
 * @param labels of the texts @returns places in `labels`, 2 · perStep for each step
 * @throws DataError when all are of one class
 * @see Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022, section 3.1
 */
export function pairOrder(
  labels: readonly number[],
  { iterations, perStep }: PairPlan,
  seed: number,
  epoch: number,
): number[] {
  const byClass = new Map<number, number[]>();
  /** Where each is among those of its class. */
  const places = labels.map((label, i) => {
    const own = byClass.get(label) ?? [];
    byClass.set(label, own);
    return own.push(i) - 1;
  });
  if (byClass.size < 2)
    throw new EngraftError("DataError", "pairs need training items of two classes, and there is one", {
      help: "give items of another class to learn from",
      details: { classes: byClass.size, items: labels.length },
    });
  const pairs: (readonly [number, number])[] = [];
  labels.forEach((label, i) => {
    const random = draws(seed, "pairs", epoch, i);
    const own = byClass.get(label)!;
    const at = places[i]!;
    for (let r = 0; r < iterations; r++) {
      // Any of the others: those behind the text itself are one place nearer.
      const mate = random.integer(Math.max(1, own.length - 1));
      pairs.push([i, own.length === 1 ? i : own[mate < at ? mate : mate + 1]!]);
      let other = i;
      while (labels[other] === label) other = random.integer(labels.length);
      pairs.push([i, other]);
    }
  });
  const order = permutation(pairs.length, seed, "order of pairs", epoch);
  const steps = stepsOfPairs(labels.length, { iterations, perStep });
  const out: number[] = [];
  for (let step = 0; step < steps; step++) {
    const some = Array.from(
      { length: perStep },
      (_, k) => pairs[order[(step * perStep + k) % order.length]!]!,
    );
    out.push(...some.map(([a]) => a), ...some.map(([, b]) => b));
  }
  return out;
}
