// The project as data of the library's `train`.
import type { Project, Sample } from "../../src/studio/project.js";
import { fileNameOf, rowsOf } from "../../src/studio/project-rows.js";
import type { WebData } from "../../src/web/index.js";

/** Returns the data of a project. The contents of samples stay in the storage until the training reads them. */
export async function trainingData(
  project: Project,
  content: (hash: string) => Promise<Blob>,
): Promise<WebData> {
  if (project.files.length > 0)
    return Promise.all(project.files.map(async ({ path, hash }) => ({ path, content: await content(hash) })));
  const rowOf = rowsOf(project);
  return Promise.all(
    project.samples.map(async (sample) => {
      if (sample.hash === undefined) return rowOf(sample);
      // The id stands in the name, so that `sampleFinder` finds the sample again.
      const name = fileNameOf(sample, project.kind);
      return { file: await content(sample.hash), name, ...rowOf(sample) };
    }),
  );
}

/** Returns a new name for a run of a project, with a fingerprint of its samples and their order. */
export const newRunName = (project: Project): string =>
  `${project.id}-${Date.now().toString(36)}-${fingerprint(project)}`;

/** True if a project has the samples that it had when a run was started. */
export const hasSamplesOf = (project: Project, run: string): boolean =>
  run.endsWith(`-${fingerprint(project)}`);

/** True if a run belongs to a project. */
export const isRunOf = ({ id }: Project, name: string): boolean => name.startsWith(`${id}-`);

/** FNV-1a of the ids of all samples and the hashes of all files. */
function fingerprint({ samples, files }: Project): string {
  let hash = 0x811c9dc5;
  for (const id of [...samples.map((one) => one.id), ...files.map((one) => one.hash)])
    for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(36);
}

/**
 * Returns a function that finds the sample of an item of a run: by its file, or by its line if the project has the same samples as
 * then. It returns undefined for a sample that was removed or cannot be known.
 */
export function sampleFinder(project: Project, run: string): (item: string) => Sample | undefined {
  const byName = new Map<string, Sample>();
  for (const sample of project.samples) {
    byName.set(sample.id, sample);
    if (sample.hash !== undefined) byName.set(sample.hash, sample);
  }
  const hasLines = hasSamplesOf(project, run);
  return (item) => {
    const line = /, line (\d+)$/.exec(item)?.[1];
    if (line !== undefined) return hasLines ? project.samples[Number(line) - 1] : undefined;
    return byName.get(item.replace(/^.*\//, "").replace(/\.[^.]*$/, ""));
  };
}
