// The samples of a project as rows of data, for a training and for a download.
import { endingOf } from "../data/lists/layout-files.js";
import type { Project, Sample } from "./project.js";

/** Columns of a sample. */
export type SampleRow = {
  readonly label: string;
  /** Only if the project has recordings; a sample without one has a group of its own. */
  readonly group?: string;
  readonly text?: string;
};

/** Returns a function that makes the row of a sample. */
export function rowsOf({ classes, samples }: Project): (sample: Sample) => SampleRow {
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const hasGroups = samples.some(({ group }) => group !== undefined);
  return ({ id, class: of, group = id, hash, text = "" }) => ({
    ...(hash === undefined && { text }),
    ...{ label: names.get(of)!, ...(hasGroups && { group }) },
  });
}

/**
 * Returns the name of a sample's file, with the ending of its format.
 * @param base name that may have an ending. Default: the id, so that an item of a run is known again
 */
export function fileNameOf(sample: Sample, kind: string, base = sample.id): string {
  if (endingOf({ name: base }) !== "") return base;
  return `${base}${endingOf(sample) || (kind === "sounds" ? ".wav" : ".jpg")}`;
}
