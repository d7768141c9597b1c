import { EngraftError, stopIf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Files, Platform } from "../../platform/platform.js";
import { pictureEndings } from "../images/find-images.js";
import { byCodePoint, partNames } from "../split/found.js";

/** Every visible file below a folder. Annotations refer to these files only, so no path in a file can leave the folder. */
export interface FolderContent {
  readonly platform: Platform;
  /** Absolute path. */
  readonly root: string;
  /** Images: paths relative to the folder, by code point. */
  readonly pictures: readonly string[];
  /** Other files: paths relative to the folder, by code point. */
  readonly others: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** Returns the image that an annotation names. */
  findPicture(name: string, options?: FindOptions): FoundName;
  /** Returns the image with this name without its extension. */
  findStem(stem: string, options?: FindOptions): FoundName;
}

export interface FindOptions {
  /** Folder to look in first, relative to the data folder. */
  readonly near?: string;
  /** Split of the annotation: it decides between images with one name. */
  readonly part?: Part | undefined;
}

/** The image, or the reason why there is none. */
export type FoundName = { readonly id: string } | { readonly reason: string };

/** Most files of a dataset. */
const maxFiles = 2_000_000;
/** Deepest level of folders. */
const maxDepth = 12;
const pictureName = new RegExp(`\\.(${pictureEndings.join("|")})$`, "i");

/** Lists a folder with everything below. Links are followed, except those back to a folder already read. @throws DataError */
export async function readFolderContent(
  platform: Platform,
  root: string,
  signal?: AbortSignal,
): Promise<FolderContent> {
  const { files } = platform;
  const [pictures, others]: [string[], string[]] = [[], []];
  const visited = new Set<string>();
  const stack: [id: string, depth: number][] = [["", 0]];
  while (stack.length > 0) {
    stopIf(signal);
    const [id, depth] = stack.pop()!;
    const folder = files.join(root, id);
    const real = await files.realPath(folder);
    if (visited.has(real) || depth > maxDepth) continue;
    visited.add(real);
    for (const { name, kind } of await files.list(folder)) {
      if (name.startsWith(".") || name === "__MACOSX") continue;
      const child = id === "" ? name : `${id}/${name}`;
      const what = kind === "link" ? (await files.stat(files.join(folder, name)))?.kind : kind;
      if (what === "folder") stack.push([child, depth + 1]);
      else if (what === "file") (pictureName.test(name) ? pictures : others).push(child);
    }
    if (pictures.length + others.length > maxFiles)
      throw new EngraftError("DataError", `${JSON.stringify(root)} holds more than ${maxFiles} files`, {
        help: "give the folder of one dataset",
      });
  }
  return folderContent(platform, root, pictures.sort(byCodePoint), others.sort(byCodePoint), signal);
}

/** Returns the content of a folder from the names of its files. */
export function folderContent(
  platform: Platform,
  root: string,
  pictures: readonly string[],
  others: readonly string[],
  signal?: AbortSignal,
): FolderContent {
  const known = new Set(pictures);
  const [names, stems] = [finderOf(pictures, (name) => name), finderOf(pictures, stemOf)];
  const find = (finder: Finder, name: string, { near = "", part }: FindOptions = {}): FoundName => {
    const segments = name.replaceAll("\\", "/").normalize("NFC").split("/");
    // Names hold paths of other machines: only what follows the last ".." is compared.
    const clean = segments
      .slice(segments.lastIndexOf("..") + 1)
      .filter((segment) => segment !== "" && segment !== ".");
    if (clean.length === 0 || name.includes("\0")) return { reason: "it names no image" };
    const relative = clean.join("/");
    for (const id of [joinId(near, relative), relative]) if (finder === names && known.has(id)) return { id };
    return finder(clean, near, part);
  };
  return {
    platform,
    root,
    pictures,
    others,
    signal,
    findPicture: (name, options) => find(names, name, options),
    findStem: (stem, options) => find(stems, stem, options),
  };
}

