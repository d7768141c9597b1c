import { EngraftError, stopIf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Files } from "../../platform/platform.js";
import { checkClassNames } from "../lists/class-names.js";
import {
  byCodePoint,
  count,
  type Found,
  type FoundPicture,
  partNames,
  quoted,
  type Warning,
} from "../split/found.js";

/** File extensions of images. */
export const pictureEndings = "jpg jpeg jpe jfif png webp gif bmp dib tif tiff avif".split(" ");
const pictureName = new RegExp(`\\.(${pictureEndings.join("|")})$`, "i");

/** Image file extensions of phones, cameras and drawing programs that the decoder does not support. */
export const unreadEnding = /\.(heic|heif|hif|jxl|dng|cr2|cr3|nef|arw|psd|svg)$/i;

/** The files that {@link findImages} looks for. */
export interface FileKind {
  /** Names of these files. */
  readonly name: RegExp;
  /** Names of such files in formats that cannot be read. */
  readonly unread: RegExp;
  /** Name of one file in messages. */
  readonly unit: "picture" | "clip";
}

const pictureFiles: FileKind = { name: pictureName, unread: unreadEnding, unit: "picture" };

interface Counts {
  hidden: number;
  notPictures: number;
  readonly unread: string[];
  readonly metadata: string[];
  readonly kind: FileKind;
}

const noCounts = (kind: FileKind): Counts => ({
  hidden: 0,
  notPictures: 0,
  unread: [],
  metadata: [],
  kind,
});

/** Files with the labels in Hugging Face's imagefolder and audiofolder layouts. */
const metadataName = /^metadata\.(csv|jsonl|parquet)$/i;

/**
 * Finds images under `<root>/<class>/…` or `<root>/{train,val,test}/<class>/…`, at any depth below the class, without opening
 * them. It follows links, except those back to a folder already read.
 *
 * @throws DataError if the layout is ambiguous, FileError if a folder cannot be listed
 */
export async function findImages(
  files: Files,
  root: string,
  signal?: AbortSignal,
  kind: FileKind = pictureFiles,
): Promise<Found> {
  const counts = noCounts(kind);
  const top = await readFolder(files, root, counts);
  recordMetadata(top.files, "", counts);
  const warnings: Warning[] = [];
  const skipped: { item: string; reason: string }[] = [...top.broken];
  const pictures: FoundPicture[] = [];
  const ids = new Set<string>();

  const addClass = async (folder: string, id: string, label: string, given: Part | undefined) => {
    const before = pictures.length;
    await walk(files, folder, id, counts, skipped, signal, (path, rawId) => {
      // Accented names get the same spelling on macOS and Linux, unless both spellings exist.
      const normal = rawId.normalize("NFC");
      const unique = ids.has(normal) ? rawId : normal;
      ids.add(unique);
      pictures.push({ id: unique, path, label, given });
    });
    if (pictures.length === before)
      warnings.push(
        warningText("empty_class", message("empty-class-folder", { folder: id, ...unitOf(kind) })),
      );
  };

  const parts = await partFolders(files, root, top, counts);
  if (parts === undefined) {
    const sameName = top.folders.filter((name) => partNames.has(name.toLowerCase()));
    if (sameName.length > 0)
      warnings.push({
        code: "classes_named_like_parts",
        message: `${quoted(sameName)} hold${sameName.length === 1 ? "s" : ""} ${kind.unit}s, not class folders: taken as classes, not as parts of a split`,
      });
    checkClassNames(top.folders, root);
    for (const name of top.folders)
      await addClass(files.join(root, name), name, name.normalize("NFC"), undefined);
  } else {
    const others = top.folders.filter((name) => !partNames.has(name.toLowerCase()));
    if (others.length > 0)
      warnings.push({
        code: "folders_beside_split",
        message: `${quoted(others)} left out: beside "train" only "val" and "test" are parts`,
      });
    checkClassNames(
      parts.flatMap((part) => part.classes),
      root,
    );
    for (const { name, part, classes } of parts)
      for (const label of classes)
        await addClass(files.join(root, name, label), `${name}/${label}`, label.normalize("NFC"), part);
    const stray = parts.reduce((n, part) => n + part.stray, 0);
    if (stray > 0) warnings.push(outside(stray, kind));
  }
  if (top.pictures > 0) warnings.push(outside(top.pictures, kind));
  const loops = skipped.filter(({ reason }) => reason === loopReason);
  if (loops.length > 0)
    warnings.push({
      code: "link_loop",
      message: `${count(loops.length, "symbolic link")} not followed, since they lead back to a folder already read: ${quoted(loops.map(({ item }) => item))}`,
    });
  const { hidden, notPictures } = counts;
  const [unread, metadata] = [[...new Set(counts.unread)], [...new Set(counts.metadata)]];
  return {
    pictures,
    skipped,
    ignored: { hidden, notPictures },
    warnings,
    unread,
    metadata,
    outside: top.pictures,
  };
}

