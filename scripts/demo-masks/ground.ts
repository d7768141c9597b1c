/** The ground that the leaves lie on. */
import type { Draws } from "../../src/core/random.js";
import { between, type Canvas, type Field, pick } from "../demo/canvas.js";
import type { Scene } from "../demo/light.js";
import { anySpecies, makeLeaf } from "./leaf.js";
import type { Colour } from "./spots.js";

export const groundNames = ["soil", "soil", "gravel", "litter", "board", "stone"] as const;
type GroundName = (typeof groundNames)[number];

/** Sets what is seen at a point. */
export function paint(scene: Scene, i: number, [r, g, b]: Colour, height: number, gloss: number): void {
  scene.albedo[0][i] = r;
  scene.albedo[1][i] = g;
  scene.albedo[2][i] = b;
  scene.height[i] = height;
  scene.gloss[i] = gloss;
}

/** Makes a ground without leaves to be labelled. */
export function makeGround(canvas: Canvas, d: Draws): Scene {
  const name: GroundName = pick(d, groundNames);
  const scene = name === "board" ? board(canvas, d) : earth(canvas, d, name);
  if (name === "gravel") addPebbles(canvas, d, scene, 260);
  if (name === "soil") addPebbles(canvas, d, scene, 8 + d.integer(40));
  if (name === "litter") addDryLeaves(canvas, d, scene, 4 + d.integer(6));
  if (name !== "board" && name !== "stone" && d.chance(0.6)) addBlades(canvas, d, scene, 3 + d.integer(16));
  return scene;
}

const earths: Readonly<Record<Exclude<GroundName, "board">, readonly Colour[]>> = {
  soil: [
    [0.12, 0.075, 0.045],
    [0.2, 0.13, 0.08],
    [0.07, 0.05, 0.038],
  ],
  gravel: [[0.16, 0.14, 0.12]],
  litter: [
    [0.1, 0.065, 0.035],
    [0.16, 0.11, 0.06],
  ],
  stone: [
    [0.36, 0.35, 0.33],
    [0.5, 0.49, 0.46],
    [0.22, 0.24, 0.26],
  ],
};

function earth(canvas: Canvas, d: Draws, name: Exclude<GroundName, "board">): Scene {
  const [r, g, b] = pick(d, earths[name]);
  const lumps = canvas.fractal(d, between(d, 14, 30), 4, 0.6);
  const patches = canvas.fractal(d, between(d, 70, 150), 2);
  const rough = name === "stone" ? 0.7 : between(d, 3, 6);
  const shade = lumps.map((v, i) =>
    Math.max(0.15, 1 + (name === "stone" ? 0.18 : 0.4) * v + 0.25 * patches[i]!),
  );
  return {
    albedo: [shade.map((v) => r * v), shade.map((v) => g * v), shade.map((v) => b * v)],
    height: lumps.map((v) => rough * v),
    metal: canvas.field(() => 0),
    gloss: canvas.field(() => 0.01),
  };
}

function board(canvas: Canvas, d: Draws): Scene {
  const angle = pick(d, [0, Math.PI / 2]) + between(d, -0.15, 0.15);
  const grain = canvas.valueNoise(d, { along: 190, across: between(d, 3, 6), angle });
  const broad = canvas.valueNoise(d, { along: 260, across: 26, angle });
  const plank = between(d, 90, 150);
  const colour = pick(d, [
    [0.36, 0.22, 0.11],
    [0.46, 0.33, 0.19],
    [0.26, 0.23, 0.2],
  ] as const);
  const tones = Array.from({ length: 9 }, () => between(d, 0.75, 1.2));
  const across = canvas.field((x, y) => (Math.cos(angle) * y - Math.sin(angle) * x) / plank + 4);
  const gap = across.map((v) => (Math.abs(v - Math.round(v)) * plank < 2.2 ? 1 : 0));
  const shade = grain.map(
    (v, i) =>
      (1 + 0.16 * v + 0.2 * broad[i]!) * tones[Math.abs(Math.round(across[i]!)) % 9]! * (1 - 0.7 * gap[i]!),
  );
  return {
    albedo: [
      shade.map((v) => colour[0] * v),
      shade.map((v) => colour[1] * v),
      shade.map((v) => colour[2] * v),
    ],
    height: grain.map((v, i) => 0.5 * v - 3 * gap[i]!),
    metal: canvas.field(() => 0),
    gloss: canvas.field(() => 0.05),
  };
}

