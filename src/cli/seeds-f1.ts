import type { SeedsF1Result } from "../core/events.js";
import { percent } from "./percent.js";
import { labelled, overSeeds } from "./render.js";

/** F1 of each seed, with its mean. */
export function seedsF1Lines(by: SeedsF1Result | undefined): string[] {
  if (by === undefined) return [];
  const { runs, f1, scratch } = by;
  const told = ({ mean, plus_minus }: SeedsF1Result["f1"]): string => overSeeds(mean, plus_minus);
  return labelled(
    "seeds",
    `${runs.length}, F1 ${told(f1)}${scratch ? `, from scratch ${told(scratch)}` : ""} (95 % interval of the mean over seeds)`,
    runs
      .map(({ f1: one, scratch: s }) => `${percent(one)}${s === undefined ? "" : ` (${percent(s)})`}`)
      .join("  "),
  );
}
