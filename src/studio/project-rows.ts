// The samples of a project as rows of data, for a training and for a download.
import { endingOf, freePaths } from "../data/lists/layout-files.js";
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
 * Returns the option of a training by which the recordings of a project are those that the page shows. If all samples are apart, their files
 * must not join them again.
 */
export const groupOption = ({ samples }: Project): { readonly groupFrom?: "none" } =>
  samples.some(({ group, hash }) => group !== undefined || hash === undefined) ? {} : { groupFrom: "none" };

/** Most characters of a text in its name. */
const longestName = 50;

/** Returns the names of the samples' texts, in the order of the samples: their first words. Two samples have different names. */
export function textNames({ samples }: Project): readonly string[] {
  const times = new Map<string, number>();
  return samples.map(({ text = "" }) => {
    const words = text.trim().replace(/\s+/g, " ");
    const name = words.length > longestName ? `${words.slice(0, longestName).trimEnd()} …` : words;
    const n = (times.get(name) ?? 0) + 1;
    times.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}

/**
 * Returns the names of the samples' files, in the order of the samples: the name of the file that a sample came from, else its place in
 * its class. Warnings and reports of a run have these names. Two files of a class have different names.
 */
export function fileNames({ classes, samples, kind }: Project): readonly string[] {
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const places = new Map<string, number>();
  const free = freePaths();
  return samples.map((sample) => {
    const place = (places.get(sample.class) ?? 0) + 1;
    places.set(sample.class, place);
    const base = sample.name?.split(/[\\/]/).at(-1) || String(place);
    const ending = endingOf({ name: base }) ? "" : endingOf(sample) || (kind === "sounds" ? ".wav" : ".jpg");
    return free([names.get(sample.class)!, base + ending])
      .split("/")
      .at(-1)!;
  });
}
