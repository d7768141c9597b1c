// The classes of a project with their samples, as the cards show them.
import { isRecordedTime } from "../../src/data/split/recorded-time.js";
import type { Project, Sample } from "../../src/studio/project.js";
import type { Findings } from "../engine/live-state.js";

export interface ClassView {
  readonly id: string;
  readonly name: string;
  /** Place among the classes, from 1. The keys 1 to 9 stand for it. */
  readonly number: number;
  /** The newest first. */
  readonly samples: readonly Sample[];
}

/** Returns the classes of a project. A class that did not change is the same object as in `earlier`, so its card is not rendered again. */
export function classViews(project: Project, earlier: readonly ClassView[]): readonly ClassView[] {
  const samples = new Map<string, Sample[]>(project.classes.map(({ id }) => [id, []]));
  for (let i = project.samples.length - 1; i >= 0; i--) {
    const sample = project.samples[i]!;
    samples.get(sample.class)?.push(sample);
  }
  const known = new Map(earlier.map((view) => [view.id, view]));
  return project.classes.map(({ id, name }, index) => {
    const own = samples.get(id)!;
    const before = known.get(id);
    const isSame =
      before?.name === name &&
      before.number === index + 1 &&
      before.samples.length === own.length &&
      before.samples.every((sample, i) => sample === own[i]);
    if (isSame) return before;
    return { id, name, number: index + 1, samples: own };
  });
}

/** Returns the number of recordings that the quick model learns from, without copies. */
export function countRecordings(samples: readonly Sample[], copies: Findings["copies"]): number {
  const out = new Set(copies.map(({ id }) => id));
  return new Set(samples.flatMap(({ id, group }) => (out.has(id) ? [] : (group ?? [])))).size;
}

/** True if times showed recordings of these samples. */
export const areByTime = (samples: readonly Sample[]): boolean =>
  samples.some(({ group }) => group !== undefined && isRecordedTime(group));
