/** Diseases of a leaf as spots, and what only looks like them. */
import type { Draws } from "../../src/core/random.js";
import { between, type Field, pick, smoothstep } from "../demo/canvas.js";
import type { Leaf } from "./leaf.js";

export type Colour = readonly [red: number, green: number, blue: number];

interface Disease {
  readonly core: Colour;
  readonly margin: Colour;
  readonly halo: Colour;
  /** Radius of a spot, pixels, and how many there are. */
  readonly radius: readonly [number, number];
  readonly count: readonly [number, number];
  /** Height of its middle over the leaf. */
  readonly raised: number;
}

const yellow: Colour = [0.5, 0.48, 0.06];
const diseases: readonly Disease[] = [
  // Brown spot with a dark margin.
  {
    core: [0.3, 0.17, 0.07],
    margin: [0.1, 0.05, 0.02],
    halo: yellow,
    radius: [6, 17],
    count: [2, 11],
    raised: -1,
  },
  // Grey, papery spot with a purple margin.
  {
    core: [0.46, 0.42, 0.34],
    margin: [0.14, 0.05, 0.07],
    halo: [0.3, 0.3, 0.06],
    radius: [5, 13],
    count: [3, 14],
    raised: -1.5,
  },
  // Rust: many small orange pustules.
  {
    core: [0.52, 0.2, 0.02],
    margin: [0.36, 0.14, 0.02],
    halo: yellow,
    radius: [3.2, 6.5],
    count: [10, 40],
    raised: 2,
  },
  // Blight: few large brown areas that begin at the edge.
  {
    core: [0.2, 0.12, 0.05],
    margin: [0.11, 0.07, 0.03],
    halo: [0.36, 0.36, 0.05],
    radius: [22, 48],
    count: [1, 3],
    raised: -2,
  },
];
export const anyDisease = (d: Draws): Disease => pick(d, diseases);

export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly squeeze: number;
  readonly turn: number;
}

/** Draws the places of a disease on a leaf. @param severity 0 … 1 */
export function makeSpots(d: Draws, leaf: Leaf, disease: Disease, severity: number): Spot[] {
  const [fewest, most] = disease.count;
  const count = Math.round(fewest + (most - fewest) * severity);
  const atEdge = disease.radius[0] > 20;
  // Spots stand closer in one part of the leaf.
  const [t0, q0] = [between(d, 0.25, 0.75), between(d, -0.5, 0.5)];
  return Array.from({ length: count }, () => {
    const isNear = d.chance(0.5);
    const t = isNear ? t0 + 0.12 * d.normal() : between(d, 0.08, 0.92);
    const q = atEdge
      ? (d.chance(0.5) ? 1 : -1) * between(d, 0.7, 1)
      : isNear
        ? q0 + 0.3 * d.normal()
        : between(d, -0.9, 0.9);
    const [x, y] = leaf.toPicture(Math.min(0.97, Math.max(0.04, t)), Math.min(1, Math.max(-1, q)));
    return {
      ...{ x, y, radius: between(d, ...disease.radius) },
      ...{ squeeze: between(d, 0.65, 1), turn: d.uniform() * Math.PI },
    };
  });
}

/** How deep a point is in the nearest spot: 1 in its middle, 0 at its margin, below 0 outside. @param rough noise */
export function depthIn(spots: readonly Spot[], x: number, y: number, rough: number): number {
  let deepest = -9;
  for (const spot of spots) {
    const [dx, dy] = [x - spot.x, y - spot.y];
    if (Math.abs(dx) > 3 * spot.radius || Math.abs(dy) > 3 * spot.radius) continue;
    const [c, s] = [Math.cos(spot.turn), Math.sin(spot.turn)];
    const distance = Math.hypot(c * dx + s * dy, (c * dy - s * dx) / spot.squeeze) / spot.radius;
    deepest = Math.max(deepest, 1 - distance + 0.3 * rough);
  }
  return deepest;
}

/** Returns the colour of a leaf that is `depth` deep in a spot. @param soft noise that fades the halo */
export function diseasedColour(
  leaf: Colour,
  { core, margin, halo }: Disease,
  depth: number,
  soft: number,
): Colour {
  const mix = (a: Colour, b: Colour, share: number): Colour => [
    a[0] + share * (b[0] - a[0]),
    a[1] + share * (b[1] - a[1]),
    a[2] + share * (b[2] - a[2]),
  ];
  const around = 0.65 * smoothstep(-0.75, 0, depth + 0.2 * soft);
  const inside = mix(margin, core, smoothstep(0.04, 0.3, depth));
  return mix(mix(leaf, halo, around), inside, smoothstep(-0.05, 0.05, depth));
}

/** Drops of water or crumbs of soil on a leaf. */
export interface Bits {
  readonly kind: "water" | "soil";
  readonly spots: readonly Spot[];
}

export function makeBits(d: Draws, leaf: Leaf): Bits {
  const kind = d.chance(0.55) ? "water" : "soil";
  const count = d.chance(0.55) ? 2 + d.integer(9) : 0;
  const spots = Array.from({ length: count }, () => {
    const [x, y] = leaf.toPicture(between(d, 0.1, 0.9), between(d, -0.85, 0.85));
    const radius = kind === "water" ? between(d, 3, 8) : between(d, 2, 5);
    return { x, y, radius, squeeze: between(d, 0.75, 1), turn: d.uniform() * Math.PI };
  });
  return { kind, spots };
}

/** Holes that insects left: bites of the edge and of the middle. */
export function makeHoles(d: Draws, leaf: Leaf): Spot[] {
  const count = d.chance(0.3) ? 1 + d.integer(5) : 0;
  return Array.from({ length: count }, () => {
    const [x, y] = leaf.toPicture(between(d, 0.15, 0.9), between(d, -1, 1));
    return { x, y, radius: between(d, 4, 12), squeeze: between(d, 0.6, 1), turn: d.uniform() * Math.PI };
  });
}

/** Noise of a field at a point. */
export const noiseAt = (field: Field, width: number, x: number, y: number): number =>
  field[Math.floor(y) * width + Math.floor(x)]!;
