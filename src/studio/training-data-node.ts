// Writes the data of a project for `engraft train`, once for each run: a list of file paths or texts, or a folder of files.
import { copyFile, link } from "node:fs/promises";
import * as z from "zod/mini";
import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import { nameColumn } from "../data/lists/columns.js";
import { freePaths, layoutFiles, listNames } from "../data/lists/layout-files.js";
import { nodePlatform } from "../platform/node.js";
import type { PlacedProject, ProjectFolders } from "./project-folders-node.js";
import { fileNames, rowsOf, type SampleRow, textNames } from "./project-rows.js";

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
    const free = freePaths();
    const paths: string[] = [];
    for (const { path, hash } of named) {
      paths.push(join(folder, ...free(path.split(/[\\/]/)).split("/")));
      await place(await folders.content(id, hash), paths.at(-1)!);
    }
    return paths.length === 1 ? paths[0]! : folder;
  }
  const rows = await rowsWithFiles(folders, project);
  const stored = samples.filter((_, i) => rows[i]!.file !== undefined);
  const items = rows.flatMap(({ file, file_name: path, [nameColumn]: name }, i): [string, string][] =>
    file !== undefined ? [] : [[path?.normalize("NFC") ?? name!, samples[i]!.id]],
  );
  for (const one of layoutFiles(rows, "jsonl", true)) {
    const at = join(folder, ...one.path.split("/"));
    if ("list" in one) await files.writeAtomic(at, one.list);
    else {
      items.push([one.path, stored.shift()!.id]);
      await place(one.content, at);
    }
  }
  await files.writeAtomic(join(folder, itemsFile), JSON.stringify(items));
  return join(folder, listName);
}

const listName = listNames.jsonl;

type RowWithFile = SampleRow & {
  /** Path of a stored content. */
  readonly file?: string;
  readonly name?: string;
  /** Path of a file in the user's data folder: it is not copied. */
  readonly file_name?: string;
  readonly split?: Part;
  readonly [nameColumn]?: string;
};

/** Writes the base of a run beside its data. @returns its path; undefined for the usual base */
export async function writeBase(
  folders: ProjectFolders,
  { folder, history: { project } }: PlacedProject,
  run: string,
): Promise<string | undefined> {
  const { id, base } = project;
  if (!base) return undefined;
  const path = join(trainingFolder(folder, run), ...freePaths()(["base", `${base.name}.zip`]).split("/"));
  await place(await folders.content(id, base.hash), path);
  return path;
}

/** Returns the row of each sample. If a folder has splits, a sample of the page is in its training split. */
async function rowsWithFiles(folders: ProjectFolders, project: PlacedProject): Promise<RowWithFile[]> {
  const { id, samples } = project.history.project;
  const [names, texts] = [fileNames(project.history.project), textNames(project.history.project)];
  const rowOf = rowsOf(project.history.project);
  const hasSplits = samples.some((sample) => folders.placedFile(project, sample)?.part !== undefined);
  const rows: RowWithFile[] = [];
  // One after the other: each content is read, and compared with its hash.
  for (const [i, sample] of samples.entries()) {
    const { hash, name } = sample;
    if (hash === undefined) {
      rows.push({ ...rowOf(sample), [nameColumn]: texts[i]! });
      continue;
    }
    const content = await folders.content(id, hash, name);
    const placed = folders.placedFile(project, sample);
    rows.push({
      // Readers know a format by the ending of its file, which a stored content does not have.
      ...(placed ? { file_name: content } : { file: content, name: names[i]! }),
      ...rowOf(sample),
      ...(hasSplits && { split: placed?.part ?? "train" }),
    });
  }
  return rows;
}

/** Samples of the items of a run, as pairs. */
const itemsFile = "samples.json";
const itemsSchema = z.array(z.tuple([z.string(), z.string()]));

/** Returns a function that gives the id of the sample that an item of a run was, if it is known. */
export async function sampleIds(folder: string, run: string): Promise<(item: string) => string | undefined> {
  try {
    const text = new TextDecoder().decode(await files.read(join(trainingFolder(folder, run), itemsFile)));
    const ids = new Map(itemsSchema.parse(JSON.parse(text)));
    return (item) => ids.get(item);
  } catch {
    // A run of the terminal has no such file.
    return () => undefined;
  }
}

async function place(content: string, path: string): Promise<void> {
  await files.ensureDir(files.dirname(path));
  if (await files.stat(path)) return;
  await link(content, path).catch(() => copyFile(content, path));
}
