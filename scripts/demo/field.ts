/**
 * Square arrays of numbers, and smooth noise on them. Every random number is a draw of src/core/random.ts, so an image
 * depends only on its seed.
 */
import type { Draws } from "../../src/core/random.js";

/** Side of a rendered image, pixels. */
export const SIZE = 128;

/** One number a pixel, row by row. */
export type Field = Float64Array;

/** A field from a function of the pixel's centre (x to the right, y down, in pixels). */
export function field(f: (x: number, y: number) => number): Field {
  const out = new Float64Array(SIZE * SIZE);
  for (let y = 0, i = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++, i++) out[i] = f(x + 0.5, y + 0.5);
  return out;
}

/** 0 below a, 1 above b, 3t² - 2t³ between. */
export function smoothstep(a: number, b: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - a) / (b - a)));
  return t * t * (3 - 2 * t);
}

/** A uniform draw in [low, high). */
export function between(d: Draws, low: number, high: number): number {
  return low + (high - low) * d.uniform();
}

/** Returns one of several, all equally likely. */
export function pick<T>(d: Draws, of: readonly T[]): T {
  return of[d.integer(of.length)]!;
}

export interface NoiseOptions {
  /** Distance of the lattice's points along and across `angle`, pixels. */
  readonly along: number;
  readonly across?: number;
  /** Radians. */
  readonly angle?: number;
}

/** Value noise in [-1, 1]: random numbers on a lattice, smoothly interpolated between its points. */
export function valueNoise(d: Draws, { along, across = along, angle = 0 }: NoiseOptions): Field {
  // Half a diagonal of the image, so that the rotated lattice covers its corners.
  const reach = SIZE * Math.SQRT1_2;
  const columns = Math.ceil((2 * reach) / along) + 3;
  const rows = Math.ceil((2 * reach) / across) + 3;
  const lattice = Float64Array.from({ length: columns * rows }, () => 2 * d.uniform() - 1);
  const [shiftU, shiftV] = [d.uniform(), d.uniform()];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return field((x, y) => {
    const [dx, dy] = [x - SIZE / 2, y - SIZE / 2];
    const u = (c * dx + s * dy + reach) / along + shiftU;
    const v = (-s * dx + c * dy + reach) / across + shiftV;
    const [i, j] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [smoothstep(0, 1, u - i), smoothstep(0, 1, v - j)];
    const at = j * columns + i;
    const upper = lattice[at]! * (1 - a) + lattice[at + 1]! * a;
    const lower = lattice[at + columns]! * (1 - a) + lattice[at + columns + 1]! * a;
    return upper * (1 - b) + lower * b;
  });
}

/** Fractal noise: f = sum_k gain^k noise(cell / 2^k), divided by sum_k gain^k. */
export function fractal(d: Draws, cell: number, octaves: number, gain = 0.5): Field {
  const out = new Float64Array(SIZE * SIZE);
  let [weight, total] = [1, 0];
  for (let k = 0; k < octaves; k++) {
    const noise = valueNoise(d, { along: cell / 2 ** k, angle: d.uniform() * Math.PI });
    for (let i = 0; i < out.length; i++) out[i]! += weight * noise[i]!;
    total += weight;
    weight *= gain;
  }
  for (let i = 0; i < out.length; i++) out[i]! /= total;
  return out;
}

/** Gaussian blur, separable, edges repeated. */
export function blur(source: Field, sigma: number): Field {
  if (sigma < 0.05) return source;
  const radius = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = kernel.reduce((a, b) => a + b, 0);
  const pass = (from: Field, stepX: number, stepY: number): Field => {
    const out = new Float64Array(SIZE * SIZE);
    for (let y = 0, i = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++, i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const px = Math.min(SIZE - 1, Math.max(0, x + k * stepX));
          const py = Math.min(SIZE - 1, Math.max(0, y + k * stepY));
          sum += kernel[k + radius]! * from[py * SIZE + px]!;
        }
        out[i] = sum / total;
      }
    }
    return out;
  };
  return pass(pass(source, 1, 0), 0, 1);
}
