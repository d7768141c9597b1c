import type { StoredPng } from "./read-png.js";

/** Facts about the values of one mask. */
export interface MaskFacts {
  readonly colour: StoredPng["colour"];
  readonly depth: number;
  /** Number of pixels of each value; of a mask in colour, of each 0xRRGGBB. */
  readonly values: ReadonlyMap<number, number>;
  /** Number of pixels of each alpha; undefined for a mask without alpha. */
  readonly alphas?: ReadonlyMap<number, number>;
  /** True if one value occurs with several alphas, so alpha says more than the value. */
  readonly alphaTells?: boolean;
  /** Number of connected regions of one value other than 0. 0 for masks in colour. */
  readonly regions: number;
  /** 0xRRGGBB of each used index of a palette. */
  readonly palette?: ReadonlyMap<number, number>;
}

/** Different values that are collected; a photograph has more. */
const mostValues = 70_000;

/** Returns the values of a mask with their numbers of pixels. A mask in colour whose channels are all equal is grey. */
export function factsOfMask(png: StoredPng): MaskFacts {
  const { colour, depth, channels, values } = png;
  const shift = depth === 16 ? 65536 : 256;
  const inColour = colour === "rgb" || colour === "rgba";
  const hasAlpha = colour === "grey-alpha" || colour === "rgba";
  const [found, alphas] = [new Map<number, number>(), new Map<number, number>()];
  const alphaOf = new Map<number, number>();
  let [isGrey, alphaTells] = [true, false];
  for (let i = 0; i < values.length && found.size < mostValues; i += channels) {
    let value = values[i]!;
    if (inColour) {
      const [g, b] = [values[i + 1]!, values[i + 2]!];
      if (value !== g || g !== b) isGrey = false;
      value = (value * shift + g) * shift + b;
    }
    found.set(value, (found.get(value) ?? 0) + 1);
    if (!hasAlpha) continue;
    const alpha = values[i + channels - 1]!;
    alphas.set(alpha, (alphas.get(alpha) ?? 0) + 1);
    const other = alphaOf.get(value);
    if (other === undefined) alphaOf.set(value, alpha);
    else if (other !== alpha) alphaTells = true;
  }
  const asGrey = inColour && isGrey;
  const grey = asGrey ? new Map([...found].map(([value, n]) => [value % shift, n])) : found;
  return {
    colour: inColour && isGrey ? "grey" : colour,
    depth,
    values: grey,
    ...(hasAlpha && { alphas, alphaTells }),
    regions: inColour && !isGrey ? 0 : countRegions(png),
    palette: png.palette && usedColours(found, png.palette),
  };
}

const usedColours = (found: ReadonlyMap<number, number>, palette: Uint8Array): Map<number, number> =>
  new Map(
    [...found.keys()].map((index) => {
      const [r = 0, g = 0, b = 0] = palette.subarray(3 * index, 3 * index + 3);
      return [index, (r << 16) | (g << 8) | b];
    }),
  );

/** A stretch of one value in a row: pixels `from` to `to`, the last one excluded. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly region: number;
}

/**
 * Counts the connected regions of one value other than 0 in the first channel. Pixels that touch at a corner are connected.
 * Runs of a row join the regions of equal runs of the row above (Rosenfeld and Pfaltz 1966).
 */
function countRegions({ width, height, channels, values }: StoredPng): number {
  const parents: number[] = [];
  const root = (i: number): number => {
    let at = i;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  let regions = 0;
  let above: Run[] = [];
  for (let row = 0; row < height; row++) {
    const runs: Run[] = [];
    let first = 0;
    for (let from = 0; from < width; ) {
      const value = values[(row * width + from) * channels]!;
      let to = from + 1;
      while (to < width && values[(row * width + to) * channels] === value) to++;
      if (value !== 0) {
        const region = parents.push(parents.length) - 1;
        regions++;
        while (first < above.length && above[first]!.to < from) first++;
        for (let k = first; k < above.length && above[k]!.from <= to; k++) {
          if (above[k]!.value !== value) continue;
          const [a, b] = [root(above[k]!.region), root(region)];
          if (a === b) continue;
          parents[Math.max(a, b)] = Math.min(a, b);
          regions--;
        }
        runs.push({ from, to, value, region });
      }
      from = to;
    }
    above = runs;
  }
  return regions;
}