function addPebbles({ width, height }: Canvas, d: Draws, scene: Scene, count: number): void {
  for (let k = 0; k < count; k++) {
    const [x, y, radius] = [d.uniform() * width, d.uniform() * height, between(d, 4, 4 + 13 * d.uniform())];
    const [squeeze, turn, tone] = [between(d, 0.6, 1), d.uniform() * Math.PI, between(d, 0.1, 0.5)];
    const tint = between(d, -0.12, 0.16);
    const colour: Colour = [tone * (1 + tint), tone, tone * (1 - tint)];
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    eachNear(width, height, x, y, radius, (i, dx, dy) => {
      const rho = Math.hypot(c * dx + s * dy, (c * dy - s * dx) / squeeze) / radius;
      if (rho < 1) paint(scene, i, colour, 0.55 * radius * Math.sqrt(1 - rho * rho), 0.03);
    });
  }
}

/** Dead leaves: brown as a spot is, but ground. */
function addDryLeaves(canvas: Canvas, d: Draws, scene: Scene, count: number): void {
  const mottled = canvas.fractal(d, 18, 3);
  for (let k = 0; k < count; k++) {
    const leaf = makeLeaf(canvas, d, anySpecies(d), between(d, 0.45, 0.8));
    const tone = between(d, 0.5, 1.25);
    const [x, y] = [d.uniform() * canvas.width - leaf.x, d.uniform() * canvas.height - leaf.y];
    eachNear(canvas.width, canvas.height, leaf.x + x, leaf.y + y, leaf.reach, (i, dx, dy) => {
      const point = leaf.at(leaf.x + dx, leaf.y + dy);
      if (point === undefined) return;
      const v = tone * (1 + 0.3 * mottled[i]! + 0.15 * point.vein);
      paint(scene, i, [0.27 * v, 0.16 * v, 0.075 * v], 4 + point.height, 0.03);
    });
  }
}

/** Grass: green as a leaf is, but ground. */
function addBlades({ width, height }: Canvas, d: Draws, scene: Scene, count: number): void {
  for (let k = 0; k < count; k++) {
    let [x, y, turn] = [d.uniform() * width, d.uniform() * height, d.uniform() * 2 * Math.PI];
    const [length, wide, bow] = [between(d, 50, 190), between(d, 1.6, 3.6), between(d, -0.006, 0.006)];
    const isDry = d.chance(0.35);
    const tone = between(d, 0.6, 1.2);
    const colour: Colour = isDry
      ? [0.42 * tone, 0.34 * tone, 0.16 * tone]
      : [0.13 * tone, 0.27 * tone, 0.05 * tone];
    for (let s = 0; s < length; s++) {
      const half = wide * (1 - s / length) ** 0.6;
      eachNear(width, height, x, y, half, (i, dx, dy) => {
        if (Math.hypot(dx, dy) < half)
          paint(scene, i, colour, 4 + 3 * Math.sin((Math.PI * s) / length), 0.06);
      });
      turn += bow;
      [x, y] = [x + Math.cos(turn), y + Math.sin(turn)];
    }
  }
}

/** Calls a function for each point within a square around a place. */
export function eachNear(
  width: number,
  height: number,
  x: number,
  y: number,
  reach: number,
  visit: (i: number, dx: number, dy: number) => void,
): void {
  for (let py = Math.max(0, Math.floor(y - reach)); py <= Math.min(height - 1, y + reach); py++)
    for (let px = Math.max(0, Math.floor(x - reach)); px <= Math.min(width - 1, x + reach); px++)
      visit(py * width + px, px + 0.5 - x, py + 0.5 - y);
}

/** Sunlight through branches: 0 in the shade to 1 in the light. */
export function dapple(canvas: Canvas, d: Draws): Field | undefined {
  if (!d.chance(0.4)) return undefined;
  const noise = canvas.fractal(d, between(d, 50, 120), 2);
  const [level, soft, deep] = [between(d, -0.2, 0.2), between(d, 0.05, 0.25), between(d, 0.35, 0.65)];
  return noise.map((v) => 1 - deep * Math.min(1, Math.max(0, (v - level) / soft)));
}
