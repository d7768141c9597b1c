import type { Verdict } from "../../core/events/events.js";
import type { Scored } from "../../core/results/scored.js";
import type { ComparedTrainings } from "../../evidence/compare-trainings.js";

/** Compares two training methods by their scores on the test samples, one row per seed. */
export async function verdictOfScores(
  transfer: readonly Scored[],
  scratch: readonly Scored[],
  more: Omit<ComparedTrainings, "a" | "b" | "metric" | "counted">,
): Promise<Verdict> {
  const { compareTrainings } = await import("../../evidence/compare-trainings.js");
  return compareTrainings({
    a: transfer.map(({ shares }) => shares),
    b: scratch.map(({ shares }) => shares),
    metric: transfer[0]!.metric,
    counted: Math.max(...[...transfer, ...scratch].map(({ n }) => n)),
    ...more,
  });
}
