import { EngraftError } from "../core/errors.js";
import { modalities, modalityOf } from "../core/modalities.js";
import type { Files } from "../platform/platform.js";
import type { FileUnit } from "./found-files.js";
import { filesBeside, pictureEndings, picturesBelow } from "./images/find-images.js";
import { conversionHelp, soundFiles } from "./sounds/files/sound-format.js";
import { byCodePoint, count, type Found, quoted } from "./split/found.js";
import { tooManyUnused } from "./split/nearly-all.js";
import { unreadCounts, unreadHelp } from "./unread-formats.js";

/**
 * Returns the error for folders that are no classes, because metadata files have the labels or all folders are named for splits.
 */
export const withoutClasses = (
  root: string,
  folders: readonly string[],
  metadata: readonly string[],
): EngraftError =>
  metadata.length > 0 ? labelsInMetadata(root, metadata) : partsWithoutClasses(root, folders);

function labelsInMetadata(root: string, metadata: readonly string[]): EngraftError {
  const names = [...new Set(metadata.map((path) => path.slice(path.lastIndexOf("/") + 1)))];
  return new EngraftError(
    "DataError",
    `${JSON.stringify(root)} holds ${quoted([...metadata].sort(byCodePoint))}: labels stand in such a file, so the folders are no classes`,
    {
      help: `write one list with the columns image,label and, if there are parts, split (train, val, test), and give it instead of the folder; or remove ${names.join(" and ")} if the folders are the classes`,
    },
  );
}

function partsWithoutClasses(root: string, folders: readonly string[]): EngraftError {
  return new EngraftError(
    "DataError",
    `all folders in ${JSON.stringify(root)} are called like parts of a split (${quoted(folders)}), and hold pictures but no class folders: nothing says what the pictures show`,
    {
      help: `sort them into class folders (${folders.find((name) => /^train/i.test(name)) ?? folders[0]}/CLASS/…), or give a list with the columns image,label,split`,
    },
  );
}

/** Returns the error for a folder or a list without images in class folders. */
export function noPictures(
  { ignored, skipped, list, unread = [], outside = 0 }: Found,
  root: string,
): EngraftError {
  if (outside > 0)
    return new EngraftError(
      "DataError",
      `${JSON.stringify(root)} holds ${count(outside, "picture")}, but no class folders: nothing says what the pictures show`,
      {
        help: `sort them into one folder a class (${root}/CLASS/…), or add a list with the columns image,label; to ask a trained model about them: engraft predict MODEL ${root}`,
      },
    );
  if (unread.length > 0)
    return new EngraftError("DataError", `no pictures in ${JSON.stringify(root)} that can be read`, {
      at: unreadCounts(unread).join(", "),
      help: unreadHelp(unread),
      code: "unread-pictures",
      details: { path: root },
    });
  return new EngraftError("DataError", `no pictures in ${JSON.stringify(list ?? root)}`, {
    at: `${count(ignored.notPictures, "other file")}, ${count(ignored.hidden, "hidden one")}, ${count(skipped.length, "skipped one")}`,
    help: `expected ${root}/<class>/*.{${pictureEndings.slice(0, 2).join(",")},png,webp,gif,bmp,tif,avif}, with one folder a class; for other kinds of data see the guide, Data`,
    code: "no-pictures",
    details: { path: list ?? root },
  });
}

/** Returns the error for a folder without pictures that holds sounds or texts itself; undefined if it holds none. */
export async function otherSamplesIn(files: Files, root: string): Promise<EngraftError | undefined> {
  if ((await files.stat(root))?.kind !== "folder") return undefined;
  const texts = { name: /\.txt$/i, unread: /\.ann$/i, unit: "picture" } as const;
  const skipped: { item: string; reason: string }[] = [];
  const isAtTop = ({ id }: { readonly id: string }): boolean => !id.includes("/");
  const sounds = (await picturesBelow(files, root, [], undefined, soundFiles)).filter(isAtTop);
  const found =
    sounds.length > 0
      ? sounds
      : (await picturesBelow(files, root, skipped, undefined, texts)).filter(isAtTop);
  if (found.length === 0) return undefined;
  const [unit, list] = sounds.length > 0 ? ["clip", "audio,label or audio,text"] : ["text", "text,label"];
  const isBrat = skipped.length > 0;
  return new EngraftError(
    "DataError",
    `${JSON.stringify(root)} holds ${count(found.length, unit)}, but no class folders and no list: nothing says what is learnt of them`,
    {
      at: quoted(found.map(({ id }) => id)),
      help: isBrat
        ? "entities in BRAT's .ann files are not read: export them as CoNLL, a word and its tag on each line"
        : `sort them into one folder a class (${root}/CLASS/…), or write a list with the columns ${list}`,
    },
  );
}

