/** The form of a leaf: outline, veins and height, in its own coordinates. */
import type { Draws } from "../../src/core/random.js";
import { between, type Canvas, pick, smoothstep } from "../demo/canvas.js";

/** Exponents of the outline, half width by length, teeth along a side. */
const species = [
  { near: 0.62, far: 0.85, slim: 0.32, teeth: 15 }, // egg-shaped, like an apple's
  { near: 0.9, far: 1.05, slim: 0.15, teeth: 0 }, // narrow, like a willow's
  { near: 0.45, far: 0.62, slim: 0.42, teeth: 9 }, // round, like a lime's
  { near: 0.75, far: 1.3, slim: 0.27, teeth: 22 }, // drawn out into a tip, like a nettle's
] as const;
export type Species = (typeof species)[number];
export const anySpecies = (d: Draws): Species => pick(d, species);

/** A point of a leaf. */
export interface LeafPoint {
  /** 0 at the stalk to 1 at the tip; below 0 on the stalk. */
  readonly t: number;
  /** −1 … 1 from edge to edge; 0 on the midrib. */
  readonly q: number;
  /** 0 … 1 by nearness to a vein. */
  readonly vein: number;
  /** Height over the leaf's base, pixels. */
  readonly height: number;
}

export interface Leaf {
  /** Centre and radius of a circle around it, pixels of the picture. */
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  /** Largest half of its width, pixels. */
  readonly half: number;
  /** Returns the point of the leaf at a point of the picture; undefined beside the leaf. */
  at(x: number, y: number): LeafPoint | undefined;
  /** Returns the point of the picture of a point of the leaf. */
  toPicture(t: number, q: number): readonly [x: number, y: number];
}

/** Makes a leaf of random size and direction somewhere in the picture. */
export function makeLeaf({ width, height }: Canvas, d: Draws, kind: Species, scale: number): Leaf {
  const length = scale * between(d, 150, 270);
  const half = length * kind.slim * between(d, 0.85, 1.15);
  const [x, y] = [between(d, 0.12, 0.88) * width, between(d, 0.12, 0.88) * height];
  const turn = d.uniform() * 2 * Math.PI;
  const bend = between(d, -0.16, 0.16) * length;
  const ribs = 5 + d.integer(5);
  const rise = between(d, 0.5, 1.1);
  const [dome, curl, puff] = [between(d, 2, 9), between(d, -6, 8), between(d, 0.6, 1.8)];
  const stalk = length * between(d, 0.06, 0.22);
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const widest = kind.near / (kind.near + kind.far);
  const top = widest ** kind.near * (1 - widest) ** kind.far;
  const widthAt = (t: number): number => {
    const tooth = kind.teeth === 0 ? 0 : (t * kind.teeth - Math.floor(t * kind.teeth)) * 0.09;
    return ((half * t ** kind.near * (1 - t) ** kind.far) / top) * (1 - tooth);
  };
  const middleAt = (t: number): number => bend * Math.sin(Math.PI * Math.max(0, t));
  return {
    ...{ x, y, half, reach: length / 2 + stalk + Math.abs(bend) },
    at(px, py) {
      const [dx, dy] = [px - x, py - y];
      const t = (c * dx + s * dy) / length + 0.5;
      const v = c * dy - s * dx - middleAt(t);
      if (t < 0) {
        const isStalk = -t * length < stalk && Math.abs(v) < 3.2;
        return isStalk ? { t, q: 0, vein: 1, height: Math.sqrt(10.3 - v * v) } : undefined;
      }
      if (t >= 1) return undefined;
      const wide = widthAt(t);
      if (Math.abs(v) >= wide) return undefined;
      const q = v / wide;
      // Side veins leave the midrib towards the tip.
      const phase = (t - (rise * Math.abs(v)) / length) * ribs;
      const off = (Math.abs(phase - Math.round(phase)) / ribs) * length;
      const side = Math.exp(-((off / 1.7) ** 2)) * (1 - 0.75 * Math.abs(q)) * smoothstep(0.02, 0.1, t);
      const main = Math.exp(-((v / (1.2 + 2.6 * (1 - t))) ** 2));
      const vein = Math.max(main, 0.75 * side);
      const hollow = dome * (1 - q * q) + curl * q ** 4 * (0.5 + t / 2);
      return { t, q, vein, height: hollow + puff * (1 - vein) * (1 - Math.abs(q) ** 6) - 1.5 * main };
    },
    toPicture(t, q) {
      const [u, v] = [(t - 0.5) * length, q * widthAt(t) + middleAt(t)];
      return [x + c * u - s * v, y + s * u + c * v];
    },
  };
}
