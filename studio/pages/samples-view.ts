// The classes of a project with their samples, as the cards show them.
import type { Project, Sample } from "../../src/studio/project.js";

export interface ClassView {
  readonly id: string;
  readonly name: string;
  /** Place among the classes, from 1. The keys 1 to 9 stand for it. */
  readonly number: number;
  /** The newest first. */
  readonly samples: readonly Sample[];
  readonly recordings: number;
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
    const groups = new Set(own.map(({ group }) => group).filter((group) => group !== undefined));
    return { id, name, number: index + 1, samples: own, recordings: groups.size };
  });
}
