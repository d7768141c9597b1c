import type { Project } from "../../src/studio/project.js";
import type { Findings } from "./live-state.js";

/** Samples of a class from which the quick model learns it. */
export const fewest = 5;

/** Number of usable samples by the name of their class, without copies and unreadable ones. */
export function countsOf({ classes, samples }: Project, findings: Findings): ReadonlyMap<string, number> {
  const unused = new Set([...findings.copies, ...findings.unreadable].map(({ id }) => id));
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const counts = new Map(classes.map(({ name }) => [name, 0]));
  for (const sample of samples) {
    const name = names.get(sample.class);
    if (name !== undefined && !unused.has(sample.id)) counts.set(name, counts.get(name)! + 1);
  }
  return counts;
}

/** Samples that the two classes with the most samples still need before there is a quick model, by class. */
export function samplesNeeded(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 2)
    .map(([name, count]) => [name, fewest - count] as const)
    .filter(([, missing]) => missing > 0);
}
