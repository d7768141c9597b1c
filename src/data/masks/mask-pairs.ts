import { EngraftError } from "../../core/errors.js";
import type { WarningText } from "../../core/messages/message.js";
import { baseOf, folderOf, stemOf } from "../boxes/folder-content.js";
import type { Skipped } from "../dataset.js";
import { count, partNames, partWithin, quoted } from "../split/found.js";

const maskWords =
  "masks?|labels?|annotations?|annot|segmentationclass|gt(?:fine|coarse)?|ground_?truth|trimaps?";
const imageWords = "images?|imgs?|jpegimages|pictures|leftimg8bit|data";
const maskFolder = new RegExp(`^(?:${maskWords})$`, "i");
const imageFolder = new RegExp(`^(?:${imageWords})$`, "i");
/** Folders of both kinds that name a split as well: train_masks, annotations_val, trainannot, labelsTr. */
const maskPartFolder = new RegExp(`^(?:(.+?)[_ -]?(?:${maskWords})|(?:${maskWords})[_ -]?(.+))$`, "i");
const imagePartFolder = new RegExp(`^(?:(.+?)[_ -]?(?:${imageWords})|(?:${imageWords})[_ -]?(.+))$`, "i");
/** What nnU-Net writes for the splits. */
const shortParts: ReadonlyMap<string, string> = new Map([
  ["tr", "train"],
  ["ts", "test"],
]);
const maskEnding = /[_-](mask|gt|labels?|seg|segmentation)$/i;
/** Endings of a mask and its picture in Cityscapes. */
const cityMask = /_gt(fine|coarse)_label(train)?ids$/i;
const cityImage = "_leftImg8bit";
/** Other pictures of one mask in Cityscapes and Pascal VOC: its colours, and its objects. */
const furtherMask = /_gt(fine|coarse)_(color|instance(train)?ids)$/i;
const furtherFolder = /^(segmentationobject)$/i;
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

/** Says whether a picture is a mask, and what a picture and its mask have in common. */
function placeOf(id: string): { readonly isMask: boolean; readonly key: string } {
  const folders: string[] = [];
  let kind: "mask" | "image" | undefined;
  for (const name of folderOf(id).split("/")) {
    const judged = judgeFolder(name);
    if (judged?.kind === "mask" || kind === undefined) kind = judged?.kind ?? kind;
    if (judged === undefined) folders.push(name);
    else if (judged.part !== undefined) folders.push(judged.part);
  }
  const stem = stemOf(baseOf(id));
  const isMask = kind === "mask" || maskEnding.test(stem) || cityMask.test(stem);
  const name = isMask
    ? stem
        .replace(cityMask, cityImage)
        .replace(maskEnding, "")
        .replace(kind === "mask" ? shortEnding : /(?!)/, "")
    : stem.replace(imageEnding, "").replace(kind === "image" ? channelEnding : /(?!)/, "");
  return { isMask, key: [...folders, name].join("/") };
}

/**
 * Finds images and masks of one name, in folders that differ by `images` and `masks` only, or as nnU-Net, Cityscapes, CamVid and Pascal VOC
 * name them.
 * @throws DataError for a picture with several masks
 */
export function findMaskPairs(pictures: readonly string[]): {
  readonly pairs: MaskPair[];
  readonly skipped: Skipped[];
  readonly warnings: WarningText[];
} {
  const places = pictures
    .filter((id) => !furtherMask.test(stemOf(baseOf(id))) && !furtherFolder.test(baseOf(folderOf(id))))
    .map((id) => ({ id, ...placeOf(id) }));
  const images = new Map(places.filter(({ isMask }) => !isMask).map(({ key, id }) => [key, id]));
  const masksOf = new Map<string, string[]>();
  const pairs: MaskPair[] = [];
  const lost: Skipped[] = [];
  for (const { id: mask, key } of places.filter(({ isMask }) => isMask)) {
    const id = images.get(key);
    const earlier = masksOf.get(key);
    if (id === undefined) lost.push({ item: mask, reason: "there is no picture for this mask" });
    else if (earlier) earlier.push(mask);
    else {
      masksOf.set(key, [mask]);
      pairs.push({ id, mask });
    }
  }
  for (const [key, masks] of masksOf)
    if (masks.length > 1)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(images.get(key))} has ${count(masks.length, "mask")}: ${quoted(masks)}`,
        { help: "give one mask a picture, with a number for each class" },
      );
  const paired = new Set(pairs.map(({ id }) => id));
  const without = [...images.values()].filter((id) => !paired.has(id));
  const message = `${count(without.length, "picture")} left out, since there is no mask: ${quoted(without)}`;
  return {
    pairs,
    skipped: lost,
    warnings: without.length > 0 ? [{ code: "pictures_without_annotation", message }] : [],
  };
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