/** Records metadata files and images in unsupported formats. @param below "train/", or "" */
function recordMetadata(names: readonly string[], below: string, counts: Counts): void {
  for (const name of names)
    if (counts.kind.unread.test(name)) counts.unread.push(`${below}${name}`);
    else if (metadataName.test(name)) counts.metadata.push(`${below}${name}`);
}

/** Returns the unit of messages, if it is not the default one. */
const unitOf = ({ unit }: FileKind) => (unit === "picture" ? {} : { unit });

const outside = (n: number, kind: FileKind): Warning =>
  warningText(
    `${kind.unit}s_outside_classes`,
    message("pictures-outside-classes", { pictures: n, ...unitOf(kind) }),
  );

const loopReason = "a symbolic link that leads back to a folder already read";
const danglingReason = "a symbolic link to nothing";

interface FolderContent {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** How many of `files` are images by name. */
  readonly pictures: number;
  readonly broken: readonly { readonly item: string; readonly reason: string }[];
}

/** Returns the visible folders and files of a folder, by code point, with links followed. */
async function readFolder(files: Files, folder: string, counts: Counts): Promise<FolderContent> {
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

/** True for hidden files, and for the folder that macOS puts into zip files. */
function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}

interface PartFolder {
  readonly name: string;
  readonly part: Part;
  readonly classes: readonly string[];
  readonly stray: number;
}

/** Returns the folders of a given split, or undefined if the folders are classes. */
async function partFolders(
  files: Files,
  root: string,
  top: FolderContent,
  counts: Counts,
): Promise<PartFolder[] | undefined> {
  const found: PartFolder[] = [];
  for (const name of top.folders) {
    const part = partNames.get(name.toLowerCase());
    if (part === undefined) continue;
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

/** Passes every image below a folder to `add`. */
async function walk(
  files: Files,
  start: string,
  startId: string,
  counts: Counts,
  skipped: { item: string; reason: string }[],
  signal: AbortSignal | undefined,
  add: (path: string, id: string) => void,
): Promise<void> {
  const visited = new Set<string>();
  // A link upwards would add the whole dataset to this class.
  for (
    let above = files.dirname(await files.realPath(start));
    !visited.has(above);
    above = files.dirname(above)
  )
    visited.add(above);
  const stack: [path: string, id: string][] = [[start, startId]];
  while (stack.length > 0) {
    stopIf(signal);
    const [folder, id] = stack.pop()!;
    const real = await files.realPath(folder);
    if (visited.has(real)) {
      skipped.push({ item: id, reason: loopReason });
      continue;
    }
    visited.add(real);
    const inside = await readFolder(files, folder, counts);
    for (const { item, reason } of inside.broken) skipped.push({ item: `${id}/${item}`, reason });
    recordMetadata(inside.files, `${id}/`, counts);
    for (const name of inside.files) {
      if (counts.kind.name.test(name)) add(files.join(folder, name), `${id}/${name}`);
      else if (!counts.kind.unread.test(name)) counts.notPictures++;
    }
    for (const name of [...inside.folders].reverse()) stack.push([files.join(folder, name), `${id}/${name}`]);
  }
}

/** Returns every image below a folder, at any depth. */
export async function picturesBelow(
  files: Files,
  root: string,
  skipped: { item: string; reason: string }[],
  signal?: AbortSignal,
  kind: FileKind = pictureFiles,
): Promise<{ readonly id: string; readonly path: string }[]> {
  const found: { id: string; path: string }[] = [];
  const counts = noCounts(kind);
  await walk(files, files.resolve(root), "", counts, skipped, signal, (path, id) =>
    found.push({ id: id.replace(/^\//, "").normalize("NFC"), path }),
  );
  for (const id of counts.unread)
    skipped.push({
      item: id.replace(/^\//, ""),
      reason: `its format cannot be read${kind.unit === "picture" ? ": convert it to JPEG" : ""}`,
    });
  return found;
}
