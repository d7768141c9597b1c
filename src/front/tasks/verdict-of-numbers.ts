import type { Verdict } from "../../core/events.js";

/** Compares two models of numbers by each sample's share of R²: one training each. */
export async function verdictOfNumbers(
  transfer: readonly number[],
  scratch: readonly number[],
  items: string,
  groups?: readonly string[],
): Promise<Verdict> {
  const { compareTrainings } = await import("../../evidence/compare-trainings.js");
  return compareTrainings({
    ...{ a: [transfer], b: [scratch], metric: "r2", items, repeatable: false },
    ...(groups && { groups }),
  });
}
