import { type Box, type Size, scaleBox } from "../../data/boxes/box.js";
import type { PictureOverlay } from "../../platform/platform.js";
import { escapeHtml } from "../html.js";
import { classColour, textColour } from "./colours.js";

/** How an object is drawn: found with a solid line, false with a dashed one, missed with a white dotted line on black. */
export type Outcome = "found" | "false" | "missed";

/** A box on an image. */
export interface OverlayBox {
  /** In pixels of the original image. */
  readonly box: Box;
  /** Index of the class, for the colour. */
  readonly label: number;
  /** Name of the class, written at the box. Default: none. */
  readonly name?: string;
  /** 0 … 1. Boxes are drawn by rising score, those without a score last. */
  readonly score?: number;
  /** Default "found". */
  readonly outcome?: Outcome;
}

/** Regions of a mask on an image. */
export interface OverlayMask extends Size {
  /** uint8[height, width] */
  readonly labels: Uint8Array;
  /** The drawn values. Other values stay as the image is. */
  readonly regions: readonly {
    readonly value: number;
    /** Index of the class, for the colour. */
    readonly label: number;
    /** Name of the class, for a legend in the upper left corner. Default: none. */
    readonly name?: string;
    /** Default "found". */
    readonly outcome?: Outcome;
  }[];
}

/** What is drawn on an image. */
export interface OverlayContent {
  readonly boxes?: readonly OverlayBox[];
  readonly mask?: OverlayMask;
}

/** More would show the squares of single pixels. */
const mostEnlarged = 2;

/**
 * Draws boxes and masks as an SVG that lies over an image. Masks cover it by 45 %, with a line around them.
 *
 * @param size size of the original image
 * @param longest longer side of the overlay in pixels; small images are enlarged at most twice. Default: that of the image
 * @returns the SVG with its width and height; its texts are escaped
 * @example overlaySvg(item, { boxes: [{ box: [10, 10, 60, 40], label: 0, name: "ant", score: 0.9 }] }, 480).svg
 */
