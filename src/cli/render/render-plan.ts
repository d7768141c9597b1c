import { formatDuration } from "../../core/duration.js";
import { shellWord } from "../../run/command-line.js";
import type { PlanResult } from "../../studies/plan/result.js";
import { formatRate } from "./epoch-table.js";
import { labelled } from "./labelled.js";

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/** Returns a plan for people: the choice, its reasons, its time, and the command that trains it. */
export function renderPlan(plan: PlanResult, saved: string | undefined): string[] {
  const { base, strategy, cut, epochs, batch, rate, augmentation, forecast, bases, trials, failed } = plan;
  const length =
    rate === null
      ? ["solved on the features, no epochs"]
      : [
          `${epochs} ${epochs === 1 ? "epoch" : "epochs"} of batches of ${batch}, rate ${formatRate(rate)}${augmentation === null ? "" : `, augmentation ${augmentation}`}`,
        ];
  return [
    ...labelled("plan", `${strategy.name} on ${base.name} (${base.license})`, ...length, `cut at ${cut}`),
    ...labelled("because", ...strategy.reasons),
    ...(bases.length < 2
      ? []
      : labelled(
          "bases",
          ...bases.map(
            (one) =>
              `${one.name}: mean place ${one.mean_rank.toFixed(2)}, probe ${percent(one.probe)}, ${formatDuration(one.seconds)}`,
          ),
        )),
    ...failed.flatMap(({ base: name, message }) => labelled("left out", `${name}: ${message}`)),
    ...labelled(
      "trials",
      ...trials.map(
        (one) =>
          `${one.strategy}${one.epochs > 0 ? `, ${one.epochs} epoch${one.epochs === 1 ? "" : "s"}` : ""}: ${one.validation_accuracy === null ? "diverged" : `${percent(one.validation_accuracy)} of the validation part`}, ${formatDuration(one.seconds)}`,
      ),
    ),
    ...labelled("forecast", forecast.words),
    ...labelled("planned in", formatDuration(plan.seconds)),
    ...labelled("do it", saved === undefined ? plan.command : `engraft train --plan ${shellWord(saved)}`),
  ];
}
