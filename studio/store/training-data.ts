// The project as data of the library's `train`.
import { nameColumn } from "../../src/data/lists/columns.js";
import type { Project } from "../../src/studio/project.js";
import { fileNames, rowsOf, textNames } from "../../src/studio/project-rows.js";
import type { WebData } from "../../src/web/index.js";
import { asName } from "../../src/web/sent-data.js";

/** Returns the data of a project. The contents of samples stay in the storage until the training reads them. */
export async function trainingData(
  project: Project,
  content: (hash: string) => Promise<Blob>,
): Promise<WebData> {
  if (project.files.length > 0)
    return Promise.all(project.files.map(async ({ path, hash }) => ({ path, content: await content(hash) })));
  const rowOf = rowsOf(project);
  const [names, texts] = [fileNames(project), textNames(project)];
  return Promise.all(
    project.samples.map(async (sample, i) => {
      if (sample.hash === undefined) return { ...rowOf(sample), [nameColumn]: texts[i]! };
      return { file: await content(sample.hash), name: names[i]!, ...rowOf(sample) };
    }),
  );
}

/** Returns the items that a run of a project has, each with the id of its sample. */
export function itemsOf(project: Project): readonly (readonly [item: string, sample: string])[] {
  const rowOf = rowsOf(project);
  const [names, texts] = [fileNames(project), textNames(project)];
  return project.samples.map((sample, i) => [
    sample.hash === undefined ? texts[i]! : `${asName(rowOf(sample).label)}/${names[i]}`,
    sample.id,
  ]);
}

/** Returns a new name for a run of a project. */
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
