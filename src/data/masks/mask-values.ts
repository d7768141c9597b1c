import { EngraftError } from "../../core/errors.js";
import type { Box } from "../boxes/box.js";
import { refuseRepeatedNames } from "../lists/repeated-names.js";
import { count } from "../split/found.js";
import { type MaskKind, rgbWords } from "./mask-kind.js";
import type { StoredPng } from "./read-png.js";

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
        { help: "write name,red,green,blue with numbers from 0 to 255" },
      );
    const colour = (rgb[0]! << 16) | (rgb[1]! << 8) | rgb[2]!;
    if (labels.has(colour))
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(file)}, line ${i + 1} has the colour of ${JSON.stringify(classes[labels.get(colour)!])} again`,
        { help: "give each class its own colour" },
      );
    labels.set(colour, classes.push(found[1]!.trim().normalize("NFC")) - 1);
  }
  refuseRepeatedNames(classes, file);
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
  const at = "channel" in kind && kind.channel === "alpha" ? channels - 1 : 0;
  const least = (kind.kind === "binary" && kind.least) || 1;
  for (let i = 0; i < out.length; i++) {
    const value = values[i * channels + at]!;
    if (kind.kind === "binary" || kind.kind === "instances") out[i] = value >= least ? 1 : 0;
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
  const words = shown.map(([colour, n]) => `${rgbWords(colour)} (${count(n, "pixel")})`);
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
