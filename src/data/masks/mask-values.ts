import { EngraftError } from "../../core/errors.js";
import type { Box } from "../boxes/box.js";
import { count, quoted } from "../split/found.js";
import type { StoredPng } from "./read-png.js";

/** What the values of a dataset's masks mean. */
export type MaskKind =
  /** 0 and 255, or 0 and 1: background and one class. */
  | { readonly kind: "binary"; readonly high: number }
  /** Class numbers, as grey levels or as indices of a palette. 255 is a pixel that no score counts. */
  | { readonly kind: "classes"; readonly highest: number }
  /** A number for each object; 0 is the background. */
  | { readonly kind: "instances" }
  /** A colour for each class. */
  | { readonly kind: "colours" }
  /** No files: masks are drawn from the outlines of annotations. */
  | { readonly kind: "outlines" };

/** Facts about the values of one mask. */
export interface MaskFacts {
  readonly colour: StoredPng["colour"];
  readonly depth: number;
  /** Different values; of a mask in colour, 0xRRGGBB. */
  readonly values: ReadonlySet<number>;
}

/** More different values than these are objects, not classes. */
const mostClasses = 64;
/** Different values that are collected; a photograph has more. */
const mostValues = 70_000;

/** Returns the different values of a mask. A mask in colour whose channels are all equal is grey. */
export function factsOfMask({ colour, depth, channels, values }: StoredPng): MaskFacts {
  const found = new Set<number>();
  const inColour = colour === "rgb" || colour === "rgba";
  let isGrey = inColour;
  for (let i = 0; i < values.length && found.size < mostValues; i += channels) {
    if (!inColour) found.add(values[i]!);
    else {
      const [r, g, b] = [values[i]!, values[i + 1]!, values[i + 2]!];
      if (r !== g || g !== b) isGrey = false;
      found.add((r << 16) | (g << 8) | b);
    }
  }
  if (!isGrey) return { colour, depth, values: found };
  return { colour: "grey", depth, values: new Set([...found].map((value) => value & 0xff)) };
}

/**
 * Decides what the values of masks mean, over all masks together: 255 is an object if all values are 0 and 255, and otherwise a pixel
 * that no score counts.
 * @throws DataError for grey masks beside masks in colour
 */
export function decideMaskKind(
  masks: readonly { readonly name: string; readonly facts: MaskFacts }[],
): MaskKind {
  const inColour = masks.filter(({ facts }) => facts.colour === "rgb" || facts.colour === "rgba");
  const first = inColour[0];
  if (first !== undefined) {
    // A mask that is all background is grey, even between masks in colour.
    const other = masks.find(({ facts }) => facts.colour === "palette" || facts.depth === 16);
    if (other !== undefined)
      throw new EngraftError(
        "DataError",
        `some masks are in colour, others are not: ${quoted([first.name, other.name])}`,
        {
          help: "save all masks in one form",
        },
      );
    return { kind: "colours" };
  }
  const values = new Set<number>();
  for (const { facts } of masks) for (const value of facts.values) values.add(value);
  const isPalette = masks.some(({ facts }) => facts.colour === "palette");
  const without = [...values].filter((value) => value !== 255);
  const highest = Math.max(0, ...without);
  if (isPalette) return { kind: "classes", highest };
  if (masks.some(({ facts }) => facts.depth === 16) || without.length > mostClasses)
    return { kind: "instances" };
  if (highest === 0 && values.has(255)) return { kind: "binary", high: 255 };
  if (highest <= 1 && !values.has(255)) return { kind: "binary", high: 1 };
  return { kind: "classes", highest };
}

/** A colour map: the class of each colour 0xRRGGBB. */
export interface ColourMap {
  readonly classes: readonly string[];
  readonly labels: ReadonlyMap<number, number>;
}

/**
 * Reads a colour map: lines `name,r,g,b`, or `name:r,g,b::` as CVAT writes them.
 * @throws DataError with the line
 */
