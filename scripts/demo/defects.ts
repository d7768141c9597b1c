/** Defects of a surface, and distractors that look similar: each changes height, colour and gloss in place. */
import type { Draws } from "../../src/core/random.js";
import { between, type Field, field, fractal, pick, SIZE, smoothstep } from "./field.js";
import type { Colour, Surface } from "./surfaces.js";

export const defectNames = ["crack", "groove", "none", "pit", "stain"] as const;
export type DefectName = (typeof defectNames)[number];

interface Point {
  readonly x: number;
  readonly y: number;
  /** Half width of the line here, pixels. */
  readonly w: number;
}

/** Share of each pixel that a line covers, 0..1: 1 within half the width, fading over one more pixel. */
function cover(lines: readonly (readonly Point[])[]): Field {
  const out = new Float64Array(SIZE * SIZE);
  for (const line of lines) {
    for (let k = 0; k + 1 < line.length; k++) {
      const [a, b] = [line[k]!, line[k + 1]!];
      const margin = Math.max(a.w, b.w) + 2;
      const [x0, x1] = [Math.floor(Math.min(a.x, b.x) - margin), Math.ceil(Math.max(a.x, b.x) + margin)];
      const [y0, y1] = [Math.floor(Math.min(a.y, b.y) - margin), Math.ceil(Math.max(a.y, b.y) + margin)];
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const length2 = dx * dx + dy * dy || 1;
      for (let y = Math.max(0, y0); y < Math.min(SIZE, y1); y++) {
        for (let x = Math.max(0, x0); x < Math.min(SIZE, x1); x++) {
          const t = Math.min(1, Math.max(0, ((x + 0.5 - a.x) * dx + (y + 0.5 - a.y) * dy) / length2));
          const distance = Math.hypot(x + 0.5 - a.x - t * dx, y + 0.5 - a.y - t * dy);
          const w = a.w + t * (b.w - a.w);
          // A line thinner than a pixel covers only a part of it.
          const value = Math.min(1, 2 * w) * (1 - smoothstep(w - 0.5, w + 0.7, distance));
          const i = y * SIZE + x;
          if (value > out[i]!) out[i] = value;
        }
      }
    }
  }
  return out;
}

/** albedo_c *= 1 + amount * (tint_c - 1) */
function tint(surface: Surface, amount: Field, colour: Colour): void {
  for (const [c, channel] of surface.albedo.entries()) {
    for (let i = 0; i < channel.length; i++) channel[i]! *= 1 + amount[i]! * (colour[c]! - 1);
  }
}

function dig(surface: Surface, amount: Field, depth: number): void {
  for (let i = 0; i < amount.length; i++) surface.height[i]! -= depth * amount[i]!;
}

/** Long, nearly straight lines of even width; one to three in parallel; brighter or darker than the surface. */
function groove(surface: Surface, d: Draws, strength: number): void {
  const angle = d.uniform() * Math.PI * 2;
  const [cx, cy] = [between(d, 34, SIZE - 34), between(d, 34, SIZE - 34)];
  const count = pick(d, [1, 1, 1, 2, 2, 3]);
  const lines = Array.from({ length: count }, (_, n) => {
    const turn = angle + between(d, -0.12, 0.12);
    const length = between(d, 48, 115) * (n === 0 ? 1 : between(d, 0.4, 0.9));
    const bow = between(d, -0.1, 0.1) * length;
    const aside = n * between(d, 4, 12) * (d.chance(0.5) ? 1 : -1);
    const width = between(d, 0.55, 1.35);
    return Array.from({ length: 25 }, (_, k) => {
      const t = k / 24 - 0.5;
      const side = aside + bow * (1 - 4 * t * t);
      return {
        x: cx + Math.cos(turn) * t * length - Math.sin(turn) * side,
        y: cy + Math.sin(turn) * t * length + Math.cos(turn) * side,
        // Thinner towards both ends.
        w: width * Math.sqrt(Math.max(0.03, 1 - 4 * t * t)),
      };
    });
  });
  const mark = cover(lines);
  dig(surface, mark, strength * between(d, 0.5, 1.3));
  const bright = d.chance(0.68);
  const level = bright ? 1 + strength * between(d, 0.5, 1.3) : 1 - strength * between(d, 0.35, 0.6);
  tint(surface, mark, [level, level, level]);
}

