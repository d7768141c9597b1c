import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { SampleWords } from "../../core/modalities.js";
import type { Files } from "../../platform/platform.js";
import { byCodePoint, partNames, partWithin, quoted } from "../split/found.js";

/** The files that {@link findImages} looks for. */
export interface FileKind {
  /** Names of these files. */
  readonly name: RegExp;
  /** Names of such files in formats that cannot be read. */
  readonly unread: RegExp;
  /** Word for one file. */
  readonly unit: SampleWords<"image" | "audio">["one"];
  /** The same in messages that name pictures by default. Missing: pictures. */
  readonly named?: { readonly unit: string };
  /** Reason of a file in an unread format. Default: its format cannot be read. */
  readonly reason?: string;
}

export interface Counts {
  hidden: number;
  notPictures: number;
  readonly unread: string[];
  readonly metadata: string[];
  readonly kind: FileKind;
}

export const noCounts = (kind: FileKind): Counts => ({
  hidden: 0,
  notPictures: 0,
  unread: [],
  metadata: [],
  kind,
});

/** Files with the labels in Hugging Face's imagefolder and audiofolder layouts. */
const metadataName = /^metadata\.(csv|jsonl|parquet)$/i;

const danglingReason = "a symbolic link to nothing";

/** Records metadata files and images in unsupported formats. @param below "train/", or "" */
export function recordMetadata(names: readonly string[], below: string, counts: Counts): void {
  for (const name of names)
    if (counts.kind.unread.test(name)) counts.unread.push(`${below}${name}`);
    else if (metadataName.test(name)) counts.metadata.push(`${below}${name}`);
}

export interface FolderContent {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** How many of `files` are images by name. */
  readonly pictures: number;
  readonly broken: readonly { readonly item: string; readonly reason: string }[];
}

/** Returns the visible folders and files of a folder, by code point, with links followed. */
export async function readFolder(files: Files, folder: string, counts: Counts): Promise<FolderContent> {
  const folders: string[] = [];
  const names: string[] = [];
  const broken: { item: string; reason: string }[] = [];
  for (const { name, kind } of await files.list(folder)) {
    if (isHidden(name)) {
      counts.hidden++;
      continue;
    }
    let what: "file" | "folder" | "link" | "other" | undefined = kind;
    if (kind === "link") what = (await files.stat(files.join(folder, name)))?.kind;
    if (what === "folder") folders.push(name);
    else if (what === "file") names.push(name);
    else if (what === undefined) broken.push({ item: name, reason: danglingReason });
    else counts.notPictures++;
  }
  return {
    folders: folders.sort(byCodePoint),
    files: names.sort(byCodePoint),
    pictures: names.filter((name) => counts.kind.name.test(name)).length,
    broken,
  };
}

/** Returns the content of a folder without its folder `runs`, if that holds runs and no pictures of a class. */
export async function withoutRuns(
  files: Files,
  root: string,
  content: FolderContent,
): Promise<FolderContent> {
  if (!content.folders.includes("runs")) return content;
  const inside = await files.list(files.join(root, "runs"));
  const areRuns = await Promise.all(
    inside.map(async ({ name, kind }) =>
      kind === "folder"
        ? (await files.stat(files.join(root, "runs", name, "run.json"))) !== undefined
        : name.startsWith("."),
    ),
  );
  return areRuns.includes(false)
    ? content
    : { ...content, folders: content.folders.filter((name) => name !== "runs") };
}

/** Folder of `engraft studio` in a folder of data. */
export const studioFolder = "engraft-studio";

/** True for hidden files, for the folder that macOS puts into zip files, and for the folder of `engraft studio`. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX" || name === studioFolder;
}

export const isPartName = (name: string): boolean => partNames.has(name.toLowerCase());

/** Most folders around a dataset that are looked into. */
const mostAround = 4;

