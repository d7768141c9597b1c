/**
 * Rectangular arrays of numbers, and smooth noise on them. Every random number is a draw of src/core/random.ts, so an image
 * depends only on its seed.
 */
import type { Draws } from "../../src/core/random.js";

/** One number a pixel, row by row. */
export type Field = Float64Array;

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

/** What can be made in one size. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** A field from a function of the pixel's centre (x to the right, y down, in pixels). */
  field(f: (x: number, y: number) => number): Field;
  /** Value noise in [-1, 1]: random numbers on a lattice, smoothly interpolated between its points. */
  valueNoise(d: Draws, options: NoiseOptions): Field;
  /** Fractal noise: f = sum_k gain^k noise(cell / 2^k), divided by sum_k gain^k. */
  fractal(d: Draws, cell: number, octaves: number, gain?: number): Field;
  /** Gaussian blur, separable, edges repeated. */
  blur(source: Field, sigma: number): Field;
}

/** A canvas of width × height pixels. */
export function canvas(width: number, height: number): Canvas {
  const field: Canvas["field"] = (f) => {
    const out = new Float64Array(width * height);
    for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) out[i] = f(x + 0.5, y + 0.5);
    return out;
  };
  const valueNoise: Canvas["valueNoise"] = (d, { along, across = along, angle = 0 }) => {
    // Half a diagonal of the image, so that the rotated lattice covers its corners.
    const reach = Math.hypot(width, height) / 2;
    const columns = Math.ceil((2 * reach) / along) + 3;
    const rows = Math.ceil((2 * reach) / across) + 3;
    const lattice = Float64Array.from({ length: columns * rows }, () => 2 * d.uniform() - 1);
    const [shiftU, shiftV] = [d.uniform(), d.uniform()];
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return field((x, y) => {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const u = (c * dx + s * dy + reach) / along + shiftU;
      const v = (-s * dx + c * dy + reach) / across + shiftV;
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [a, b] = [smoothstep(0, 1, u - i), smoothstep(0, 1, v - j)];
      const at = j * columns + i;
      const upper = lattice[at]! * (1 - a) + lattice[at + 1]! * a;
      const lower = lattice[at + columns]! * (1 - a) + lattice[at + columns + 1]! * a;
      return upper * (1 - b) + lower * b;
    });
  };
  const fractal: Canvas["fractal"] = (d, cell, octaves, gain = 0.5) => {
    const out = new Float64Array(width * height);
    let [weight, total] = [1, 0];
    for (let k = 0; k < octaves; k++) {
      const noise = valueNoise(d, { along: cell / 2 ** k, angle: d.uniform() * Math.PI });
      for (let i = 0; i < out.length; i++) out[i]! += weight * noise[i]!;
      total += weight;
      weight *= gain;
    }
    for (let i = 0; i < out.length; i++) out[i]! /= total;
    return out;
  };
  return { width, height, field, valueNoise, fractal, blur: blurOf(width, height) };
}

function blurOf(width: number, height: number): Canvas["blur"] {
  return (source, sigma) => {
    if (sigma < 0.05) return source;
    const radius = Math.ceil(3 * sigma);
    const kernel = Array.from({ length: 2 * radius + 1 }, (_, k) =>
      Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
    );
    const total = kernel.reduce((a, b) => a + b, 0);
    const pass = (from: Field, stepX: number, stepY: number): Field => {
      const out = new Float64Array(width * height);
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          let sum = 0;
          for (let k = -radius; k <= radius; k++) {
            const px = Math.min(width - 1, Math.max(0, x + k * stepX));
            const py = Math.min(height - 1, Math.max(0, y + k * stepY));
            sum += kernel[k + radius]! * from[py * width + px]!;
          }
          out[i] = sum / total;
        }
      }
      return out;
    };
    return pass(pass(source, 1, 0), 0, 1);
  };
}
