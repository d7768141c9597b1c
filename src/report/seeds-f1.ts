import type { Interval, SeedsF1Result } from "../core/events.js";
import { decimal } from "./numbers.js";

const range = ([a, b]: Interval): string => `${decimal(a)} to ${decimal(b)}`;

/** "seed 0: 0.812 (from scratch 0.650) · seed 1: …; mean 0.805 (95 % interval 0.700 to 0.910)" */
export function seedsF1Words({ runs, f1, scratch }: SeedsF1Result): string {
  const told = ({ mean, ci95 }: SeedsF1Result["f1"]): string =>
    `${decimal(mean)}${ci95 === null ? "" : ` (95 % interval ${range(ci95)})`}`;
  const each = runs.map(
    (r) =>
      `seed ${r.seed}: ${decimal(r.f1)}${r.scratch === undefined ? "" : ` (from scratch ${decimal(r.scratch)})`}`,
  );
  return `${each.join(" · ")}; mean ${told(f1)}${scratch ? `; from scratch ${told(scratch)}` : ""}`;
}

/** How much the intervals of a report hold, at its foot. */
export const ofSeeds = (by: SeedsF1Result | undefined): string =>
  by === undefined
    ? "one run of one seed"
    : `the scores above are of the first of ${by.runs.length} seeds; "By seed" has all of them`;
