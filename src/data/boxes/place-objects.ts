import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Skipped } from "../dataset.js";
import type { Known } from "../split/class-checks.js";
import type { Warning } from "../split/found.js";
import type { AnnotatedPicture, Annotations } from "./annotations.js";
import { type Box, boxArea, clipBox, type Size } from "./box.js";
import type { ImageObject } from "./box-dataset.js";
import { liesInFirstPixel } from "./check-coordinates.js";
import { decideFrame, type Frame, frameOf } from "./frame.js";
import { areaOfShape } from "./shape.js";

/** A readable image with its annotation. */
export interface ReadablePicture extends Known, Size {
  readonly orientation: number;
  readonly annotated: AnnotatedPicture;
}

/** An image with objects in pixels. */
export interface PlacedPicture extends Known, Size {
  readonly objects: readonly ImageObject[];
  /** Stratum of the split: the rarest class in the image, or the number of classes for an empty image. */
  readonly bin: number;
}

/** A box may leave its image by this share of a side before it is reported: tools round to whole pixels. */
const roundingShare = 0.01;

/**
 * Turns annotations into boxes in pixels of the upright images, clipped to the images.
 * @returns the images, and what was left out with the reason
 */
export function placeObjects(
  pictures: readonly ReadablePicture[],
  { unit, upright }: Pick<Annotations, "unit" | "upright">,
  classes: readonly string[],
): {
  readonly pictures: PlacedPicture[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly Warning[];
  /** Number of images whose size is another one, or of which no box can be used. */
  readonly refused: number;
} {
  const facts = pictures.map(({ annotated, width, height, orientation }) => ({
    stated: annotated.size,
    upright: { width, height },
    orientation,
  }));
  const decided = decideFrame(facts, upright);
  const labels = new Map(classes.map((name, i) => [name, i]));
  const skipped: Skipped[] = [];
  const clipped: string[] = [];
  const incomplete: { readonly id: string; readonly objects: number }[] = [];
  let refused = 0;
  const placed: (Omit<PlacedPicture, "bin"> & { bin: number })[] = [];
  for (const [i, picture] of pictures.entries()) {
    const frame = frameOf(facts[i]!, decided.upright, unit);
    if (typeof frame === "string") {
      skipped.push({ item: `${picture.annotated.at}, image ${JSON.stringify(picture.id)}`, reason: frame });
      refused++;
      continue;
    }
    const objects: ImageObject[] = [];
    const lost: Skipped[] = [];
    for (const object of picture.annotated.objects) {
      const result = placeObject(object, picture, frame, labels.get(object.name)!, unit);
      if (typeof result === "string")
        (isClick(object.box) ? skipped : lost).push({ item: object.at, reason: result });
      else {
        objects.push(result.object);
        if (result.clipped) clipped.push(object.at);
      }
    }
    skipped.push(...picture.annotated.refused, ...lost);
    const unusable = picture.annotated.refused.length + lost.length;
    const isEmptied = objects.length === 0 && picture.annotated.objects.length > 0;
    // Its objects are there, but nobody knows where or what: the picture would teach that they are background.
    if (unusable > 0 || isEmptied) incomplete.push({ id: picture.id, objects: Math.max(1, unusable) });
    else placed.push({ ...picture, objects, bin: classes.length });
    if (isEmptied) refused++;
  }
  assignBins(placed, classes.length);
  const [first] = clipped;
  const warnings =
    first === undefined
      ? []
      : [warningText("boxes_cut_off", message("boxes-cut-off", { boxes: clipped.length, first }))];
  return {
    pictures: placed,
    skipped,
    refused,
    warnings: [...decided.warnings, ...warnIncomplete(incomplete), ...warnings],
  };
}

/** True for a box that is one point: a click that marks no object. */
const isClick = ([x1, y1, x2, y2]: Box): boolean => x1 === x2 && y1 === y2;

function warnIncomplete(incomplete: readonly { readonly id: string; readonly objects: number }[]): Warning[] {
  if (incomplete.length === 0) return [];
  const about = {
    pictures: incomplete.length,
    objects: incomplete.reduce((sum, { objects }) => sum + objects, 0),
    ...firstOf(incomplete.map(({ id }) => id)),
  };
  return [warningText("pictures_incomplete", message("pictures-incomplete", about))];
}

/** Returns an object in pixels and whether its box was cut off, or the reason why it is left out. */
function placeObject(
  { box: given, area: stated, crowd, difficult, shape }: AnnotatedPicture["objects"][number],
  size: Size,
  frame: Frame,
  label: number,
  unit: Annotations["unit"],
): { readonly object: ImageObject; readonly clipped: boolean } | string {
  if (!given.every(Number.isFinite)) return "a coordinate of its box is not a number";
  if (given[2] < given[0] || given[3] < given[1])
    return `its box ends before it begins: ${given.map(shortNumber).join(", ")}`;
  if (given[2] === given[0] || given[3] === given[1]) return "its box has no area";
  if (unit === "pixels" && liesInFirstPixel(given, size))
    return `its box lies within the first pixel: ${given.map(shortNumber).join(", ")}`;
  const whole = frame.box(given);
  const box = clipBox(whole, size);
  if (box === undefined)
    return `its box ${whole.map(shortNumber).join(", ")} is outside the picture of ${size.width} × ${size.height} pixels`;
  const outline = shape && frame.shape(shape);
  // A stated area is in the annotation's pixels, which may have another scale.
  const scale = unit === "pixels" ? boxArea(whole) / boxArea(given) : 1;
  const area = stated === undefined ? (outline ? areaOfShape(outline) : boxArea(box)) : stated * scale;
  return {
    object: {
      label,
      box,
      area: area > 0 ? area : boxArea(box),
      ...(crowd && { crowd }),
      ...(difficult && { difficult }),
      ...(outline && { shape: outline }),
    },
    clipped: isCut(whole, size),
  };
}

const isCut = ([x1, y1, x2, y2]: Box, { width, height }: Size): boolean =>
  x1 < -Math.max(1, roundingShare * width) ||
  y1 < -Math.max(1, roundingShare * height) ||
  x2 > width + Math.max(1, roundingShare * width) ||
  y2 > height + Math.max(1, roundingShare * height);

const shortNumber = (value: number): string => String(Math.round(100 * value) / 100);

/** Sets the stratum of each image to its rarest class. */
function assignBins(pictures: { objects: readonly ImageObject[]; bin: number }[], classes: number): void {
  const boxes = new Array<number>(classes).fill(0);
  for (const { objects } of pictures) for (const { label } of objects) boxes[label]!++;
  for (const picture of pictures) {
    picture.bin = classes;
    for (const { label } of picture.objects)
      if (picture.bin === classes || boxes[label]! < boxes[picture.bin]!) picture.bin = label;
  }
}
