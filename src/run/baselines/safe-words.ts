import type { Interval } from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import { wordsInRun } from "../../core/messages/metric-en.js";
import { metrics } from "../../core/results/metric.js";
import { studentTwoSided, z95 } from "../../statistics/index.js";

/**
 * Returns how often a choice with this uncertainty keeps the wrong model if the two truly differ by 2 points: Φ(−0.02 /
 * s), s the standard error of the difference.
 * @param interval 95 % confidence interval of the difference
 */
export function wrongAtTwoPoints([low, high]: Interval): number {
  const error = (high - low) / (2 * z95);
  return error > 0 ? studentTwoSided(0.02 / error, Number.POSITIVE_INFINITY) / 2 : 0;
}

/** Says which of the two models is kept, their difference, and whether it can be chance. */
export function safeWords(
  {
    kept,
    own: strategy = "transfer",
    validation,
    difference,
    losses,
    metric = "accuracy",
  }: Omit<SafeChoice, "other" | "words">,
  items: string,
): string {
  const name = kept === "scratch" ? "from scratch" : strategy;
  if (difference === undefined)
    return `Kept: ${name}. There are no validation ${items} to compare the two on.`;
  const { named, difference: number, unit } = wordsInRun(metric);
  const { n, few_groups, models_ci95: range, wrong_at_2_points: wrong } = difference;
  const ahead = kept === "transfer" ? difference.gain : -difference.gain;
  const on = `${n} validation ${n === 1 ? items.replace(/s$/, "") : items}`;
  if (range === null && !few_groups)
    return metric === "accuracy"
      ? `Kept: ${name}. Both are right on the same of the ${on}.`
      : `Kept: ${name}. Both score the same on the ${on}.`;
  const [own, other] =
    kept === "transfer"
      ? [validation.transfer, validation.scratch]
      : [validation.scratch, validation.transfer];
  const scores = `${named(own)} against ${named(other)}`;
  const behind = losses
    ? `${number(-ahead)}${unit} behind on ${on}, but its loss is lower: ${losses.transfer.toFixed(3)} against ${losses.scratch.toFixed(3)}`
    : `no more than one standard error behind on ${on}`;
  const lead = ahead > 0 ? `${number(ahead)}${unit} better on ${on}` : behind;
  if (range === null)
    return `Kept: ${name}, ${lead} (${scores}). They are of too few groups to tell whether that is chance.`;
  const [low, high] = kept === "transfer" ? range : [-range[1], -range[0]];
  const between = `these two models: from ${number(low)} to ${number(high)}${unit}`;
  const two = `${metrics[metric].sentenceScale === "share" ? 2 : 0.02}${unit}`;
  const chance =
    low > 0 || wrong === undefined
      ? ""
      : ` That can be chance: if the other is truly ${two} better, such a choice is wrong in ${wrong < 0.05 ? "fewer than 1" : Math.round(10 * wrong)} of 10 cases.`;
  return `Kept: ${name}, ${lead} (${scores}; ${between}).${chance}`;
}
