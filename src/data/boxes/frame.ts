import { message, warningText } from "../../core/messages/message.js";
import type { Warning } from "../split/found.js";
import { type Box, type Size, scaleBox } from "./box.js";
import { pixelsOfRuns, type Shape, scaleShape } from "./shape.js";

/** The facts about an image that decide which frame its annotation means. */
export interface FrameFacts {
  /** Size in the annotation file. */
  readonly stated: Size | undefined;
  /** Size after the EXIF rotation. */
  readonly upright: Size;
  /** EXIF orientation, 1 … 8. */
  readonly orientation: number;
}

/** How the coordinates of an annotation become pixels of the upright image. */
export interface Frame {
  readonly box: (box: Box) => Box;
  readonly shape: (shape: Shape) => Shape;
}

/** Two sizes have one aspect ratio if their scales differ by less than this. Rounding a side of 100 pixels changes it by 0.5 %. */
const aspectTolerance = 0.02;

const storedSize = ({ upright, orientation }: FrameFacts): Size =>
  orientation < 5 ? upright : { width: upright.height, height: upright.width };

function sameAspect(a: Size, b: Size): boolean {
  return Math.abs(((a.width / b.width) * b.height) / a.height - 1) < aspectTolerance;
}

const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;

/** Returns whether the stated size is that of the upright image; undefined if it fits both frames or none. */
function statesUpright(facts: FrameFacts): boolean | undefined {
  const { stated, upright, orientation } = facts;
  if (stated === undefined || orientation < 5) return undefined;
  const stored = storedSize(facts);
  for (const same of [sameSize, sameAspect]) {
    const [asUpright, asStored] = [same(stated, upright), same(stated, stored)];
    if (asUpright !== asStored) return asUpright;
  }
  return undefined;
}

/**
 * Decides whether the annotations of a dataset mean the images after their EXIF rotation. Images whose stated size fits one frame only
 * decide; otherwise the tool's convention does.
 * @param convention true if the tool annotates upright images
 */
export function decideFrame(
  pictures: readonly FrameFacts[],
  convention: boolean,
): { readonly upright: boolean; readonly warnings: readonly Warning[] } {
  const rotated = pictures.filter(({ orientation }) => orientation > 1);
  const votes = rotated.map(statesUpright).filter((vote) => vote !== undefined);
  const forUpright = votes.filter(Boolean).length;
  const decided = 2 * forUpright !== votes.length;
  const upright = decided ? 2 * forUpright > votes.length : convention;
  if (rotated.length === 0 || votes.length === rotated.length) return { upright, warnings: [] };
  const values = { pictures: rotated.length - votes.length, after: upright, decided };
  return { upright, warnings: [warningText("exif_frame", message("rotation-of-boxes", values))] };
}

/**
 * Returns how the coordinates of one image become pixels of the upright image, or the reason why they cannot.
 * @param upright decision for the dataset; the size that the annotation states for this image comes first
 */
export function frameOf(facts: FrameFacts, upright: boolean, unit: "pixels" | "shares"): Frame | string {
  const isUpright = statesUpright(facts) ?? upright;
  const frame = isUpright ? facts.upright : storedSize(facts);
  const { stated } = facts;
  if (unit === "pixels" && stated !== undefined && !sameAspect(stated, frame))
    return `the annotation says ${stated.width} × ${stated.height} pixels, the file has ${frame.width} × ${frame.height}`;
  const from = unit === "shares" ? { width: 1, height: 1 } : (stated ?? frame);
  const [x, y] = [frame.width / from.width, frame.height / from.height];
  const turn = isUpright ? 1 : facts.orientation;
  if (x === 1 && y === 1 && turn === 1) return { box: (box) => box, shape: (shape) => shape };
  return {
    box: (box) => turnBox(scaleBox(box, x, y), frame, turn),
    shape: (shape) => turnShape(x === 1 && y === 1 ? shape : scaleShape(shape, x, y), frame, turn),
  };
}

/**
 * Returns where a point of the stored image lies in the upright image.
 * @see EXIF 2.32, tag 0x0112: which side of the upright image the first row and the first column are
 */
function turnPoint(x: number, y: number, { width, height }: Size, orientation: number): [number, number] {
  switch (orientation) {
    case 2:
      return [width - x, y];
    case 3:
      return [width - x, height - y];
    case 4:
      return [x, height - y];
    case 5:
      return [y, x];
    case 6:
      return [height - y, x];
    case 7:
      return [height - y, width - x];
    case 8:
      return [y, width - x];
    default:
      return [x, y];
  }
}

/** Returns a box of the stored image in the upright image. */
export function turnBox([x1, y1, x2, y2]: Box, stored: Size, orientation: number): Box {
  const [a, b] = turnPoint(x1, y1, stored, orientation);
  const [c, d] = turnPoint(x2, y2, stored, orientation);
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function turnShape(shape: Shape, stored: Size, orientation: number): Shape {
  if (orientation === 1) return shape;
  if ("polygons" in shape)
    return {
      polygons: shape.polygons.map((ring) =>
        Array.from({ length: ring.length / 2 }, (_, i) =>
          turnPoint(ring[2 * i]!, ring[2 * i + 1]!, stored, orientation),
        ).flat(),
      ),
    };
  const { width, height } = shape.runs;
  const pixels = pixelsOfRuns(shape.runs);
  const size = orientation < 5 ? { width, height } : { width: height, height: width };
  const turned = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      // The centre of a pixel stays the centre of a pixel.
      const [x, y] = turnPoint(column + 0.5, row + 0.5, { width, height }, orientation);
      turned[Math.floor(y) * size.width + Math.floor(x)] = pixels[row * width + column]!;
    }
  return { runs: { ...size, counts: runsOfPixels(turned, size) } };
}

/** Returns the run lengths of a mask, column by column. @param pixels uint8[height, width], 0 or 1 */
export function runsOfPixels(pixels: ArrayLike<number>, { width, height }: Size): number[] {
  const counts: number[] = [];
  let [value, length] = [0, 0];
  for (let column = 0; column < width; column++)
    for (let row = 0; row < height; row++) {
      const next = pixels[row * width + column]!;
      if (next !== value) {
        counts.push(length);
        [value, length] = [next, 0];
      }
      length++;
    }
  return [...counts, length];
}
