import { EngraftError } from "../../core/errors.js";
import { message, type WarningText, warningText } from "../../core/messages/message.js";
import { baseOf, folderOf, stemOf } from "../boxes/folder-content.js";
import type { Skipped } from "../dataset.js";
import { count, firstNames, partNames, partWithin, quoted } from "../split/found.js";

const maskWords =
  "masks?|labels?|annotations?|annot|segmentationclass(?:png)?|gt(?:fine|coarse)?|ground_?truth|trimaps?";
const imageWords = "images?|imgs?|jpegimages|pictures|leftimg8bit|data|input";
const maskFolder = new RegExp(`^(?:${maskWords})$`, "i");
/** Several kinds of masks have a folder each: "lung masks", "infection masks". */
const kindOfMasks = /.[ _-]masks$/i;
const imageFolder = new RegExp(`^(?:${imageWords})$`, "i");
/** Folders of both kinds that name a split as well: train_masks, annotations_val, trainannot, labelsTr. */
const maskPartFolder = new RegExp(`^(?:(.+?)[_ -]?(?:${maskWords})|(?:${maskWords}|y)[_ -]?(.+))$`, "i");
const imagePartFolder = new RegExp(`^(?:(.+?)[_ -]?(?:${imageWords})|(?:${imageWords}|x)[_ -]?(.+))$`, "i");
/** What nnU-Net writes for the splits. */
const shortParts: ReadonlyMap<string, string> = new Map([
  ["tr", "train"],
  ["ts", "test"],
]);
const maskEnding = /[_-](mask|gt|labels?|seg|segmentation)$/i;
/** Endings of a mask and its picture in Cityscapes. */
const cityMask = /_gt(fine|coarse)_labelids$/i;
const cityImage = "_leftImg8bit";
/** Other pictures of one mask in Cityscapes and Pascal VOC: its colours, and its objects. */
const furtherMask = /_gt(fine|coarse)_(color|labeltrainids|instance(train)?ids)$/i;
const furtherFolder = /^segmentation(object|classvisualization)\w*$/i;
const imageEnding = /[_-]sat$/i;
/** Ending of a mask in a folder of masks, in CamVid. */
const shortEnding = /_L$/;
/** Number of the first channel of a picture, in nnU-Net. */
const channelEnding = /_0000$/;

interface MaskPair {
  readonly id: string;
  readonly mask: string;
}

/** What a folder says: what it holds, and its split. Undefined for other folders. */
function judgeFolder(name: string): { readonly kind?: "mask" | "image"; readonly part?: string } | undefined {
  if (maskFolder.test(name)) return { kind: "mask" };
  if (imageFolder.test(name)) return { kind: "image" };
  for (const [pattern, kind] of [
    [maskPartFolder, "mask"],
    [imagePartFolder, "image"],
  ] as const) {
    const [, before, behind] = pattern.exec(name) ?? [];
    const rest = before ?? behind ?? "";
    const part = shortParts.get(rest.toLowerCase()) ?? partWithin(rest);
    if (part !== undefined) return { kind, part };
  }
  if (kindOfMasks.test(name)) return { kind: "mask" };
  const part = partNames.get(name.toLowerCase());
  return part && { part };
}

/** True for a folder of pictures or masks, which is no class. */
export const isNoClass = (name: string): boolean => judgeFolder(name) !== undefined;

/** Returns the folders of each picture that may be classes: those before a folder of masks or of their pictures, if there are masks. */
export function foldersAbove(pictures: readonly string[]): readonly (readonly string[])[] {
  const folders = pictures.map((id) => id.split("/").slice(0, -1));
  const kindOf = (name: string) => judgeFolder(name)?.kind;
  if (!folders.some((names) => names.some((name) => kindOf(name) === "mask"))) return folders;
  return folders.map((names) => {
    const end = names.findIndex((name) => kindOf(name) !== undefined);
    return end < 0 ? names : names.slice(0, end);
  });
}

interface Place {
  readonly isMask: boolean;
  /** What a picture and its mask have in common: their names as they are, else without what marks them. */
  readonly keys: readonly [string, string];
}