/** Names of files, and what helps if there are none. */
const refusals: Readonly<Record<FileUnit, { readonly ending: RegExp; readonly help: string }>> = {
  picture: {
    ending: new RegExp(`\\.(${pictureEndings.join("|")})$`, "i"),
    help: "give a list whose rows name pictures and what is learnt of them",
  },
  clip: { ending: soundFiles.name, help: conversionHelp },
};

/** Returns where the missing files of a list may be: in its folder, or in a folder inside of it. */
async function whereMissing(
  files: Files,
  folder: string,
  missing: readonly { readonly item: string }[],
  unit: FileUnit,
): Promise<string | undefined> {
  const { ending } = refusals[unit];
  const beside = await filesBeside(files, folder, ending).catch(() => new Map<string, string>());
  for (const { item } of missing.slice(0, 100)) {
    const name = item.slice(item.replaceAll("\\", "/").lastIndexOf("/") + 1);
    const path = beside.get(name) ?? beside.get(name.replace(ending, ""));
    if (path !== undefined && path !== item)
      return `${JSON.stringify(item)} may be ${JSON.stringify(path)}: write the paths as they are below the folder of the list`;
  }
  return undefined;
}

/**
 * Returns the error for data with too many unreadable files.
 * @param list.name name of the list that names them, if one does
 * @param list.folder base of its paths
 */
export async function tooManyUnreadable(
  all: number,
  bad: readonly { readonly item: string; readonly reason: string; readonly missing: boolean }[],
  {
    files,
    name: list,
    folder,
    root,
    unit = "picture",
  }: {
    readonly files: Files;
    readonly name: string | undefined;
    readonly folder: string;
    readonly root: string;
    readonly unit?: FileUnit;
  },
): Promise<EngraftError> {
  const missing = bad.filter((one) => one.missing);
  if (list !== undefined && 2 * missing.length > bad.length)
    return new EngraftError(
      "DataError",
      `${missing.length} of ${count(all, unit)} named in ${JSON.stringify(list)} do not exist: ${quoted(missing.map(({ item }) => item))}`,
      {
        help:
          (await whereMissing(files, folder, missing, unit)) ??
          "paths are relative to the folder of the list; correct them, or remove those lines",
      },
    );
  const skipped = bad.map(({ item, reason }) => ({ item, reason }));
  const problem = "cannot be read; at most 10 % may be";
  return tooManyUnused(bad.length, { all, unit, where: root, skipped, problem });
}

/** Returns the error for data without a file that could be tried. @param unread files in formats that are not read */
export function noneLeft(
  skipped: readonly { readonly item: string; readonly reason: string }[],
  unread: readonly string[],
  root: string,
  unit: FileUnit,
): EngraftError {
  const what = `${modalities[modalityOf(unit)].content}s`;
  return new EngraftError("DataError", `no ${what} in ${JSON.stringify(root)} that can be read`, {
    at: [
      ...(unread.length > 0 ? [`${quoted(unread)} in other formats`] : []),
      ...skipped.slice(0, 3).map(({ item, reason }) => `${item}: ${reason}`),
    ].join("; "),
    help: refusals[unit].help,
  });
}

/** Returns the error for too many classes. */
export function tooManyClasses(classes: string[], root: string, maxClasses: number): EngraftError {
  return new EngraftError(
    "DataError",
    `${count(classes.length, "class", "classes")} in ${JSON.stringify(root)}`,
    {
      at: quoted(classes.sort(byCodePoint)),
      help: `at most ${maxClasses.toLocaleString("en-US")} are possible; is there a folder for every picture?`,
    },
  );
}

/** Returns the error for a path that is neither a folder nor a list: texts without labels, or something else. */
export function noList(root: string): EngraftError {
  const labelled =
    "give a folder with one folder a class, or a .csv, .tsv or .jsonl file with image,label or text,label";
  if (/\.txt$/i.test(root))
    return new EngraftError("DataError", `${JSON.stringify(root)} holds texts without labels`, {
      help: `a decoder learns to write such texts: \`engraft train FILE --task text-generation --base DECODER\`; \`engraft pretrain FILE --base BASE\` continues the pretraining of a base; for classes, ${labelled}`,
    });
  return new EngraftError("DataError", `${JSON.stringify(root)} is neither a folder nor a list`, {
    help: labelled,
  });
}

/** Returns the error for a folder with several lists. */
export function severalLists(root: string, lists: string[]): EngraftError {
  return new EngraftError(
    "DataError",
    `${JSON.stringify(root)} holds several lists: ${quoted(lists.sort(byCodePoint))}`,
    { help: "name the one to use instead of the folder" },
  );
}
