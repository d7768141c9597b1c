import type { Effort } from "./baseline.js";
import type { Interval } from "./task.js";

/** What a verdict records about the effort of both trainings, and the interval of their difference. */
interface SavedTimeFacts {
  readonly effort?: { readonly transfer?: Effort; readonly scratch: Effort };
  readonly ci95: Interval | null;
}

/**
 * True if transfer was better after no more steps than training from scratch: the interval of the gain is above 0, and
 * the steps of both are known. A solved head has no steps. Each text about a verdict asks here.
 */
export function savedTime({ effort, ci95 }: SavedTimeFacts): boolean {
  return (
    effort?.transfer !== undefined &&
    effort.transfer.steps <= effort.scratch.steps &&
    ci95 !== null &&
    ci95[0] > 0
  );
}
