// The data of a project as `engraft train` reads them, made for each run: a list of files where they are, a list of texts, or a folder.
import { copyFile, link } from "node:fs/promises";
import { EngraftError } from "../core/errors.js";
import { nodePlatform } from "../platform/node.js";
import { endingOf } from "./class-folders-node.js";
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
    });
  if (named.length > 0) {
    for (const { path, hash } of named)
      await place(await folders.content(id, hash), join(folder, safePath(path)));
    return named.length === 1 ? join(folder, safePath(named[0]!.path)) : folder;
  }
  const rows = samples.some(({ hash }) => hash !== undefined)
    ? await listedFiles(folders, project, folder)
    : labelled(project).map(({ text = "", label, group }) => ({ text, label, group }));
  const list = join(folder, "list.csv");
  await files.writeAtomic(list, csvOf(rows));
  return list;
}

function labelled({ history: { project } }: PlacedProject) {
  const names = new Map(project.classes.map(({ id, name }) => [id, name]));
  return project.samples.map((sample) => ({
    ...sample,
    label: names.get(sample.class)!,
    group: sample.group ?? "",
  }));
}

async function listedFiles(folders: ProjectFolders, project: PlacedProject, folder: string) {
  const { id, kind } = project.history.project;
  const rows: Record<string, string>[] = [];
  for (const { hash, label, group, ...sample } of labelled(project)) {
    if (hash === undefined) continue;
    const content = await folders.content(id, hash);
    const isStored = content.endsWith(hash);
    // Readers know a format by the ending of its file, which a stored content does not have.
    const path = isStored ? `${join(folder, hash)}.${endingOf(sample, kind)}` : content;
    if (isStored) await place(content, path);
    rows.push({ path, label, group, split: (!isStored && folders.placed.get(hash)?.part) || "" });
  }
  return rows;
}

/** Returns rows as CSV, without the columns that are empty. */
function csvOf(rows: readonly Readonly<Record<string, string>>[]): string {
  const columns = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ""));
  const lines = rows.map((row) => columns.map((name) => row[name]!));
  return [columns, ...lines].map((line) => `${line.map(quoted).join(",")}\n`).join("");
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

/** Returns a CSV value. */
const quoted = (value: string): string =>
  /[",\r\n]/.test(value) || value !== value.trim() ? `"${value.replaceAll('"', '""')}"` : value;
