// A folder of class folders as a project. Its files are never moved; each is identified by its SHA-256.

import { randomUUID } from "node:crypto";
import { basename, dirname } from "node:path";
import type { Part } from "../core/events/events.js";
import { findImages } from "../data/images/find-images.js";
import { soundFiles } from "../data/sounds/files/sound-format.js";
import { nodePlatform } from "../platform/node.js";
import { pathInside } from "./path-inside-node.js";
import {
  type Change,
  historyOf,
  longestName,
  newProject,
  type Project,
  reduce,
  type Sample,
} from "./project.js";
import type { SampleKind } from "./project-kinds.js";

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
  readonly kind: Extract<SampleKind, "pictures" | "sounds">;
  readonly files: readonly PlacedFile[];
}

/** Hashes by path in the folder, with size and time of change, as they were last computed. */
export type HashCache = Record<string, readonly [size: number, modified: number, hash: string]>;

/**
 * Finds the pictures or sounds in the class folders of a folder. Links to files outside of the folder are skipped, and names that are no
 * UTF-8.
 * @param known hashes of the last time; gets the new ones
 * @returns undefined if it holds no class folders
 */
export async function readClassFolders(folder: string, known: HashCache): Promise<PlacedFiles | undefined> {
  for (const kind of ["pictures", "sounds"] as const) {
    const found = await findImages(files, folder, undefined, kind === "sounds" ? soundFiles : undefined);
    if (found.pictures.length === 0) continue;
    const placed: PlacedFile[] = [];
    for (const { id, path, label, given } of found.pictures) {
      if ((await pathInside(folder, path)) === undefined) continue;
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

/** Name of the sample of a file. */
export const nameOf = (id: string): string => id.slice(-longestName);

const sampleOf = ({ id, hash }: PlacedFile, classId: string): Sample => ({
  ...{ id: randomUUID(), class: classId, hash, name: nameOf(id) },
});

/** Samples of one action. */
const batch = 500;

/**
 * Returns the actions that bring a project up to date with its folder: for new, renamed, moved, changed and removed files. A sample that
 * was removed on the page stays removed.
 * @param before hashes of the last time
 */
export function folderChanges(
  project: Project,
  placed: readonly PlacedFile[],
  before: Readonly<HashCache>,
): Change[] {
  const step = randomUUID();
  const old = new Map(Object.entries(before).map(([id, [, , hash]]) => [nameOf(id), hash]));
  const present = new Set(placed.map(({ id }) => nameOf(id)));
  const byName = new Map(project.samples.map((sample) => [sample.name, sample]));
  const gone = project.samples.filter(
    ({ name = "", hash }) => hash !== undefined && old.get(name) === hash && !present.has(name),
  );
  const classes = new Map(project.classes.map(({ id, name }) => [name, id]));
  const actions: Change[] = [];
  const classOf = (label: string): string => {
    const name = label.slice(0, longestName);
    if (!classes.has(name)) {
      classes.set(name, randomUUID());
      actions.push({ do: "add-class", id: classes.get(name)!, name, step });
    }
    return classes.get(name)!;
  };
  const samples: Sample[] = [];
  for (const file of placed) {
    const { hash, label } = file;
    const name = nameOf(file.id);
    const [known, last] = [byName.get(name), old.get(name)];
    if (known?.hash === hash || last === hash) continue;
    if (last !== undefined) {
      if (known?.hash === last) samples.push({ ...known, class: classOf(label), hash });
      continue;
    }
    const at = gone.findIndex((sample) => sample.hash === hash);
    const [renamed] = at < 0 ? [] : gone.splice(at, 1);
    if (!renamed) samples.push(sampleOf(file, classOf(label)));
    else {
      // A file that stays in its folder keeps a class that was corrected on the page.
      const stays = dirname(renamed.name!) === dirname(name);
      samples.push({ ...renamed, name, class: stays ? renamed.class : classOf(label) });
    }
  }
  for (let from = 0; from < samples.length; from += batch)
    actions.push({ do: "add-samples", samples: samples.slice(from, from + batch), step });
  if (gone.length > 0) actions.push({ do: "remove-samples", ids: gone.map(({ id }) => id), step });
  const usedBefore = new Set(project.samples.map((sample) => sample.class));
  const used = new Set(actions.reduce(reduce, historyOf(project)).project.samples.map((one) => one.class));
  for (const { id } of project.classes)
    if (usedBefore.has(id) && !used.has(id)) actions.push({ do: "remove-class", id, step });
  return actions;
}