export function readColourMap(text: string, file: string): ColourMap {
  const classes: string[] = [];
  const labels = new Map<number, number>();
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === "" || line.startsWith("#") || (i === 0 && /^\W*(name|class|label)\b/i.test(line)))
      continue;
    const found = /^(.+?)\s*[,:;\t]\s*(\d+)\s*[,;\t ]\s*(\d+)\s*[,;\t ]\s*(\d+)\s*(?:$|[:,;])/.exec(line);
    const rgb = found?.slice(2, 5).map(Number);
    if (!found || !rgb?.every((v) => v <= 255))
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(file)}, line ${i + 1} is no colour: ${JSON.stringify(line.slice(0, 80))}`,
        {
          help: "write name,red,green,blue with numbers from 0 to 255",
        },
      );
    const colour = (rgb[0]! << 16) | (rgb[1]! << 8) | rgb[2]!;
    if (labels.has(colour))
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(file)}, line ${i + 1} has the colour of ${JSON.stringify(classes[labels.get(colour)!])} again`,
        {
          help: "give each class its own colour",
        },
      );
    labels.set(colour, classes.push(found[1]!.trim().normalize("NFC")) - 1);
  }
  return { classes, labels };
}

/**
 * Returns the class of each pixel: uint8[height, width], 255 for pixels that no score counts. Instances become class 1.
 * @throws DataError for a colour that is missing in the map, with its number of pixels
 */
export function classesOfMask(
  png: StoredPng,
  kind: MaskKind,
  map: ColourMap | undefined,
  name: string,
): Uint8Array {
  const { width, height, channels, values } = png;
  const out = new Uint8Array(width * height);
  const unknown = new Map<number, number>();
  for (let i = 0; i < out.length; i++) {
    const value = values[i * channels]!;
    if (kind.kind === "binary" || kind.kind === "instances") out[i] = value > 0 ? 1 : 0;
    else if (kind.kind === "classes") out[i] = value;
    else {
      const isGrey = channels < 3;
      const [g, b] = isGrey ? [value, value] : [values[i * channels + 1]!, values[i * channels + 2]!];
      const colour = (value << 16) | (g << 8) | b;
      const label = map?.labels.get(colour);
      if (label === undefined) unknown.set(colour, (unknown.get(colour) ?? 0) + 1);
      else out[i] = label;
    }
  }
  if (unknown.size === 0) return out;
  const shown = [...unknown].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const words = shown.map(
    ([colour, n]) => `${[colour >> 16, (colour >> 8) & 255, colour & 255].join(",")} (${count(n, "pixel")})`,
  );
  throw new EngraftError(
    "DataError",
    `the mask ${JSON.stringify(name)} has ${count(unknown.size, "colour")} that no class has: ${words.join("; ")}`,
    {
      help: map
        ? "add them to the colour map, or correct the mask"
        : "add a colour map classes.csv with lines name,red,green,blue",
    },
  );
}

/** Returns the box and area of each object in a mask of instances. Each number but 0 is an object. */
export function boxesOfInstances({
  width,
  channels,
  values,
}: StoredPng): { readonly box: Box; readonly area: number }[] {
  const found = new Map<number, { x1: number; y1: number; x2: number; y2: number; area: number }>();
  for (let i = 0; i < values.length; i += channels) {
    const value = values[i]!;
    if (value === 0) continue;
    const [x, y] = [(i / channels) % width, Math.floor(i / channels / width)];
    const one = found.get(value);
    if (one === undefined) found.set(value, { x1: x, y1: y, x2: x + 1, y2: y + 1, area: 1 });
    else {
      one.x1 = Math.min(one.x1, x);
      one.x2 = Math.max(one.x2, x + 1);
      one.y2 = y + 1;
      one.area++;
    }
  }
  return [...found]
    .sort((a, b) => a[0] - b[0])
    .map(([, { x1, y1, x2, y2, area }]) => ({ box: [x1, y1, x2, y2], area }));
}
