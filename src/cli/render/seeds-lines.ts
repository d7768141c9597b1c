import type { ScoreName, SeedEvent } from "../../core/events/run-outcome.js";
import { seedScores } from "../../core/results/seeds.js";
import { labelled } from "./labelled.js";
import { percent } from "./percent.js";

const names: Readonly<Record<ScoreName, string>> = { accuracy: "accuracy", f1: "F1", r2: "R²" };

/** Score of a training with another seed, and of its training from scratch. */
export function seedLine({ seed, accuracy, f1, r2, number, of, ...others }: SeedEvent): string[] {
  const score = r2 !== undefined ? "r2" : f1 !== undefined ? "f1" : "accuracy";
  const written = (value: number | null): string => (score === "r2" ? value!.toFixed(3) : percent(value));
  const { scratch, without_teacher: alone } = others;
  const other =
    (scratch === undefined ? "" : `, from scratch ${written(scratch)}`) +
    (alone === undefined ? "" : `, without the teacher ${written(alone)}`);
  const own = written(r2 ?? f1 ?? accuracy ?? null);
  return labelled(`seed ${seed}`, `${names[score]} ${own}${other} (${number} of ${of})`);
}

/** Returns the score of each seed, and the mean. */
export function seedsLines(by: Parameters<typeof seedScores>[0] | undefined): string[] {
  if (by === undefined) return [];
  const { score, mean, scratch, runs } = seedScores(by);
  const written = (value: number): string => (score === "r2" ? value.toFixed(3) : percent(value));
  const half = (value: number): string =>
    score === "r2" ? value.toFixed(3) : `${(100 * value).toFixed(1)} points`;
  const meanText = (over: typeof mean): string =>
    `${written(over.mean)}${over.plus_minus === null ? "" : ` ± ${half(over.plus_minus)}`}`;
  return labelled(
    "seeds",
    `${runs.length}, ${names[score]} ${meanText(mean)}${scratch ? `, from scratch ${meanText(scratch)}` : ""} (95 % confidence interval of the mean)`,
    runs
      .map((run) => `${written(run.value)}${run.scratch === undefined ? "" : ` (${written(run.scratch)})`}`)
      .join("  "),
  );
}
