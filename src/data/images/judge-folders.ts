// What speaks against folders as classes.
import { EngraftError } from "../../core/errors.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { taskWith } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import type { FileUnit } from "../found-files.js";
import { listNames } from "../lists/find-lists.js";
import { type ListFile, readList } from "../lists/read-list.js";
import { type Found, partNames, quoted, type Warning } from "../split/found.js";
import { wordColumns } from "./listed-images.js";

/** Words of names of folders in which files are kept, which say nothing of what they show. */
const placeWords = new Set([
  ...partNames.keys(),
  ..."images image imgs img pictures pics photos data files raw input inputs output outputs target targets original".split(
    " ",
  ),
  ..."masks mask labels label annotations annotation gt ground truth seg pred preds prediction predictions part".split(
    " ",
  ),
  ..."unlabeled unlabelled audio wavs clips".split(" "),
]);
const isPlace = (name: string): boolean => {
  const words = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
  return words.length > 0 && words.every((word) => placeWords.has(word));
};
/** Names of folders of masks. */
const maskName = /mask|label|annot|ground.?truth|(^|[^a-z])(gt|ann|seg|target)|^gt(fine|coarse)/i;

type Pictures = Found["pictures"];

/**
 * Judges folders that would be classes.
 * @returns warnings
 * @throws DataError if they are places or masks, hold the parts of a split, or a list beside them names the classes
 */
export async function judgeFolders(
  platform: Platform,
  root: string,
  pictures: Pictures,
  unit: FileUnit = "picture",
): Promise<Warning[]> {
  const classes = [...new Set(pictures.map(({ label }) => label))];
  if (classes.length < 2) return [];
  refusePlaces(root, classes, unit);
  kinds[unit].refuse?.(root, classes, pictures);
  const warnings = judgeInnerFolders(root, classes, pictures);
  for (const name of (await listNames(platform.files, root)).slice(0, mostLists)) {
    const path = platform.files.join(root, name);
    // A damaged list beside the folders is not needed.
    const list = await readList(platform, path, { most: mostRows, fewerClasses: true }).catch(
      () => undefined,
    );
    if (list) refuseListBeside(list, classes, pictures, { path, unit });
  }
  return warnings;
}

/** Leaves the masks out that lie beside the pictures of each class, and says so. */
export async function withoutMasks(
  pictures: Pictures,
): Promise<{ readonly pictures: Pictures; readonly warnings: Warning[] }> {
  const { masksAmong } = await import("../masks/mask-pairs.js");
  const masks = masksAmong(pictures.map(({ id }) => id));
  if (masks.size === 0) return { pictures, warnings: [] };
  const found = { masks: masks.size, task: taskWith({ metric: "miou" }), ...firstOf([...masks]) };
  return {
    pictures: pictures.filter(({ id }) => !masks.has(id)),
    warnings: [warningText("masks_left_out", message("masks-left-out", found))],
  };
}

const [mostLists, mostRows] = [5, 1000];

/** What to do about folders that are no classes, and what else is refused. */
const kinds: Readonly<Record<FileUnit, { readonly help: string; readonly refuse?: typeof refuseMasks }>> = {
  picture: {
    help: "sort the pictures into one folder a class, or write a list with the columns image,label; masks are read from the folders images and masks",
    refuse: refuseMasks,
  },
  clip: { help: "sort the clips into one folder a class, or write a list with the columns audio,label" },
};

function refusePlaces(root: string, classes: readonly string[], unit: FileUnit): void {
  if (!classes.every(isPlace)) return;
  throw new EngraftError(
    "DataError",
    `the folders ${quoted(classes, 6)} say where ${unit}s are kept, not what they show`,
    {
      at: root,
      help: kinds[unit].help,
    },
  );
}

const stemOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
const maskEnding = /[_-](mask|gt|labels?|seg|segmentation)$/i;
/** Fewest pictures, and smallest share of equal names, of a folder of masks. */
const [fewestMasks, mostlyEqual] = [5, 0.9];

