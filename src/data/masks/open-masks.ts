import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import type { Box } from "../boxes/box.js";
import type { BoxDataset, BoxLayout, ImageObject } from "../boxes/box-dataset.js";
import type { FolderContent } from "../boxes/folder-content.js";
import { openAnnotations } from "../boxes/open-boxes.js";
import { readAnnotations } from "../boxes/read-annotations.js";
import type { Shape } from "../boxes/shape.js";
import { fingerprintsOf } from "../fingerprints.js";
import { count, type Warning } from "../split/found.js";
import { originOf } from "../split/split-origin.js";
import type { MaskRegion } from "./draw-regions.js";
import { ignoredLabel } from "./label-map.js";
import type { MaskDataset, MaskItem } from "./mask-dataset.js";
import { type OpenMasksOptions, openMaskPairs } from "./open-mask-pairs.js";

/**
 * Opens images with masks. {@link openMaskPairs} reads masks in PNG files. Without such files, {@link masksOfBoxes} takes the outlines of
 * annotations: polygons and run lengths. `readMask` returns the mask of an item in both cases.
 *
 * @returns undefined if there are neither masks nor outlines
 * @throws DataError for masks or annotations that cannot be used
 */
export async function openMasks(
  content: FolderContent,
  options: OpenMasksOptions = {},
): Promise<MaskDataset | undefined> {
  const pairs = await openMaskPairs(content, options);
  if (pairs !== undefined) return pairs;
  const { platform } = content;
  const annotations = await readAnnotations(content);
  if (!annotations?.pictures.some(({ objects }) => objects.some(({ shape }) => shape !== undefined)))
    return undefined;
  return masksOfBoxes(platform, await openAnnotations(content, annotations, { ...options, platform }));
}

/** Opens images with masks as {@link openMasks} does. @throws DataError if there are neither masks nor outlines */
export async function requireMasks(
  content: FolderContent,
  options: OpenMasksOptions = {},
): Promise<MaskDataset> {
  const data = await openMasks(content, options);
  if (data !== undefined) return data;
  throw new EngraftError("DataError", `no masks found in ${JSON.stringify(content.root)}`, {
    help: "expected PNG files with the names of their pictures, in the folders images and masks or as a.jpg with a_mask.png; or annotations with an outline for at least half of the objects",
  });
}

/** Fewer objects with an outline are a dataset of boxes. */
const leastOutlined = 0.5;
/** Names that annotation tools give to the background and to what is not counted, such as LabelMe's `_background_` and `__ignore__`. */
const [backgroundName, ignoredName] = [/^_*background_*$/i, /^_*ignored?_*$/i];
/** Tools in which a rectangle is one of several ways to draw an outline, not the box around one. */
const drawsRectangles: ReadonlySet<BoxLayout> = new Set(["labelme", "cvat"]);

/**
 * Returns a dataset of boxes as one of masks, which are drawn from the outlines of its objects when they are read. Crowds, and objects
 * without an outline, are not counted. With the same seed, both datasets have the same splits.
 *
 * @returns undefined if fewer than half of the objects have an outline
 * @throws DataError for more classes than a mask holds
 */
async function masksOfBoxes(
  platform: Pick<Platform, "sha256">,
  data: BoxDataset,
): Promise<MaskDataset | undefined> {
  const { root, layout, seed, skipped } = data;
  const objects = data.items.flatMap((item) => item.objects);
  const plain = objects.filter(({ shape }) => shape === undefined).length;
  if (objects.length - plain < leastOutlined * objects.length) return undefined;
  const { classes, values } = valuesOf(data.classes);
  const items = data.items.map(
    ({ objects: own, cocoId: _, ...item }): MaskItem => ({
      ...item,
      mask: own.map((object) => regionOf(object, values, layout)),
    }),
  );
  const lines = items.map(({ id, sha256, mask, part }) => JSON.stringify([id, sha256, mask, part]));
  const isLost = plain > 0 && !drawsRectangles.has(layout);
  const lost: Warning[] = isLost
    ? [warningText("objects_without_outline", message("objects-without-outline", { objects: plain }))]
    : [];
  return {
    root,
    classes,
    items,
    seed,
    skipped,
    ...originOf(data),
    kind: { kind: "outlines" },
    warnings: [...data.warnings, ...lost],
    ...(await fingerprintsOf(platform, lines, items)),
  };
}

/** Returns the classes of the masks, the background first, and the value of each class of the objects. */
function valuesOf(names: readonly string[]): { readonly classes: string[]; readonly values: number[] } {
  const classes = ["background"];
  const values = names.map((name) => {
    if (backgroundName.test(name)) return 0;
    return ignoredName.test(name) ? ignoredLabel : classes.push(name) - 1;
  });
  if (classes.length > ignoredLabel)
    throw new EngraftError("DataError", `${count(names.length, "class", "classes")} are too many for masks`, {
      help: `masks hold at most ${ignoredLabel - 1} classes beside the background; join some of them`,
    });
  return { classes, values };
}

function regionOf(
  { label, box, crowd, shape }: ImageObject,
  values: readonly number[],
  layout: BoxLayout,
): MaskRegion {
  const isKnown = shape !== undefined || drawsRectangles.has(layout);
  return { value: crowd || !isKnown ? ignoredLabel : values[label]!, shape: shape ?? shapeOfBox(box) };
}

const shapeOfBox = ([x1, y1, x2, y2]: Box): Shape => ({ polygons: [[x1, y1, x2, y1, x2, y2, x1, y2]] });
