// A folder of class folders as a project: its files stay where they are, and are known by their hash.
import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import type { Part } from "../core/events/events.js";
import { findImages, pictureEndings } from "../data/images/find-images.js";
import { soundFiles } from "../data/sounds/files/sound-format.js";
import { nodePlatform } from "../platform/node.js";
import { type Change, longestName, newProject, type Project, type Sample } from "./project.js";

const { files } = nodePlatform;

/** A file of a class folder. */
export interface PlacedFile {
  readonly path: string;
  readonly hash: string;
  /** Its folder in a split of the user: "train/rose". */
  readonly part: Part | undefined;
  readonly label: string;
  /** Path in the folder, with "/". */
  readonly id: string;
}

/** Files of a folder of class folders. */
export interface PlacedFiles {
  readonly kind: "pictures" | "sounds";
  readonly files: readonly PlacedFile[];
}

/** Hashes by path in the folder, with size and time of change, as they were last computed. */
export type HashCache = Record<string, readonly [size: number, modified: number, hash: string]>;

/**
 * Finds the pictures or sounds in the class folders of a folder. Links that lead out of it are left out.
 * @param known hashes of the last time; gets the new ones
 * @returns undefined if it holds no class folders
 */
export async function readClassFolders(folder: string, known: HashCache): Promise<PlacedFiles | undefined> {
  for (const kind of ["pictures", "sounds"] as const) {
    const found = await findImages(files, folder, undefined, kind === "sounds" ? soundFiles : undefined);
    if (found.pictures.length === 0) continue;
    const root = await files.realPath(folder);
    const placed: PlacedFile[] = [];
    for (const { id, path, label, given } of found.pictures) {
      if (files.relative(root, await files.realPath(path)).startsWith("..")) continue;
      placed.push({ path, id, label, part: given, hash: await hashOf(path, id, known) });
    }
    return { kind, files: placed };
  }
  return undefined;
}

async function hashOf(path: string, id: string, known: HashCache): Promise<string> {
  const { size, modified } = (await files.stat(path)) ?? { size: 0, modified: 0 };
  const before = Object.hasOwn(known, id) ? known[id] : undefined;
  if (before && before[0] === size && before[1] === modified) return before[2];
  const hash = await files.sha256(path);
  known[id] = [size, modified, hash];
  return hash;
}

/** Returns the project of class folders, with a sample for each file. */
export function projectOfFolders(folder: string, { kind, files: placed }: PlacedFiles): Project {
  const name = basename(folder).slice(-longestName) || "data";
  const classes = [...new Set(placed.map(({ label }) => label))].map((label) => ({
    id: randomUUID(),
    name: label.slice(0, longestName),
  }));
  const ids = new Map(classes.map(({ id, name }) => [name, id]));
  return {
    ...newProject(randomUUID(), kind, name, new Date().toISOString()),
    ...{ classes, samples: placed.map((file) => sampleOf(file, ids.get(file.label.slice(0, longestName))!)) },
  };
}

const sampleOf = ({ id, hash }: PlacedFile, classId: string): Sample => ({
  ...{ id: randomUUID(), class: classId, hash, name: id.slice(-longestName) },
});

/** Samples of one action. */
const batch = 500;

/** Returns the actions that add files which are new since the last time. */
export function addedFiles(project: Project, placed: readonly PlacedFile[]): Change[] {
  const classes = new Map(project.classes.map(({ id, name }) => [name, id]));
  const step = randomUUID();
  const actions: Change[] = [];
  const samples = placed.map((file) => {
    const name = file.label.slice(0, longestName);
    if (!classes.has(name)) {
      classes.set(name, randomUUID());
      actions.push({ do: "add-class", id: classes.get(name)!, name, step });
    }
    return sampleOf(file, classes.get(name)!);
  });
  for (let from = 0; from < samples.length; from += batch)
    actions.push({ do: "add-samples", samples: samples.slice(from, from + batch), step });
  return actions;
}

/** Ending of a content's file: readers of data know a format by it. */
export function endingOf({ name = "", type = "" }: Pick<Sample, "name" | "type">, kind: string): string {
  const own = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase();
  const isKnown = own !== undefined && (pictureEndings.includes(own) || soundFiles.name.test(`x.${own}`));
  if (isKnown) return own;
  const byType = /^(?:image|audio)\/(?:x-)?(jpeg|png|webp|gif|bmp|avif|wav|flac|ogg)/.exec(type)?.[1];
  return byType ?? (kind === "sounds" ? "wav" : "jpg");
}
