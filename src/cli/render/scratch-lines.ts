import { formatDuration } from "../../core/duration.js";
import { type BaselineOf, endOf, isBestTried } from "../../core/results/baseline.js";

const fraction = (x: number): string => x.toFixed(3);

/** End of a training from scratch, in words. */
const scratchEnds: Readonly<Record<ReturnType<typeof endOf>, string>> = {
  "stopped improving": "until validation stopped improving",
  budget: "still improving when they were up",
  diverged: "until it diverged",
  "not learnt": "not yet clearly better than guessing when they were up",
};

/** Note if the chosen rate does not have the lowest loss. */
const usualRate = "; none was better than guessing yet, so the usual rate went on";

/** Describes a training from scratch: "400 steps (38 s), still improving when they were up; epoch 24 kept". */
export function scratchLines({
  training,
  tried = [],
}: Pick<BaselineOf<unknown>, "training" | "tried">): string[] {
  if (!training) return [];
  const { steps, seconds, best_epoch, validation, at_transfer: early } = training;
  const rates = tried.map((t) => `${t.rate} (${t.validation.loss.toFixed(3)}${t.kept ? ", chosen" : ""})`);
  return [
    `${steps} steps (${formatDuration(seconds)}), ${scratchEnds[endOf(training)]}; the weights after epoch ${best_epoch} are kept, validation ${fraction(validation.score)}`,
    ...(early
      ? [`after ${early.steps} steps, as many as the run: validation ${fraction(early.validation.score)}`]
      : []),
    ...(rates.length > 0
      ? [
          `learning rates tried, with validation loss: ${rates.join(", ")}${isBestTried(tried) ? "" : usualRate}`,
        ]
      : []),
  ];
}
