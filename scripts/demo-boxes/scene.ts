/** Parts on a belt: which there are, where they lie, which of them can be seen. */
import { draws } from "../../src/core/random.js";
import { between, type Canvas, pick, smoothstep } from "../demo/canvas.js";
import type { Scene } from "../demo/light.js";
import { makeBelt } from "./belt.js";
import { makePart, type OtherName, otherNames, type Part, type PartName, partNames } from "./parts.js";

/** A part in a scene. */
export interface Placed {
  readonly name: PartName | OtherName;
  /** Number of its points, seen or not, inside the picture or not. */
  readonly points: number;
}

/** A scene with what is seen at each point. */
export interface PartScene {
  readonly scene: Scene;
  readonly placed: readonly Placed[];
  /** Position in `placed` + 1 of the part that is seen at each point; 0 for the belt. */
  readonly seen: Uint8Array;
}

/** Least share of a part that is seen, inside the picture and not covered. */
const leastSeen = 0.6;

interface Material {
  readonly albedo: readonly [number, number, number];
  readonly metal: number;
  readonly gloss: number;
}

const metals: readonly Material[] = [
  { albedo: [0.76, 0.77, 0.79], metal: 1, gloss: 0 }, // zinc
  { albedo: [0.6, 0.6, 0.6], metal: 1, gloss: 0 }, // steel
  { albedo: [0.36, 0.36, 0.38], metal: 0.9, gloss: 0 }, // dark steel
  { albedo: [0.83, 0.62, 0.26], metal: 1, gloss: 0 }, // brass
  { albedo: [0.78, 0.7, 0.42], metal: 0.95, gloss: 0 }, // yellow zinc
  { albedo: [0.8, 0.45, 0.3], metal: 1, gloss: 0 }, // copper
  { albedo: [0.035, 0.035, 0.04], metal: 0.15, gloss: 0.35 }, // black oxide
];
const rubbers: readonly Material[] = [
  { albedo: [0.025, 0.025, 0.028], metal: 0, gloss: 0.2 },
  { albedo: [0.4, 0.06, 0.04], metal: 0, gloss: 0.2 },
];

/** Makes a scene of random parts. @param key names the picture */
export function makeScene(canvas: Canvas, seed: number, key: number): PartScene {
  const of = (purpose: string) => draws(seed, `demo boxes ${purpose}`, key);
  const d = of("scene");
  const scene = makeBelt(canvas, of("belt"));
  const seen = new Uint8Array(canvas.width * canvas.height);
  const rust = canvas.fractal(of("rust"), 14, 3);
  const size = 2 * between(d, 0.95, 1.7);
  const wanted = d.chance(0.09) ? 0 : 1 + d.integer(5) + d.integer(7);
  const others = d.chance(0.65) ? 1 + d.integer(3) : 0;
  // Some of the pictures have a heap, in which parts cover each other.
  const heap = d.chance(0.35)
    ? { x: between(d, 0.25, 0.75) * canvas.width, y: between(d, 0.25, 0.75) * canvas.height }
    : undefined;
  const names: (PartName | OtherName)[] = [
    ...Array.from({ length: others }, () => pick(d, otherNames)),
    ...Array.from({ length: wanted }, () => pick(d, partNames)),
  ];
  const order = names.map((name) => ({ name, at: d.uniform() })).sort((a, b) => a.at - b.at);
  const batch = pick(d, metals);
  const placed: Placed[] = [];
  for (const { name } of order)
    for (let attempt = 0; attempt < 6; attempt++) {
      const part = makePart(name, d, size);
      const inHeap = heap !== undefined && d.chance(0.75);
      const x = inHeap ? heap.x + 46 * d.normal() : d.uniform() * canvas.width;
      const y = inHeap ? heap.y + 38 * d.normal() : d.uniform() * canvas.height;
      const stamp = stampOf(canvas, part, x, y, d.uniform() * 2 * Math.PI);
      // Most parts of a picture come from one batch.
      const metal = d.chance(0.6) ? batch : pick(d, metals);
      const material = name === "ring" ? pick(d, rubbers) : metal;
      const rusty = d.chance(0.1) ? between(d, 0.05, 0.35) : 1;
      if (!canBePlaced(stamp, seen, placed)) continue;
      placed.push({ name, points: stamp.points });
      lay(scene, seen, stamp, placed.length, material, rust, rusty);
      break;
    }
  return { scene, placed, seen };
}

/** The points that a part covers. */
interface Stamp {
  readonly points: number;
  /** Positions inside the picture, with the part's own height at each. */
  readonly at: readonly { readonly i: number; readonly height: number }[];
}

function stampOf({ width, height }: Canvas, part: Part, x: number, y: number, turn: number): Stamp {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const at: { i: number; height: number }[] = [];
  let points = 0;
  for (let py = Math.floor(y - part.reach); py <= y + part.reach; py++)
    for (let px = Math.floor(x - part.reach); px <= x + part.reach; px++) {
      const [dx, dy] = [px + 0.5 - x, py + 0.5 - y];
      const own = part.heightAt(c * dx + s * dy, c * dy - s * dx);
      if (own === undefined) continue;
      points++;
      if (px >= 0 && py >= 0 && px < width && py < height) at.push({ i: py * width + px, height: own });
    }
  return { points, at };
}

/** True if enough of the part is inside the picture, and enough of each part under it stays in sight. */
function canBePlaced(stamp: Stamp, seen: Uint8Array, placed: readonly Placed[]): boolean {
  if (stamp.at.length < leastSeen * stamp.points) return false;
  const left = placed.map(() => 0);
  for (const id of seen) if (id > 0) left[id - 1]!++;
  for (const { i } of stamp.at) if (seen[i]! > 0) left[seen[i]! - 1]!--;
  return placed.every(({ points }, k) => left[k]! >= leastSeen * points);
}

/** Lays a part onto what is there. */
function lay(
  scene: Scene,
  seen: Uint8Array,
  stamp: Stamp,
  id: number,
  material: Material,
  rust: Float64Array,
  rusty: number,
): void {
  // It rests on the higher things under it.
  const under = Float64Array.from(stamp.at, ({ i }) => scene.height[i]!).sort();
  const ground = 0.75 * under[Math.floor(0.95 * (under.length - 1))]!;
  for (const { i, height } of stamp.at) {
    seen[i] = id;
    scene.height[i] = ground + height;
    const patch = smoothstep(rusty, rusty + 0.12, rust[i]!);
    const [r, g, b] = material.albedo;
    const colours = [r + patch * (0.3 - r), g + patch * (0.12 - g), b + patch * (0.05 - b)];
    for (const [c, channel] of scene.albedo.entries()) channel[i] = colours[c]!;
    scene.metal[i] = material.metal * (1 - patch);
    scene.gloss[i] = material.gloss * (1 - patch);
  }
}
