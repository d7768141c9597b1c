import type { Known } from "../split/assign-parts.js";
import { count, type Warning } from "../split/found.js";
import type { AnnotatedPicture, Annotations } from "./annotations.js";
import { type Box, boxArea, clipBox, type Size } from "./box.js";
import type { ImageObject, SkippedAnnotation } from "./box-dataset.js";
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
  readonly skipped: readonly SkippedAnnotation[];
  readonly warnings: readonly Warning[];
  /** Number of images that were left out. */
  readonly refused: number;
} {
  const facts = pictures.map(({ annotated, width, height, orientation }) => ({
    stated: annotated.size,
    upright: { width, height },
    orientation,
  }));
  const decided = decideFrame(facts, upright);
  const labels = new Map(classes.map((name, i) => [name, i]));
  const skipped: SkippedAnnotation[] = [];
  const clipped: string[] = [];
  const placed: (Omit<PlacedPicture, "bin"> & { bin: number })[] = [];
  for (const [i, picture] of pictures.entries()) {
    const frame = frameOf(facts[i]!, decided.upright, unit);
    if (typeof frame === "string") {
      skipped.push({ item: `${picture.annotated.at}, image ${JSON.stringify(picture.id)}`, reason: frame });
      continue;
    }
    const objects: ImageObject[] = [];
    for (const object of picture.annotated.objects) {
      const result = placeObject(object, picture, frame, labels.get(object.name)!, unit);
      if (typeof result === "string") skipped.push({ item: object.at, reason: result });
      else {
        objects.push(result.object);
        if (result.clipped) clipped.push(object.at);
      }
    }
    // Not a negative sample: its objects are there, but nobody knows where.
    if (objects.length === 0 && picture.annotated.objects.length > 0)
      skipped.push({ item: picture.id, reason: "none of its boxes can be used, so it is left out" });
    else placed.push({ ...picture, objects, bin: classes.length });
  }
  assignBins(placed, classes.length);
  const message = `${count(clipped.length, "box", "boxes")} reached beyond the picture and ${clipped.length === 1 ? "was" : "were"} cut off at its edge, first in ${clipped[0]}`;
  const warnings = clipped.length > 0 ? [{ code: "boxes_cut_off", message }] : [];
  return {
    ...{ pictures: placed, skipped, refused: pictures.length - placed.length },
    warnings: [...decided.warnings, ...warnings],
  };
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
      ...{ label, box, area: area > 0 ? area : boxArea(box) },
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
