// The samples of a project as the quick model learns them.
import type { Project, Sample } from "../../src/studio/project.js";

/** A sample as the session gets it. */
export interface ProjectSample extends Pick<Sample, "id" | "group" | "hash" | "text"> {
  readonly label: string;
}

/** Samples of a project by id. */
export function samplesById(project: Project | undefined): ReadonlyMap<string, ProjectSample> {
  const names = new Map(project?.classes.map(({ id, name }) => [id, name]));
  const samples = project?.samples.map(({ id, class: of, group, hash, text }) => {
    const label = names.get(of)!;
    return [id, { id, group, hash, text, label }] as const;
  });
  return new Map(samples);
}

/** Returns samples with the classes in turns, so that the first prediction needs few samples. */
export function interleaveClasses(samples: readonly ProjectSample[]): ProjectSample[] {
  const counts = new Map<string, number>();
  const placed = samples.map((sample) => {
    const place = counts.get(sample.label) ?? 0;
    counts.set(sample.label, place + 1);
    return { sample, place };
  });
  return placed.sort((a, b) => a.place - b.place).map(({ sample }) => sample);
}

export const isSame = (a: ProjectSample, b: ProjectSample | undefined): boolean =>
  a.label === b?.label && a.group === b.group && a.hash === b.hash && a.text === b.text;
