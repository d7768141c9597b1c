import type { EpochEvent } from "../../core/events/events.js";

/** The term that is compared with the validation loss. */
const main = "classification";

/**
 * Mean losses of an epoch, from sums over its steps: the cross-entropy, and with further terms also the whole objective
 * and each weighted term, so that they add up.
 */
export function termsOf(
  sums: Readonly<Record<string, number>>,
  steps: number,
  weights: Readonly<Record<string, number>>,
): Pick<EpochEvent, "train_loss" | "objective" | "terms"> {
  const mean = (name: string): number => (sums[name] ?? 0) / steps;
  const objective = mean("loss");
  const names = Object.keys(weights);
  const train_loss = names.includes(main) ? mean(`term/${main}`) : objective;
  if (names.length < 2) return { train_loss: objective };
  const terms = Object.fromEntries(names.map((name) => [name, weights[name]! * mean(`term/${name}`)]));
  return { train_loss, objective, terms };
}