/** Says whether a picture is a mask, and what it has in common with its mask or picture. */
function placeOf(id: string): Place {
  const folders: string[] = [];
  let kind: "mask" | "image" | undefined;
  for (const name of folderOf(id).split("/")) {
    const judged = judgeFolder(name);
    if (judged?.kind === "mask" || kind === undefined) kind = judged?.kind ?? kind;
    if (judged === undefined) folders.push(name);
    else if (judged.part !== undefined) folders.push(judged.part);
  }
  const stem = stemOf(baseOf(id));
  const isMask = kind === "mask" || (kind === undefined && maskEnding.test(stem)) || cityMask.test(stem);
  const inFolder = (ending: RegExp, of: typeof kind) => (kind === of ? ending : /(?!)/);
  const name = isMask
    ? stem.replace(cityMask, cityImage).replace(maskEnding, "").replace(inFolder(shortEnding, "mask"), "")
    : stem.replace(imageEnding, "").replace(inFolder(channelEnding, "image"), "");
  return { isMask, keys: [[...folders, stem].join("/"), [...folders, name].join("/")] };
}

/** Returns the pictures by each of their keys. @param clash receives two pictures of one key */
function byKey(
  places: readonly (Place & { readonly id: string })[],
  clash: (key: string, a: string, b: string) => void,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, keys } of places)
    for (const key of new Set(keys)) {
      const other = found.get(key);
      if (other !== undefined) clash(key, other, id);
      else found.set(key, id);
    }
  return found;
}

/** True for another picture of a mask. */
const isFurther = (id: string): boolean =>
  furtherMask.test(stemOf(baseOf(id))) || furtherFolder.test(baseOf(folderOf(id)));

const placesOf = (pictures: readonly string[]) =>
  pictures.filter((id) => !isFurther(id)).map((id) => ({ id, ...placeOf(id) }));

/**
 * Finds images and masks of one name, in folders that differ by `images` and `masks` only, or as nnU-Net, Cityscapes, CamVid and Pascal VOC
 * name them.
 * @throws DataError for a picture with several masks, and for a mask of several pictures
 */
export function findMaskPairs(pictures: readonly string[]): {
  readonly pairs: MaskPair[];
  readonly skipped: Skipped[];
  readonly warnings: WarningText[];
} {
  const places = placesOf(pictures);
  const clashes = new Map<string, readonly string[]>();
  const others = places.filter(({ isMask }) => !isMask);
  const images = byKey(others, (key, a, b) => clashes.set(key, [a, b]));
  const masksOf = new Map<string, string[]>();
  const lost: Skipped[] = [];
  for (const { id: mask, keys } of places.filter(({ isMask }) => isMask)) {
    const key = keys.find((one) => images.has(one));
    const clash = key === undefined ? undefined : clashes.get(key);
    if (key === undefined) lost.push({ item: mask, reason: "there is no picture for this mask" });
    else if (clash)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(mask)} may be the mask of two pictures: ${quoted(clash)}`,
        { help: "give each picture a name of its own, and its mask the same" },
      );
    else masksOf.set(images.get(key)!, [...(masksOf.get(images.get(key)!) ?? []), mask]);
  }
  for (const [id, masks] of masksOf)
    if (masks.length > 1)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(id)} has ${count(masks.length, "mask")}: ${quoted(masks)}`,
        { help: "give one mask a picture, with a number for each class" },
      );
  const without = others.flatMap(({ id }) => (masksOf.has(id) ? [] : [id]));
  const values = { pictures: without.length, ...firstNames(without) };
  const unmasked = warningText("pictures_without_annotation", message("pictures-without-mask", values));
  return {
    pairs: [...masksOf].map(([id, [mask]]) => ({ id, mask: mask! })),
    skipped: lost,
    warnings: without.length > 0 ? [unmasked] : [],
  };
}

/** Smallest share of masks among pictures in class folders that lie beside their masks. */
const fewestMasks = 0.25;

/** Returns the masks among pictures that lie beside their masks; none if fewer than a quarter are masks. */
export function masksAmong(pictures: readonly string[]): ReadonlySet<string> {
  const places = placesOf(pictures);
  const images = byKey(
    places.filter(({ isMask }) => !isMask),
    () => {},
  );
  const masks = places.filter(({ isMask, keys }) => isMask && keys.some((key) => images.has(key)));
  if (masks.length < fewestMasks * pictures.length) return new Set();
  return new Set([...masks.map(({ id }) => id), ...pictures.filter(isFurther)]);
}

/**
 * True if all pictures are in folders such as `images` and `masks`, and no mask has the name of a picture. These folders are no classes.
 */
export function areUnpairedMasks(pictures: readonly string[]): boolean {
  const folders = pictures.map((id) => folderOf(id).split("/"));
  const masks = folders.filter((names) => names.some((name) => maskFolder.test(name))).length;
  const images = folders.filter((names) => names.some((name) => imageFolder.test(name))).length;
  return masks > 0 && images > 0 && masks + images === pictures.length;
}