/** Follows folders that hold nothing but one folder. @returns the path of the last one; undefined if they do not end soon */
async function lastOfOnly(
  files: Files,
  root: string,
  first: string,
  counts: Counts,
): Promise<{ readonly below: string; readonly content: FolderContent } | undefined> {
  let below = first;
  for (let depth = 0; depth < mostAround; depth++) {
    const content = await readFolder(files, files.join(root, below), { ...counts });
    const [only, ...more] = content.folders;
    if (only === undefined || isPartName(only) || more.length > 0 || content.files.length > 0)
      return { below, content };
    below = `${below}/${only}`;
  }
  return undefined;
}

/**
 * Returns the folder of a dataset that lies alone in other folders, as in unpacked archives: `archive/dataset`.
 * @returns undefined if the root itself holds classes or splits
 */
export async function onlyDataset(
  files: Files,
  root: string,
  top: FolderContent,
  counts: Counts,
): Promise<string | undefined> {
  if (top.folders.length !== 1 || top.files.length > 0) return undefined;
  const [only] = top.folders;
  if (isPartName(only!)) return undefined;
  const last = await lastOfOnly(files, root, only!, counts);
  if (last === undefined || last.content.pictures > 0 || last.content.folders.length === 0) return undefined;
  // The folders of a single one may be those of one class.
  return last.below !== only || last.content.folders.some(isPartName) ? last.below : undefined;
}

interface PartFolder {
  readonly name: string;
  readonly part: Part;
  readonly classes: readonly string[];
  readonly stray: number;
}

/** Returns which split a folder is: by its name, or by a word of it if a word of every folder says one and they differ. */
function partOfFolder(folders: readonly string[]): (name: string) => Part | undefined {
  const exact = (name: string) => partNames.get(name.toLowerCase());
  const within = folders.map(partWithin);
  const areParts =
    !folders.some(exact) &&
    new Set(within).size === folders.length &&
    within.includes("train") &&
    !within.includes(undefined);
  return areParts ? partWithin : exact;
}

/** Returns the folders of a given split, or undefined if the folders are classes. */
export async function partFolders(
  files: Files,
  root: string,
  top: FolderContent,
  counts: Counts,
): Promise<PartFolder[] | undefined> {
  const found: PartFolder[] = [];
  const partOf = partOfFolder(top.folders);
  for (const folder of top.folders) {
    const part = partOf(folder);
    if (part === undefined) continue;
    // seg_train/seg_train
    const below = (await lastOfOnly(files, root, folder, counts))?.below;
    const name = below !== undefined && partWithin(below.split("/").at(-1)!) === part ? below : folder;
    const inside = await readFolder(files, files.join(root, name), { ...counts });
    // In a folder without subfolders, the walk over its files records them.
    if (inside.folders.length > 0) recordMetadata(inside.files, `${name}/`, counts);
    if (inside.folders.length === 0 && inside.pictures === 0) continue;
    found.push({ name, part, classes: inside.folders, stray: inside.pictures });
  }
  const nested = found.filter((part) => part.classes.length > 0);
  if (nested.length === 0) return undefined;
  const flat = found.filter((part) => part.classes.length === 0);
  const train = nested.find((part) => part.part === "train");
  if (train === undefined) {
    // With other folders next to it, "test" may be a class with folders inside.
    if (found.length < top.folders.length || flat.length > 0) return undefined;
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(root)} holds ${quoted(found.map((part) => part.name))} but no "train"`,
      { help: 'name the folder to learn from "train", or give a folder of class folders' },
    );
  }
  if (flat.length > 0)
    throw new EngraftError(
      "DataError",
      `${quoted(flat.map((part) => part.name))} in ${JSON.stringify(root)} holds ${counts.kind.unit}s but no class folders, while ${JSON.stringify(train.name)} holds class folders`,
      {
        help: `${counts.kind.unit}s without labels cannot be scored: move that folder elsewhere and use \`engraft predict\` on it; or sort its ${counts.kind.unit}s into class folders`,
      },
    );
  for (const part of ["train", "validation", "test"] as const) {
    const same = nested.filter((one) => one.part === part);
    if (same.length > 1)
      throw new EngraftError(
        "DataError",
        `${quoted(same.map((one) => one.name))} in ${JSON.stringify(root)} all mean the ${part} part`,
        { help: "keep one of them" },
      );
  }
  return nested;
}