type Finder = (segments: readonly string[], near: string, part: Part | undefined) => FoundName;

/** A picture in a folder of masks, which annotations of boxes do not mean. */
const maskFolder = /(^|\/)(masks?|segmentation(class|object))\//i;

/** Returns a function that finds a path by as many of its last segments as agree. */
function finderOf(pictures: readonly string[], keyOf: (name: string) => string): Finder {
  const byKey = new Map<string, string[]>();
  for (const id of pictures) {
    const key = keyOf(baseOf(id)).normalize("NFC").toLowerCase();
    const ids = byKey.get(key);
    if (ids === undefined) byKey.set(key, [id]);
    else ids.push(id);
  }
  const folders = new Set(pictures.map(lastFolderOf));
  return (segments, near, part) => {
    const name = segments.at(-1)!;
    let found = byKey.get(name.toLowerCase()) ?? [];
    if (found.length === 0) return { reason: `there is no image ${JSON.stringify(segments.join("/"))}` };
    const narrow = (keep: (id: string) => boolean): void => {
      const kept = found.filter(keep);
      if (kept.length > 0) found = kept;
    };
    // Images in two folders may have one name: the given folders, the annotation's folder and the split tell them apart.
    for (let n = segments.length; n > 1 && found.length > 1; n--) {
      const folders = segments.slice(-n, -1).join("/");
      narrow((id) => `/${folderOf(id)}`.endsWith(`/${folders}`));
    }
    narrow((id) => keyOf(baseOf(id)) === name);
    narrow((id) => !maskFolder.test(id));
    narrow((id) => folderOf(id) === near);
    narrow((id) => part !== undefined && partOfPath(id) === part);
    // In a folder that is there, the picture is missing: one of the same name in another folder is another picture.
    const folder = segments.at(-2)?.toLowerCase();
    const isThere = folder !== undefined && folders.has(folder);
    if (isThere && !found.some((id) => lastFolderOf(id) === folder))
      return {
        reason: `there is no image ${JSON.stringify(segments.join("/"))}, only ${JSON.stringify(found[0])}`,
      };
    if (found.length === 1) return { id: found[0]! };
    return {
      reason: `${JSON.stringify(name)} is the name of ${found.length} images: ${found
        .slice(0, 3)
        .map((id) => JSON.stringify(id))
        .join(", ")}`,
    };
  };
}

/** Returns the name of the folder of a path, in lower case. */
const lastFolderOf = (id: string): string => baseOf(folderOf(id)).toLowerCase();

/** Returns the file name of a path. */
export const baseOf = (id: string): string => id.slice(id.lastIndexOf("/") + 1);
/** Returns the folder of a path; "" for a file at the root. */
export const folderOf = (id: string): string => (id.includes("/") ? id.slice(0, id.lastIndexOf("/")) : "");
/** Returns a file name without its extension. */
export const stemOf = (name: string): string => name.replace(/\.[^.]*$/, "");
/** Joins two parts of a path. */
export const joinId = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/**
 * Returns the split in a path: the last folder or file name with a word such as `train` or `val2017`.
 * @example partOfPath("annotations/instances_val2017.json") // "validation"
 */
export function partOfPath(id: string): Part | undefined {
  for (const segment of id.toLowerCase().split("/").reverse())
    for (const word of segment.replace(/\.[^.]*$/, "").split(/[^a-z]+/)) {
      const part = partNames.get(word);
      if (part !== undefined) return part;
    }
  return undefined;
}

/** Reads a text file below the folder. @throws DataError for another encoding, FileError for a larger file */
export async function readText(
  { platform, root }: Pick<FolderContent, "platform" | "root">,
  id: string,
  limit: number,
): Promise<string> {
  const { files }: { files: Files } = platform;
  const { decodeTexts } = await import("../lists/list-bytes.js");
  return (await decodeTexts(await files.read(files.join(root, id), { limit }), id)).replace(/^\uFEFF/, "");
}
