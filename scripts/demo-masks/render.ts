/** One picture of the demo set of masks: leaves with diseased spots on the ground. */
import { draws } from "../../src/core/random.js";
import { photograph } from "../demo/camera.js";
import { between, canvas, type Field, smoothstep } from "../demo/canvas.js";
import { halve, illuminate, type Scene } from "../demo/light.js";
import { dapple, eachNear, makeGround, paint } from "./ground.js";
import { anySpecies, type Leaf, type LeafPoint, makeLeaf } from "./leaf.js";
import { anyDisease, type Colour, depthIn, diseasedColour, makeBits, makeHoles, makeSpots } from "./spots.js";

/** Classes of the mask: everything else, healthy tissue of a green leaf, diseased tissue. */
export const classNames = ["background", "leaf", "spot"] as const;
/** Colours of the classes in the palette of a mask. */
export const classColours = [
  [0, 0, 0],
  [86, 180, 90],
  [213, 94, 0],
] as const;
export const [width, height] = [224, 160];
/** Number of pictures of each part; they are numbered through. */
export const counts = { train: 54, test: 26 } as const;
export const demoSeed = 0;
/** JPEG quality. */
export const quality = 80;

export interface Picture {
  /** height × width × 3 bytes, RGB. */
  readonly rgb: Uint8Array;
  /** height × width bytes, positions in `classNames`. */
  readonly mask: Uint8Array;
}

/** The scene is drawn with twice the width and height. */
const large = canvas(2 * width, 2 * height);
const small = canvas(width, height);

/** Renders picture `index`. Equal arguments give equal bytes. */
export function renderPicture(index: number, seed = demoSeed): Picture {
  const of = (purpose: string) => draws(seed, `demo masks ${purpose}`, index);
  const scene = makeGround(large, of("ground"));
  const labels = new Uint8Array(large.width * large.height);
  const d = of("leaves");
  const kind = anySpecies(d);
  const leaves = 1 + d.integer(3);
  const scale = between(d, 0.95, 1.35) * [1.25, 1.05, 0.9][leaves - 1]!;
  for (let k = 0; k < leaves; k++)
    layLeaf(scene, labels, makeLeaf(large, d, kind, scale), draws(seed, "demo masks leaf", index, k), k);
  const light = of("light");
  const lit = illuminate(large, scene, {
    azimuth: light.uniform() * 2 * Math.PI,
    elevation: between(light, 0.55, 1.2),
    ambient: between(light, 0.3, 0.65),
    softness: between(light, 0.05, 0.4),
  });
  const shade = dapple(large, of("dapple"));
  const [r, g, b] = lit.map((channel) =>
    halve(shade ? channel.map((v, i) => v * shade[i]!) : channel, large.width),
  ) as [Field, Field, Field];
  const camera = { mean: [0.09, 0.23], grain: [0.003, 0.012], blur: [0.3, 0.7] } as const;
  return { rgb: photograph(small, [r, g, b], of("camera"), camera), mask: halveLabels(labels) };
}

/** Lays a leaf with its spots onto what is there. @param k number of leaves under it */
function layLeaf(scene: Scene, labels: Uint8Array, leaf: Leaf, d: ReturnType<typeof draws>, k: number): void {
  const disease = anyDisease(d);
  const spots = d.chance(0.8) ? makeSpots(d, leaf, disease, d.uniform()) : [];
  const [bits, holes] = [makeBits(d, leaf), makeHoles(d, leaf)];
  const mottled = large.fractal(d, between(d, 16, 34), 3);
  const rough = large.fractal(d, 11, 3, 0.6);
  const fresh: Colour = [between(d, 0.06, 0.15), between(d, 0.15, 0.29), between(d, 0.03, 0.08)];
  const pale = d.chance(0.35) ? between(d, 0.3, 0.9) : 0;
  const gloss = between(d, 0.02, 0.1);
  const base = 9 + 6 * k;
  eachNear(large.width, large.height, leaf.x, leaf.y, leaf.reach, (i, dx, dy) => {
    const [x, y] = [leaf.x + dx, leaf.y + dy];
    const point = leaf.at(x, y);
    if (point === undefined || depthIn(holes, x, y, rough[i]!) > 0) return;
    const depth = point.t < 0 ? -9 : depthIn(spots, x, y, rough[i]!);
    const green = healthy(fresh, point, mottled[i]!, pale);
    const colour = diseasedColour(green, disease, depth, mottled[i]!);
    const bump = disease.raised * smoothstep(0, 0.5, depth);
    labels[i] = depth > 0 ? 2 : 1;
    paint(scene, i, colour, base + point.height + bump, gloss * (depth > 0 ? 0.2 : 1));
    const bit = depthIn(bits.spots, x, y, 0);
    if (bit <= 0) return;
    const dome = Math.sqrt(1 - (1 - bit) ** 2);
    if (bits.kind === "soil") paint(scene, i, [0.13, 0.08, 0.05], scene.height[i]! + 3 * dome, 0.01);
    else {
      const deeper: Colour = [colour[0] * 0.75, colour[1] * 0.75, colour[2] * 0.75];
      paint(scene, i, deeper, scene.height[i]! + 5 * dome, 0.9);
    }
  });
}

/** Green that is lighter along the veins, uneven, and pale between the veins of a starved leaf. */
function healthy([r, g, b]: Colour, { q, vein }: LeafPoint, noise: number, pale: number): Colour {
  const v = 1 + 0.28 * noise + 0.35 * vein;
  const yellowed = pale * smoothstep(0.3, 1, Math.abs(q)) * (1 - vein);
  return [r * v + yellowed * 0.28, g * v + yellowed * 0.16, b * v];
}

/** Returns the most frequent label of each block of 2 × 2 points; of equal ones the highest. */
function halveLabels(labels: Uint8Array): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const at = 2 * y * large.width + 2 * x;
      const tally = classNames.map(() => 0);
      for (const p of [at, at + 1, at + large.width, at + large.width + 1]) tally[labels[p]!]!++;
      out[i] = tally.lastIndexOf(Math.max(...tally));
    }
  return out;
}