/** A walk that turns at random and forks: jagged, dark, of uneven width. */
function crack(surface: Surface, d: Draws, strength: number): void {
  const lines: Point[][] = [];
  const grow = (x: number, y: number, angle: number, length: number, width: number, forks: number): void => {
    const line: Point[] = [];
    let [heading, done] = [angle, 0];
    const fork = Array.from({ length: forks }, () => between(d, 0.2, 0.75) * length);
    while (done < length) {
      line.push({ x, y, w: Math.max(0.35, width * (1 - 0.75 * (done / length)) * between(d, 0.6, 1.3)) });
      const step = between(d, 2.5, 7);
      // Pulled back to its first direction, so that it does not curl up.
      heading = angle + 0.45 * (heading - angle) + d.normal() * 0.62;
      for (const at of fork) {
        if (at >= done && at < done + step) {
          const side = d.chance(0.5) ? 1 : -1;
          grow(
            x,
            y,
            heading + side * between(d, 0.5, 1.1),
            (length - done) * between(d, 0.4, 0.8),
            width * 0.65,
            0,
          );
        }
      }
      x += Math.cos(heading) * step;
      y += Math.sin(heading) * step;
      done += step;
    }
    lines.push(line);
  };
  const angle = d.uniform() * Math.PI * 2;
  const length = between(d, 55, 125);
  const [cx, cy] = [between(d, 42, SIZE - 42), between(d, 42, SIZE - 42)];
  grow(
    cx - (Math.cos(angle) * length) / 2,
    cy - (Math.sin(angle) * length) / 2,
    angle,
    length,
    between(d, 0.9, 1.9),
    pick(d, [0, 1, 1, 2, 2, 3]),
  );
  const mark = cover(lines);
  dig(surface, mark, strength * between(d, 0.6, 1.6));
  const level = 1 - strength * between(d, 0.55, 0.85);
  tint(surface, mark, [level, level, level]);
}

/** One to six small bowls with uneven rims, darker inside. */
function pit(surface: Surface, d: Draws, strength: number): void {
  const count = pick(d, [1, 1, 2, 2, 3, 4, 6]);
  const rough = fractal(d, 7, 2);
  const [cx, cy] = [between(d, 28, SIZE - 28), between(d, 28, SIZE - 28)];
  const spread = between(d, 14, 34);
  const bowls = Array.from({ length: count }, (_, n) => ({
    x: n === 0 ? cx : cx + d.normal() * spread,
    y: n === 0 ? cy : cy + d.normal() * spread,
    r: between(d, 2.6, n === 0 ? 8 : 5.5),
    squeeze: between(d, 0.65, 1),
    angle: d.uniform() * Math.PI,
  }));
  // depth = max over bowls of 1 - (distance / radius)², with a noisy distance.
  const bowl = field((x, y) => {
    let deepest = 0;
    for (const { x: bx, y: by, r, squeeze, angle } of bowls) {
      const [dx, dy] = [x - bx, y - by];
      const u = Math.cos(angle) * dx + Math.sin(angle) * dy;
      const v = (-Math.sin(angle) * dx + Math.cos(angle) * dy) / squeeze;
      const distance = Math.hypot(u, v) / r + 0.35 * rough[Math.floor(y) * SIZE + Math.floor(x)]!;
      deepest = Math.max(deepest, 1 - distance * distance);
    }
    return deepest;
  });
  dig(surface, bowl, strength * between(d, 2, 4.5));
  const level = 1 - strength * between(d, 0.3, 0.7);
  tint(
    surface,
    bowl.map((v) => smoothstep(0, 0.35, v)),
    [level, level, level],
  );
}

const stains: readonly Colour[] = [
  [0.55, 0.38, 0.2], // coffee
  [0.75, 0.35, 0.15], // rust
  [0.32, 0.34, 0.38], // oil
  [0.45, 0.6, 0.75], // ink
  [1.9, 1.85, 1.75], // lime
  [0.5, 0.62, 0.4], // moss
];

