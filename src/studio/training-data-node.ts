// Writes the data of a project for `engraft train`, once for each run: a list of file paths or texts, or a folder of files.
import { copyFile, link } from "node:fs/promises";
import { EngraftError } from "../core/errors.js";
import { nodePlatform } from "../platform/node.js";
import { endingOf } from "./class-folders-node.js";
import type { Sample } from "./project.js";
import type { PlacedProject, ProjectFolders } from "./project-folders-node.js";

const { files } = nodePlatform;
const { join } = files;

/** Returns the folder of the data of a run. */
export const trainingFolder = (folder: string, run: string): string => join(folder, "training", run);

/**
 * Writes the data of a run. Contents are linked, not copied, if the disk can.
 * @returns path for `train`
 * @throws EngraftError if the project is empty, or a content is gone
 */
export async function writeTrainingData(
  folders: ProjectFolders,
  project: PlacedProject,
  run: string,
): Promise<string> {
  const folder = trainingFolder(project.folder, run);
  const { id, samples, files: named } = project.history.project;
  if (samples.length === 0 && named.length === 0)
    throw new EngraftError("DataError", "the project has no samples", {
      help: "add some on the page Samples",
      code: "project-empty",
      details: {},
    });
  if (named.length > 0) {
    for (const { path, hash } of named)
      await place(await folders.content(id, hash), join(folder, safePath(path)));
    return named.length === 1 ? join(folder, safePath(named[0]!.path)) : folder;
  }
  const list = join(folder, "list.jsonl");
  const rows: object[] = [];
  const items: [item: string, sample: string][] = [];
  const names = new Map(project.history.project.classes.map(({ id, name }) => [id, name]));
  const hasGroups = samples.some(({ group }) => group !== undefined);
  for (const sample of samples) {
    const { hash, text = "", group = sample.id } = sample;
    const label = { label: names.get(sample.class)!, ...(hasGroups && { group }) };
    const file = hash === undefined ? { text } : await fileOf(folders, project, folder, { ...sample, hash });
    rows.push({ ...file, ...label });
    items.push(["path" in file ? file.path : `list.jsonl, line ${rows.length}`, sample.id]);
  }
  await files.writeAtomic(list, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await files.writeAtomic(join(folder, itemsFile), JSON.stringify(items));
  return list;
}

/** Returns the row of a picture or a sound. */
async function fileOf(
  folders: ProjectFolders,
  { history: { project } }: PlacedProject,
  folder: string,
  sample: Sample & { readonly hash: string },
): Promise<{ readonly path: string; readonly split?: string }> {
  const { hash } = sample;
  const content = await folders.content(project.id, hash);
  const part = folders.placed.get(hash)?.part;
  if (!content.endsWith(hash)) return { path: content, ...(part && { split: part }) };
  // Readers know a format by the ending of its file, which a stored content does not have.
  const path = `${join(folder, hash)}.${endingOf(sample, project.kind)}`;
  await place(content, path);
  return { path };
}

/** Samples of the items of a run, as pairs. */
const itemsFile = "samples.json";

/** Returns the id of the sample that an item of a run was; the item itself if that is unknown. */
export async function sampleIds(folder: string, run: string): Promise<(item: string) => string> {
  const own = trainingFolder(folder, run);
  const path = join(own, itemsFile);
  if (!(await files.stat(path))) return (item) => item;
  const pairs = JSON.parse(new TextDecoder().decode(await files.read(path))) as [string, string][];
  const ids = new Map(pairs);
  return (item) => ids.get(item) ?? ids.get(join(own, item)) ?? item;
}

async function place(content: string, path: string): Promise<void> {
  await files.ensureDir(files.dirname(path));
  if (await files.stat(path)) return;
  await link(content, path).catch(() => copyFile(content, path));
}

/** @throws EngraftError for a path that leaves its folder */
function safePath(path: string): string {
  const parts = path.split(/[\\/]/);
  if (parts.some((part) => part === "" || part === "." || part === ".." || /[:\0]/.test(part)))
    throw new EngraftError("DataError", `${JSON.stringify(path)} is no path inside a folder`, {
      help: "remove this file from the project",
    });
  return join(...parts);
}
