/** Small parts as heights over the ground: what the set is about, and things that look similar. */
import type { Draws } from "../../src/core/random.js";
import { between, pick } from "../demo/canvas.js";

export const partNames = ["nut", "screw", "washer"] as const;
export type PartName = (typeof partNames)[number];
/** Things without a box. */
export const otherNames = ["disc", "pin", "ring"] as const;
export type OtherName = (typeof otherNames)[number];

/** A part that lies at the origin, its axis along u. */
export interface Part {
  /** Radius of a circle around it. */
  readonly reach: number;
  /** Height over the ground at a point; undefined where the part is not. */
  heightAt(u: number, v: number): number | undefined;
}

/** Rounds the rim of a flat thing: 0 at the edge, 1 from `width` on. */
const rim = (inside: number, width: number): number =>
  Math.sqrt(Math.min(1, Math.max(0.02, inside / width)) * (2 - Math.min(1, Math.max(0.02, inside / width))));

/** Hexagon with a threaded hole; the corners of its top are turned off. */
function nut(d: Draws, size: number): Part {
  const apothem = size * between(d, 8.5, 13);
  const thick = apothem * between(d, 0.65, 1);
  const hole = apothem * between(d, 0.5, 0.62);
  const bevel = hole * between(d, 1.1, 1.2);
  return {
    reach: apothem * 1.16,
    heightAt(u, v) {
      const across = Math.max(Math.abs(v), Math.abs(0.866 * u + 0.5 * v), Math.abs(0.866 * u - 0.5 * v));
      const rho = Math.hypot(u, v);
      if (across > apothem || rho < hole) return undefined;
      const turned = thick - Math.max(0, rho - 0.93 * apothem) * 0.65;
      const countersink = rho < bevel ? ((bevel - rho) / (bevel - hole)) * 0.4 * thick : 0;
      return turned * (0.75 + 0.25 * rim(apothem - across, 1.2)) - countersink;
    },
  };
}

/** Flat ring; some are cut and a little twisted, as spring washers are. */
function washer(d: Draws, size: number): Part {
  const outer = size * between(d, 8, 15);
  const hole = outer * between(d, 0.42, 0.66);
  const thick = between(d, 1.6, 3.2) * size;
  const isCut = d.chance(0.3);
  return {
    reach: outer,
    heightAt(u, v) {
      const rho = Math.hypot(u, v);
      if (rho > outer || rho < hole) return undefined;
      const turn = Math.atan2(v, u);
      if (isCut && Math.abs(turn) < 0.13) return undefined;
      const twist = isCut ? 1 + 0.45 * (turn / Math.PI) : 1;
      return thick * twist * rim(Math.min(outer - rho, rho - hole), 1.6);
    },
  };
}

const heads = ["pan", "hex", "flat", "socket"] as const;

