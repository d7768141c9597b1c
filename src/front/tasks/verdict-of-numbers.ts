import type { Verdict } from "../../core/events.js";
import type { ComparedTrainings } from "../../evidence/compare-trainings.js";

/** Compares two models of numbers by each sample's share of R²: one training each. */
export async function verdictOfNumbers(
  transfer: readonly number[],
  scratch: readonly number[],
  told: Pick<ComparedTrainings, "items" | "scratch">,
): Promise<Verdict> {
  const { compareTrainings } = await import("../../evidence/compare-trainings.js");
  return compareTrainings({ a: [transfer], b: [scratch], metric: "r2", repeatable: false, ...told });
}
