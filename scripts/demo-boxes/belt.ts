/** The conveyor belt under the parts: its colour, weave, dirt and rail. */
import type { Draws } from "../../src/core/random.js";
import { between, type Canvas, type Field, pick, smoothstep } from "../demo/canvas.js";
import type { Scene } from "../demo/light.js";

const colours = [
  { name: "rubber", albedo: [0.05, 0.052, 0.056], gloss: 0.12, weave: 0.5 },
  { name: "green", albedo: [0.035, 0.15, 0.09], gloss: 0.25, weave: 0.12 },
  { name: "blue", albedo: [0.04, 0.12, 0.27], gloss: 0.22, weave: 0.15 },
  { name: "felt", albedo: [0.3, 0.29, 0.27], gloss: 0, weave: 0.3 },
  { name: "steel", albedo: [0.34, 0.35, 0.36], gloss: 0.3, weave: 0 },
] as const;

/** Makes an empty belt of random kind. */
export function makeBelt(canvas: Canvas, d: Draws): Scene {
  const { albedo, gloss, weave, name } = pick(d, colours);
  const along = d.uniform() * Math.PI;
  const worn = canvas.fractal(d, between(d, 60, 140), 3);
  const fine = canvas.fractal(d, 5, 2);
  const brushed = canvas.valueNoise(d, { along: 260, across: 2.4, angle: along });
  const stains = spill(canvas, d);
  const scratches = scratch(canvas, d, along);
  const period = between(d, 5, 8);
  const [c, s] = [Math.cos(along), Math.sin(along)];
  const threads = canvas.field(
    (x, y) =>
      Math.sin((2 * Math.PI * (c * x + s * y)) / period) * Math.sin((2 * Math.PI * (c * y - s * x)) / period),
  );
  const shade = worn.map(
    (v, i) =>
      1 +
      0.22 * v +
      0.12 * fine[i]! +
      (name === "steel" ? 0.2 * brushed[i]! : 0.25 * weave * threads[i]!) +
      0.5 * scratches[i]! -
      0.45 * stains[i]!,
  );
  const channel = (k: number): Field => shade.map((v) => Math.max(0.004, albedo[k]! * v));
  const belt: Scene = {
    albedo: [channel(0), channel(1), channel(2)],
    // Oil fills the weave.
    height: threads.map((v, i) => (0.35 * weave * v + 0.12 * fine[i]!) * (1 - 0.9 * stains[i]!) + 0.2),
    metal: canvas.field(() => (name === "steel" ? 0.35 : 0)),
    gloss: stains.map((v) => gloss + 0.25 * v),
  };
  if (d.chance(0.3)) addRail(canvas, d, belt);
  return belt;
}

/** Oil: dark and shiny patches. */
function spill(canvas: Canvas, d: Draws): Field {
  if (!d.chance(0.45)) return canvas.field(() => 0);
  const outline = canvas.fractal(d, between(d, 40, 90), 4);
  const level = between(d, 0.25, 0.45);
  return outline.map((v) => smoothstep(level, level + 0.08, v));
}

/** Bright lines in the direction of travel. */
function scratch(canvas: Canvas, d: Draws, along: number): Field {
  const lines = canvas.valueNoise(d, { along: between(d, 90, 220), across: 1.8, angle: along });
  const level = between(d, 0.72, 0.95);
  return lines.map((v) => smoothstep(level, 1, v));
}

/** A guide of sheet metal along one edge of the picture. */
function addRail({ width, height }: Canvas, d: Draws, belt: Scene): void {
  const wide = between(d, 18, 44);
  const side = d.integer(4);
  const tall = between(d, 8, 18);
  const isPainted = d.chance(0.5);
  const stripe = between(d, 16, 26);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const inside = wide - [x, width - x, y, height - y][side]!;
      if (inside < 0) continue;
      const t = side < 2 ? y : x;
      const isDark = Math.floor((t + inside) / stripe) % 2 === 0;
      const colour = !isPainted ? [0.5, 0.51, 0.53] : isDark ? [0.03, 0.03, 0.03] : [0.75, 0.5, 0.03];
      for (const [c, channel] of belt.albedo.entries()) channel[i] = colour[c]!;
      belt.height[i] = tall * Math.min(1, 0.3 + inside / 4);
      belt.metal[i] = isPainted ? 0 : 0.6;
      belt.gloss[i] = 0.15;
    }
}
