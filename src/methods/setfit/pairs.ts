import { EngraftError } from "../../core/errors.js";
import { draws, permutation } from "../../core/random.js";
import { type PairPlan, stepsOfPairs } from "./pair-plan.js";

/**
 * Returns the texts of an epoch, batch after batch, as pairs: text i of the first half of a batch and text i of its
 * second half. Each of the N texts has R partners of its own class (another text, if there is one) and R of other
 * classes, drawn by (seed, epoch, n). The 2 R N pairs come in random order, and the last batch is filled with the first
 * pairs.
 * @param labels of the texts
 * @returns indices in `labels`, 2 · perStep for each step
 * @throws DataError if all are of one class
 * @see Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022, section 3.1
 */
export function pairOrder(
  labels: readonly number[],
  { iterations, perStep }: PairPlan,
  seed: number,
  epoch: number,
): number[] {
  const byClass = new Map<number, number[]>();
  /** Index of each text within its class. */
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
      // Any other text: those after the text itself move up by one.
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