export function overlaySvg(
  size: Size,
  { boxes = [], mask }: OverlayContent,
  longest = Math.max(size.width, size.height),
): PictureOverlay {
  const scale = Math.min(mostEnlarged, longest / Math.max(size.width, size.height));
  const shown: Size = {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
  const [x, y] = [shown.width / size.width, shown.height / size.height];
  const drawn = [...boxes]
    .sort((a, b) => (a.score ?? Number.POSITIVE_INFINITY) - (b.score ?? Number.POSITIVE_INFINITY))
    .map((one) => ({ ...one, box: scaleBox(one.box, x, y) }));
  const parts = [
    ...(mask ? drawMask(mask, shown) : []),
    ...drawn.map((one) => boxLines(one, shown)),
    // Above all lines
    ...drawn.map((one) => boxPlate(one, shown)),
  ];
  const { width, height } = shown;
  return {
    ...shown,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>`,
  };
}

const longerSide = ({ width, height }: Size): number => Math.max(width, height);
/** 2 pixels, and more on large images. */
const lineWidth = (shown: Size): number => Math.max(2, longerSide(shown) / 400);
const fontSize = (shown: Size): number => Math.max(12, Math.round(longerSide(shown) / 60));
/** Below the white dots of a missed object. */
const missedColour = "#000000";
/** Share of a mask in the colour of a pixel. */
const maskOpacity = 0.45;

const number = (value: number): string => String(Math.round(value * 100) / 100);

/** Returns attributes of a line, with a white dotted one on black for a missed object. */
function strokes(colour: string, outcome: Outcome, line: number): string[] {
  const width = `stroke-width="${number(line)}"`;
  if (outcome === "found") return [`stroke="${colour}" ${width}`];
  const dashes = (on: number, off: number): string =>
    `stroke-dasharray="${number(on * line)} ${number(off * line)}"`;
  if (outcome === "false") return [`stroke="${colour}" ${width} ${dashes(4, 2.5)}`];
  return [`stroke="${missedColour}" ${width}`, `stroke="#ffffff" ${width} ${dashes(1, 2)}`];
}

function boxLines({ box: [x1, y1, x2, y2], label, outcome = "found" }: OverlayBox, shown: Size): string {
  const place = `x="${number(x1)}" y="${number(y1)}" width="${number(x2 - x1)}" height="${number(y2 - y1)}"`;
  return strokes(classColour(label), outcome, lineWidth(shown))
    .map((stroke) => `<rect ${place} fill="none" ${stroke}/>`)
    .join("");
}

function boxPlate({ box: [x, y], label, name, score, outcome }: OverlayBox, shown: Size): string {
  const text = [name, score?.toFixed(2)].filter((word) => word !== undefined).join(" ");
  if (text === "") return "";
  const { height } = plateSize(text, shown);
  const half = lineWidth(shown) / 2;
  // Above the box, or inside if there is no room.
  const above = y - height - half;
  const colour = outcome === "missed" ? missedColour : classColour(label);
  return plate(text, x - half, above >= 0 ? above : y + half, colour, shown);
}

function drawMask(mask: OverlayMask, shown: Size): string[] {
  const labels = resampled(mask, shown);
  const drawn = mask.regions.flatMap(({ value, label, name, outcome = "found" }) => {
    const path = regionPath(labels, shown, value);
    return path === "" ? [] : [{ path, colour: classColour(label), name, outcome }];
  });
  const regions = drawn.map(({ path, colour, outcome }) => {
    const fill = outcome === "missed" ? "none" : colour;
    const [first, ...others] = strokes(colour, outcome, lineWidth(shown) / 2);
    const region = `<path d="${path}" fill="${fill}" fill-opacity="${maskOpacity}" fill-rule="evenodd" ${first}/>`;
    return region + others.map((stroke) => `<path d="${path}" fill="none" ${stroke}/>`).join("");
  });
  let top = 0;
  const legend = drawn.flatMap(({ name, colour, outcome }) => {
    if (name === undefined) return [];
    const row = plate(name, 0, top, outcome === "missed" ? missedColour : colour, shown);
    top += plateSize(name, shown).height;
    return [row];
  });
  return [...regions, ...legend];
}

/** Takes the nearest pixels. */
function resampled({ labels, width, height }: OverlayMask, shown: Size): Uint8Array {
  if (width === shown.width && height === shown.height) return labels;
  const out = new Uint8Array(shown.width * shown.height);
  for (let y = 0; y < shown.height; y++) {
    const row = Math.floor(((y + 0.5) * height) / shown.height) * width;
    for (let x = 0; x < shown.width; x++)
      out[y * shown.width + x] = labels[row + Math.floor(((x + 0.5) * width) / shown.width)]!;
  }
  return out;
}

/** Size of a text with its background. Widths of letters are estimated, because pure code has no fonts. */
function plateSize(text: string, shown: Size): Size {
  const size = fontSize(shown);
  let ems = 0;
  // From U+1100 on, most characters are as wide as they are high.
  for (const char of text) ems += char.codePointAt(0)! < 0x1100 ? 0.6 : 1.05;
  return { width: size * (ems + 0.6), height: Math.round(size * 1.35) };
}

function plate(text: string, left: number, top: number, colour: string, shown: Size): string {
  const { width, height } = plateSize(text, shown);
  const size = fontSize(shown);
  const x = Math.max(0, Math.min(left, shown.width - width));
  const background = `<rect x="${number(x)}" y="${number(top)}" width="${number(width)}" height="${height}" fill="${colour}"/>`;
  return `${background}<text x="${number(x + 0.3 * size)}" y="${number(top + size)}" font-family="sans-serif" font-size="${size}" fill="${textColour(colour)}">${escapeHtml(text)}</text>`;
}

/** Steps to the right, down, to the left and up. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;
/** For each direction, the pixels on the left and on the right ahead, relative to the corner that is reached. */
const ahead = [
  [
    [0, -1],
    [0, 0],
  ],
  [
    [0, 0],
    [-1, 0],
  ],
  [
    [-1, 0],
    [-1, -1],
  ],
  [
    [-1, -1],
    [0, -1],
  ],
] as const;

/**
 * Returns the outline of the pixels with a value, as the `d` attribute of an SVG path. The path runs along the edges of the pixels, one
 * ring for each outer border and each hole; with `fill-rule: evenodd` it fills exactly these pixels. Empty without such a pixel.
 *
 * @param labels uint8[height, width]
 */
export function regionPath(labels: Uint8Array, { width, height }: Size, value: number): string {
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x] === value;
  const seen = new Uint8Array(labels.length);
  let path = "";
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      // Every ring has an upper edge of a pixel, walked to the right.
      if (seen[y * width + x] === 0 && isInside(x, y) && !isInside(x, y - 1))
        path += ring(x, y, isInside, (px, py) => {
          seen[py * width + px] = 1;
        });
  return path;
}

/** Follows a border from the upper edge of a pixel, with the inside on the right. */
function ring(
  startX: number,
  startY: number,
  isInside: (x: number, y: number) => boolean,
  see: (x: number, y: number) => void,
): string {
  let path = `M${startX} ${startY}`;
  let [x, y, direction, length] = [startX, startY, 0, 0];
  do {
    if (direction === 0) see(x, y);
    const [dx, dy] = steps[direction]!;
    x += dx;
    y += dy;
    length++;
    const [left, right] = ahead[direction]!;
    // Pixels that touch at a corner only belong to two rings.
    const turn = !isInside(x + right[0], y + right[1]) ? 1 : isInside(x + left[0], y + left[1]) ? 3 : 0;
    if (turn === 0) continue;
    path += direction % 2 === 0 ? `h${dx * length}` : `v${dy * length}`;
    direction = (direction + turn) % 4;
    length = 0;
  } while (x !== startX || y !== startY || direction !== 0);
  return `${path}z`;
}
