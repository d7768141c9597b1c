/** Light on a scene that is seen from above: diffuse light, reflections, cast shadows, dark corners between things. */
import { type Canvas, type Field, smoothstep } from "./canvas.js";

/** What is seen at each point. */
export interface Scene {
  /** Share of light given back, linear, one field a channel. */
  readonly albedo: readonly [Field, Field, Field];
  /** Height above the ground, pixels. */
  readonly height: Field;
  /** 0 for a matt surface to 1 for bare metal. */
  readonly metal: Field;
  /** Strength of the mirror-like part of a surface that is no metal. */
  readonly gloss: Field;
}

export interface Lamp {
  /** Direction to the lamp in the picture's plane, and angle above it, radians. */
  readonly azimuth: number;
  readonly elevation: number;
  /** Strength of the light from everywhere, 0 … 1; the lamp has the rest. */
  readonly ambient: number;
  /** Width of a shadow's edge by distance from what casts it. */
  readonly softness: number;
}

/** Returns the light that reaches the camera, linear, one field a channel. */
export function illuminate(canvas: Canvas, scene: Scene, lamp: Lamp): [Field, Field, Field] {
  const { width, height } = canvas;
  const { azimuth, elevation, ambient } = lamp;
  const l = [
    Math.cos(azimuth) * Math.cos(elevation),
    Math.sin(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
  ] as const;
  const lit = castShadows(canvas, scene.height, lamp);
  const around = canvas.blur(scene.height, 5);
  const out: [Field, Field, Field] = [canvas.field(() => 0), canvas.field(() => 0), canvas.field(() => 0)];
  const at = (x: number, y: number): number =>
    scene.height[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      // A step down from a thing is no slope of it: at most 60°.
      const slope = (a: number, b: number) => Math.max(-1.7, Math.min(1.7, (b - a) / 2));
      const [dx, dy] = [slope(at(x + 1, y), at(x - 1, y)), slope(at(x, y + 1), at(x, y - 1))];
      const length = Math.hypot(dx, dy, 1);
      const n = [dx / length, dy / length, 1 / length] as const;
      const open = 1 - 0.75 * smoothstep(0, 14, around[i]! - scene.height[i]!);
      const facing = Math.max(0, n[0] * l[0] + n[1] * l[1] + n[2] * l[2]);
      const diffuse = ambient * open + ((1 - ambient) * lit[i]! * facing) / l[2];
      // r is the direction in which the camera's view straight down is thrown back.
      const r = [2 * n[2] * n[0], 2 * n[2] * n[1], 2 * n[2] * n[2] - 1] as const;
      const towards = Math.max(0, r[0] * l[0] + r[1] * l[1] + r[2] * l[2]);
      const metal = scene.metal[i]!;
      const mirrored = open * room(r, azimuth) * (0.35 + 0.65 * lit[i]!) + 2.2 * lit[i]! * towards ** 18;
      const shine = scene.gloss[i]! * lit[i]! * towards ** 24;
      for (const [c, channel] of out.entries())
        channel[i] =
          scene.albedo[c]![i]! * ((1 - metal) * diffuse + metal * (0.25 * diffuse + mirrored)) + shine;
    }
  return out;
}

/** The room that metal reflects: a bright ceiling with a dark gap next to the lamp, and dark walls. */
function room(r: readonly [number, number, number], azimuth: number): number {
  const [side, up] = [r[0] * Math.cos(azimuth + 1) + r[1] * Math.sin(azimuth + 1), r[2]];
  const ceiling = smoothstep(-0.15, 0.75, up);
  const gap = Math.exp(-(((side - 0.28) / 0.12) ** 2));
  return 0.12 + 0.85 * ceiling * (1 - 0.55 * gap);
}

/** Returns the share of the lamp that is seen from each point: 0 in the shadow, 1 in the light. */
function castShadows(
  { width, height }: Canvas,
  heights: Field,
  { azimuth, elevation, softness }: Lamp,
): Field {
  const rise = Math.tan(elevation);
  const [stepX, stepY] = [Math.cos(azimuth), Math.sin(azimuth)];
  const highest = heights.reduce((a, b) => Math.max(a, b), 0);
  const out = new Float64Array(width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      let hidden = 0;
      for (let s = 1; heights[i]! + s * rise < highest && hidden < 1; s++) {
        const [px, py] = [Math.round(x + s * stepX), Math.round(y + s * stepY)];
        if (px < 0 || py < 0 || px >= width || py >= height) break;
        const above = heights[py * width + px]! - heights[i]! - s * rise;
        hidden = Math.max(hidden, above / (0.6 + softness * s));
      }
      out[i] = 1 - Math.min(1, Math.max(0, hidden));
    }
  return out;
}

/** Returns every field as means of blocks of 2 × 2 pixels. @param width of the large field */
export function halve(source: Field, width: number): Field {
  const [w, h] = [width / 2, source.length / width / 2];
  const out = new Float64Array(w * h);
  for (let y = 0, i = 0; y < h; y++)
    for (let x = 0; x < w; x++, i++) {
      const at = 2 * y * width + 2 * x;
      out[i] = (source[at]! + source[at + 1]! + source[at + width]! + source[at + width + 1]!) / 4;
    }
  return out;
}
