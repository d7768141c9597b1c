import { stopIf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Files } from "../../platform/platform.js";
import { checkClassNames } from "../lists/class-names.js";
import { type Found, type FoundPicture, firstNames, partNames, type Warning } from "../split/found.js";
import {
  type Counts,
  type FileKind,
  isPartName,
  noCounts,
  onlyDataset,
  partFolders,
  readFolder,
  recordMetadata,
  withoutRuns,
} from "./class-folders.js";

/** File extensions of images. */
export const pictureEndings = "jpg jpeg jpe jfif png webp gif bmp dib tif tiff avif".split(" ");
const pictureName = new RegExp(`\\.(${pictureEndings.join("|")})$`, "i");

/** Image file extensions of phones, cameras and drawing programs that the decoder does not support. */
export const unreadEnding = /\.(heic|heif|hif|jxl|dng|cr2|cr3|nef|arw|psd|svg)$/i;

const pictureFiles: FileKind = {
  name: pictureName,
  unread: unreadEnding,
  unit: "picture",
  reason: "its format cannot be read: convert it to JPEG",
};

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
  const top = await withoutRuns(files, root, await readFolder(files, root, counts));
  const inner = await onlyDataset(files, root, top, counts);
  if (inner !== undefined)
    return within(inner, await findImages(files, files.join(root, inner), signal, kind), kind);
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
      warnings.push(warningText("empty_class", message("empty-class-folder", { folder: id, ...kind.named })));
  };

  const parts = await partFolders(files, root, top, counts);
  if (parts === undefined) {
    const sameName = top.folders.filter(isPartName);
    if (sameName.length > 0)
      warnings.push(
        warningText(
          "classes_named_like_parts",
          message("classes-named-like-splits", { ...firstNames(sameName), unit: kind.unit }),
        ),
      );
    checkClassNames(top.folders, root);
    for (const name of top.folders)
      await addClass(files.join(root, name), name, name.normalize("NFC"), undefined);
  } else {
    const others = top.folders.filter(
      (name) =>
        !parts.some((part) => part.name === name || part.name.startsWith(`${name}/`)) &&
        !partNames.has(name.toLowerCase()),
    );
    if (others.length > 0)
      warnings.push(warningText("folders_beside_split", message("folders-beside-split", firstNames(others))));
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
  warnings.push(...loopWarnings(skipped));
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

/** Returns a warning about links that were not followed. */
function loopWarnings(skipped: Found["skipped"]): Warning[] {
  const loops = skipped.filter(({ reason }) => reason === loopReason);
  if (loops.length === 0) return [];
  const values = { links: loops.length, ...firstNames(loops.map(({ item }) => item)) };
  return [warningText("link_loop", message("links-not-followed", values))];
}

const outside = (n: number, kind: FileKind): Warning =>
  warningText(
    `${kind.unit}s_outside_classes`,
    message("pictures-outside-classes", { pictures: n, ...kind.named }),
  );

const loopReason = "a symbolic link that leads back to a folder already read";

/** Returns what was found in a folder below, with a warning. */
const within = (below: string, found: Found, { unit }: FileKind): Found => ({
  ...found,
  pictures: found.pictures.map((picture) => ({ ...picture, id: `${below}/${picture.id}` })),
  warnings: [
    warningText("folder_within", message("data-in-folder", { folder: below, unit })),
    ...found.warnings,
  ],
});

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
    skipped.push({ item: id.replace(/^\//, ""), reason: kind.reason ?? "its format cannot be read" });
  return found;
}

/** Largest number of folders to look into for pictures. */
const mostFolders = 20;

/** Returns the files with an ending in a folder and in the folders inside of it: their paths by their names without the ending. */
export async function filesBeside(
  files: Files,
  folder: string,
  ending = pictureName,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const add = async (below: string): Promise<string[]> => {
    const folders: string[] = [];
    for (const { name, kind } of await files.list(files.join(folder, below))) {
      if (kind === "folder" && !name.startsWith(".")) folders.push(name);
      else if (ending.test(name))
        found.set(name.replace(ending, ""), below === "" ? name : `${below}/${name}`);
    }
    return folders;
  };
  for (const below of (await add("")).slice(0, mostFolders)) await add(below);
  return found;
}
