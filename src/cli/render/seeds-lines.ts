import type { SeedEvent } from "../../core/events/run-outcome.js";
import { amountText, wordsInRun } from "../../core/messages/metric-en.js";
import { metrics, scoreNameIn } from "../../core/results/metric.js";
import { seedScores } from "../../core/results/seeds.js";
import { labelled } from "./labelled.js";

/** Score of a training with another seed, and of its training from scratch. */
export function seedLine(event: SeedEvent): string[] {
  const { seed, number, of, scratch, without_teacher: alone } = event;
  const metric = scoreNameIn(event);
  const { name, score } = wordsInRun(metric);
  const other =
    (scratch === undefined ? "" : `, from scratch ${score(scratch)}`) +
    (alone === undefined ? "" : `, without the teacher ${score(alone)}`);
  return labelled(`seed ${seed}`, `${name} ${score(event[metric] ?? null)}${other} (${number} of ${of})`);
}

/** Returns the score of each seed, and the mean. */
export function seedsLines(by: Parameters<typeof seedScores>[0] | undefined): string[] {
  if (by === undefined) return [];
  const { score: metric, mean, scratch, runs } = seedScores(by);
  const { name, score } = wordsInRun(metric);
  const half = (value: number): string => amountText(value, metrics[metric].sentenceScale);
  const meanText = (over: typeof mean): string =>
    `${score(over.mean)}${over.plus_minus === null ? "" : ` ± ${half(over.plus_minus)}`}`;
  return labelled(
    "seeds",
    `${runs.length}, ${name} ${meanText(mean)}${scratch ? `, from scratch ${meanText(scratch)}` : ""} (95 % confidence interval of the mean)`,
    runs
      .map((run) => `${score(run.value)}${run.scratch === undefined ? "" : ` (${score(run.scratch)})`}`)
      .join("  "),
  );
}