/** A screw on its side: head at the left, thread to the right, with or without a point. */
function screw(d: Draws, size: number): Part {
  const radius = size * between(d, 2.6, 4.4);
  const head = pick(d, heads);
  const headRadius = radius * between(d, 1.75, 2.2);
  const headLength = radius * { pan: 1.2, hex: 1.4, flat: 1.3, socket: 1.9 }[head];
  const length = headLength + radius * between(d, 5, 14);
  const start = headLength + (d.chance(0.4) ? between(d, 0.15, 0.4) * (length - headLength) : 0);
  const point = d.chance(0.45) ? radius * between(d, 2, 3.5) : radius * 0.4;
  const pitch = radius * between(d, 0.75, 1.05);
  const middle = length / 2;
  const headAt = (x: number, v: number): number | undefined => {
    const a = Math.abs(v);
    if (head === "hex") {
      // Three of six sides are seen: a flat one above, two that fall off at 60°.
      const bevelled = headRadius * 0.866 * (0.9 + 0.1 * rim(Math.min(x, headLength - x), 1.5));
      const side = bevelled - Math.max(0, a - 0.577 * bevelled) * 1.732;
      return side < 0 ? undefined : side;
    }
    const t = x / headLength;
    const r =
      head === "pan"
        ? headRadius * Math.sqrt(Math.max(0, 1 - (1 - t) ** 2.4))
        : head === "flat"
          ? headRadius * (1 - 0.5 * t)
          : headRadius * 0.85 * (0.92 + 0.08 * rim(x, 1.5)) * (1 + 0.03 * Math.sin(4 * v));
    return a > r ? undefined : Math.sqrt(r * r - a * a);
  };
  const shaftAt = (x: number, v: number): number | undefined => {
    const a = Math.abs(v);
    const taper = Math.min(1, (length - x) / point);
    const core = radius * (x < start ? 0.92 : 0.86) * Math.max(0.06, taper);
    // The thread winds around the shaft: its phase turns with the angle at which it is seen.
    const phase = x / pitch - Math.asin(Math.min(1, a / radius)) * (v > 0 ? 1 : -1) * 0.16;
    const ridge = 1 - 2 * Math.abs(phase - Math.floor(phase) - 0.5);
    const r = x < start ? core : core + 0.24 * radius * ridge * Math.max(0.3, taper);
    return a > r ? undefined : Math.sqrt(r * r - a * a);
  };
  return {
    reach: Math.hypot(middle, headRadius),
    heightAt(u, v) {
      const x = u + middle;
      if (x < 0 || x > length || Math.abs(v) > headRadius) return undefined;
      // The axis sinks from the head to the tip.
      const axis = headRadius * 0.9 - ((headRadius * 0.9 - radius) * x) / length;
      const above = x < headLength ? headAt(x, v) : shaftAt(x, v);
      return above === undefined ? undefined : axis + above;
    },
  };
}

/** A rubber ring: round in section, unlike a washer. */
function ring(d: Draws, size: number): Part {
  const radius = size * between(d, 7, 13);
  const tube = size * between(d, 1.5, 2.6);
  return {
    reach: radius + tube,
    heightAt(u, v) {
      const off = Math.hypot(u, v) - radius;
      return Math.abs(off) > tube ? undefined : tube + Math.sqrt(tube * tube - off * off);
    },
  };
}

/** A turned pin: a shaft with neither head nor thread. */
function pin(d: Draws, size: number): Part {
  const radius = size * between(d, 2.4, 4.2);
  const half = radius * between(d, 3, 6.5);
  return {
    reach: Math.hypot(half, radius),
    heightAt(u, v) {
      if (Math.abs(u) > half) return undefined;
      const r = radius * Math.min(1, 0.72 + (0.28 * (half - Math.abs(u))) / (0.5 * radius));
      return Math.abs(v) > r ? undefined : radius + Math.sqrt(r * r - v * v);
    },
  };
}

/** A blank without a hole, a little domed: a disc or a hexagon. */
function disc(d: Draws, size: number): Part {
  const outer = size * between(d, 7, 12.5);
  const thick = size * between(d, 1.8, 6);
  const isHexagon = d.chance(0.35);
  return {
    reach: outer * (isHexagon ? 1.16 : 1),
    heightAt(u, v) {
      const across = isHexagon
        ? Math.max(Math.abs(v), Math.abs(0.866 * u + 0.5 * v), Math.abs(0.866 * u - 0.5 * v))
        : Math.hypot(u, v);
      if (across > outer) return undefined;
      return thick * (rim(outer - across, 1.8) + 0.25 * (1 - (across / outer) ** 2));
    },
  };
}

const makers: Readonly<Record<PartName | OtherName, (d: Draws, size: number) => Part>> = {
  ...{ nut, screw, washer },
  ...{ disc, pin, ring },
};

/** Makes a part of random proportions. @param size 1 for the usual distance of the camera */
export const makePart = (name: PartName | OtherName, d: Draws, size: number): Part => makers[name](d, size);