function refuseMasks(root: string, classes: readonly string[], pictures: Pictures): void {
  // Of with_mask and without_mask, both are classes.
  if (classes.length !== 2 || classes.filter((name) => maskName.test(name)).length !== 1) return;
  const [a, b] = classes.map(
    (name) =>
      new Set(
        pictures.filter(({ label }) => label === name).map(({ id }) => stemOf(id).replace(maskEnding, "")),
      ),
  );
  const shared = [...a!].filter((stem) => b!.has(stem)).length;
  const arePairs = shared >= fewestMasks && shared >= mostlyEqual * Math.max(a!.size, b!.size);
  if (!arePairs && !classes.some((name) => /^gt(fine|coarse)$/i.test(name))) return;
  throw new EngraftError(
    "DataError",
    `${quoted(classes)} look like pictures and their masks, not like two classes`,
    {
      at: arePairs ? `${root}: ${shared} pictures have the same names in both` : root,
      help: "masks are read from the folders images and masks, with equal names; if these are two classes, call the folders otherwise",
    },
  );
}

/** Judges the folders inside of classes: those of a split are refused, and others that are in every class are named. */
function judgeInnerFolders(root: string, classes: readonly string[], pictures: Pictures): Warning[] {
  const inner = new Map(classes.map((name) => [name, new Set<string>()]));
  for (const { id, label } of pictures) {
    const below = id.split("/");
    const at = below.findIndex((name) => name.normalize("NFC") === label);
    const folder = at < 0 || at + 2 >= below.length ? undefined : below[at + 1];
    if (folder === undefined) return [];
    inner.get(label)!.add(folder);
  }
  const [first, ...others] = [...inner.values()].map((names) => [...names].sort());
  const areEqual = first!.length > 1 && others.every((names) => names.join("/") === first!.join("/"));
  if (!areEqual) return [];
  if (first!.every((name) => partNames.has(name.toLowerCase())))
    throw new EngraftError(
      "DataError",
      `each class in ${JSON.stringify(root)} holds the folders ${quoted(first!)}: parts of a split inside of classes are not read`,
      { help: `turn them round: ${first![0]}/${classes[0]}` },
    );
  const values = { classes: classes.length, inner: first!.slice(0, 3), outer: classes.slice(0, 3) };
  return [warningText("folders_in_each_class", message("folders-in-each-class", values))];
}

/** Smallest share of pictures that a list names. */
const mostNamed = 0.9;

/** Returns a function that gives the class of a picture by its path, or by its name; null for the name of several. */
function labelsByName(pictures: Pictures): (name: unknown) => string | null | undefined {
  const byName = new Map<string, string | null>();
  for (const { id, label } of pictures) byName.set(stemOf(id), byName.has(stemOf(id)) ? null : label);
  const byPath = new Map(pictures.map(({ id, label }) => [id, label]));
  return (name) => {
    const path = String(name ?? "")
      .replaceAll("\\", "/")
      .replace(/^\.\//, "");
    return byPath.get(path) ?? byName.get(stemOf(path));
  };
}

/** Refuses folders of pictures that a list beside them names with their classes. @throws DataError */
function refuseListBeside(
  list: ListFile,
  classes: readonly string[],
  pictures: Pictures,
  { path, unit }: { readonly path: string; readonly unit: FileUnit },
): void {
  const labelOf = labelsByName(pictures);
  for (const column of list.columns) {
    const named = list.rows.filter(({ values }) => labelOf(values[column]) !== undefined);
    if (named.length < fewestMasks || named.length < mostNamed * list.rows.length) continue;
    const words = wordColumns(list, column).filter(({ name: other }) =>
      // The list may say what the folders say.
      named.some(
        ({ values }) =>
          String(values[other] ?? "")
            .trim()
            .normalize("NFC") !== labelOf(values[column]),
      ),
    );
    const isSame = wordColumns(list, column).length > words.length;
    if (isSame || words.length === 0) continue;
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(list.name)} names the ${unit}s in ${quoted(classes)}, and has ${quoted(words.map((one) => one.name))}: which are the classes?`,
      {
        at: path,
        help: `the list: give it itself, with --target ${words[0]!.name} if no column is called "label"; the folders: move the list elsewhere`,
      },
    );
  }
}