/** A patch of another colour with an uneven outline, sometimes darker along its edge; the surface stays flat. */
function stain(surface: Surface, d: Draws, strength: number): void {
  const [cx, cy] = [between(d, 30, SIZE - 30), between(d, 30, SIZE - 30)];
  const blobs = Array.from({ length: pick(d, [1, 1, 2, 3]) }, (_, n) => ({
    x: cx + (n === 0 ? 0 : d.normal() * 14),
    y: cy + (n === 0 ? 0 : d.normal() * 14),
    r: between(d, n === 0 ? 13 : 7, n === 0 ? 34 : 20),
    squeeze: between(d, 0.6, 1),
  }));
  const outline = fractal(d, between(d, 14, 30), 3, 0.6);
  const mottled = fractal(d, 12, 3);
  const soft = between(d, 0.06, 0.35);
  const ring = d.chance(0.4) ? between(d, 0.4, 0.9) : 0;
  const inside = field((x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const { x: bx, y: by, r, squeeze } of blobs)
      nearest = Math.min(nearest, Math.hypot(x - bx, (y - by) / squeeze) / r);
    return 1 - nearest + 0.45 * outline[Math.floor(y) * SIZE + Math.floor(x)]!;
  });
  const opacity = strength * between(d, 0.5, 0.9);
  const amount = inside.map((v, i) => {
    const edge = ring * Math.exp(-(((v - soft) / 0.09) ** 2));
    return (
      opacity * smoothstep(0, soft, v) * (1 + 0.3 * mottled[i]! - 0.35 * Math.min(1, ring)) +
      opacity * edge * 0.8
    );
  });
  tint(surface, amount, pick(d, stains));
  for (let i = 0; i < amount.length; i++) surface.gloss[i]! *= 1 - Math.min(0.8, amount[i]!);
}

/** Dust, a hair, a smudge, a shadow's edge: on sound and damaged surfaces alike. */
export function distract(surface: Surface, d: Draws): void {
  const specks = d.chance(0.6) ? d.integer(14) : 0;
  const level = d.chance(0.6) ? between(d, 1.2, 1.6) : between(d, 0.6, 0.8);
  const dust = Array.from({ length: specks }, () => {
    const [x, y, w] = [d.uniform() * SIZE, d.uniform() * SIZE, between(d, 0.4, 1)];
    return [
      { x, y, w },
      { x: x + d.normal(), y: y + d.normal(), w },
    ];
  });
  tint(surface, cover(dust), [level, level, level]);
  if (d.chance(0.3)) {
    const [x, y, turn, curl, length] = [
      between(d, 10, 118),
      between(d, 10, 118),
      d.uniform() * 7,
      between(d, -0.35, 0.35),
      between(d, 8, 20),
    ];
    let [px, py] = [x, y];
    const hair = Array.from({ length: 9 }, (_, k) => {
      px += (Math.cos(turn + curl * k) * length) / 8;
      py += (Math.sin(turn + curl * k) * length) / 8;
      return { x: px, y: py, w: 0.45 };
    });
    const tone = d.chance(0.5) ? 0.75 : 1.35;
    tint(surface, cover([hair]), [tone, tone, tone]);
  }
  if (d.chance(0.35)) {
    const smudge = fractal(d, between(d, 25, 60), 2);
    const amount = between(d, 0.08, 0.2) * (d.chance(0.5) ? 1 : -1);
    tint(
      surface,
      smudge.map((v) => smoothstep(0.1, 0.5, v)),
      [1 + amount, 1 + amount, 1 + amount],
    );
  }
}

const makers: Readonly<Record<DefectName, (surface: Surface, d: Draws, strength: number) => void>> = {
  crack,
  groove,
  none: () => {},
  pit,
  stain,
};

/** Damages a surface in place; `strength` in (0, 1] scales contrast and depth. */
export function damage(name: DefectName, surface: Surface, d: Draws, strength: number): void {
  makers[name](surface, d, strength);
}
