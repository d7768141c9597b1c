/** Five kinds of undamaged surface: colour, height and gloss of each point. */
import type { Draws } from "../../src/core/random.js";
import { between, type Field, field, fractal, pick, SIZE, valueNoise } from "./field.js";

export type Colour = readonly [red: number, green: number, blue: number];

export interface Surface {
  /** Share of light given back, linear, one field a channel; damaged in place. */
  readonly albedo: readonly [Field, Field, Field];
  /** Height in pixels; damaged in place. */
  readonly height: Field;
  /** Strength of the mirror-like part; damaged in place. */
  readonly gloss: Field;
  /** Exponent of the mirror-like part. */
  readonly shininess: number;
}

export const surfaceNames = ["brushed", "cast", "painted", "stone", "woven"] as const;
export type SurfaceName = (typeof surfaceNames)[number];

/** Hue in turns, saturation and value in 0..1, to linear red, green, blue. */
function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (n: number): number => {
    const k = (n + hue * 6) % 6;
    return (value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))) ** 2.2;
  };
  return [channel(5), channel(3), channel(1)];
}

/** albedo_c = colour_c * (1 + shade) */
function coloured(colour: Colour, shade: Field): Surface["albedo"] {
  const of = (c: number): Field => shade.map((v) => Math.max(0.004, colour[c]! * (1 + v)));
  return [of(0), of(1), of(2)];
}

const flat = (value: number): Field => new Float64Array(SIZE * SIZE).fill(value);

function brushed(d: Draws): Surface {
  const angle = d.uniform() * Math.PI;
  const fine = valueNoise(d, { along: between(d, 25, 90), across: between(d, 0.9, 1.4), angle });
  const coarse = valueNoise(d, { along: between(d, 60, 160), across: between(d, 2, 5), angle });
  const sheen = valueNoise(d, {
    along: 200,
    across: between(d, 30, 80),
    angle: angle + between(d, -0.3, 0.3),
  });
  const depth = between(d, 0.05, 0.13);
  // Steel, aluminium, brass, copper.
  const [hue, saturation] = pick(d, [
    [0.58, 0.06],
    [0.6, 0.02],
    [0.12, 0.3],
    [0.06, 0.35],
  ] as const);
  return {
    albedo: coloured(
      hsv(hue, saturation, between(d, 0.5, 0.72)),
      field((x, y) => {
        const i = Math.floor(y) * SIZE + Math.floor(x);
        return 0.1 * fine[i]! + 0.08 * coarse[i]! + 0.22 * sheen[i]!;
      }),
    ),
    height: fine.map((v, i) => depth * (v + 0.7 * coarse[i]!)),
    gloss: flat(between(d, 0.1, 0.25)),
    shininess: between(d, 12, 30),
  };
}

function cast(d: Draws): Surface {
  const grain = fractal(d, between(d, 5, 11), 4, 0.6);
  const patches = fractal(d, between(d, 30, 60), 3);
  const depth = between(d, 0.7, 1.5);
  return {
    albedo: coloured(
      hsv(between(d, 0.03, 0.65), between(d, 0, 0.14), between(d, 0.33, 0.55)),
      patches.map((v, i) => 0.22 * v + 0.18 * grain[i]!),
    ),
    height: grain.map((v) => depth * v),
    gloss: flat(between(d, 0.03, 0.12)),
    shininess: between(d, 6, 14),
  };
}

function painted(d: Draws): Surface {
  const peel = fractal(d, between(d, 5, 12), 2);
  const fade = fractal(d, 90, 2);
  const depth = between(d, 0.1, 0.4);
  return {
    albedo: coloured(
      hsv(d.uniform(), between(d, 0.1, 0.75), between(d, 0.35, 0.85)),
      fade.map((v) => 0.1 * v),
    ),
    height: peel.map((v) => depth * v),
    gloss: flat(between(d, 0.08, 0.3)),
    shininess: between(d, 20, 60),
  };
}

function stone(d: Draws): Surface {
  const clouds = fractal(d, between(d, 25, 55), 5, 0.6);
  const grain = fractal(d, between(d, 2, 4), 2, 0.7);
  const speckled = d.chance(0.5) ? between(d, 0.2, 0.5) : 0;
  return {
    albedo: coloured(
      hsv(between(d, 0.02, 0.16), between(d, 0.02, 0.25), between(d, 0.45, 0.75)),
      clouds.map((v, i) => {
        const speck = grain[i]! > 0.55 ? speckled : grain[i]! < -0.55 ? -speckled : 0;
        return 0.3 * v + 0.14 * grain[i]! + speck;
      }),
    ),
    height: grain.map((v, i) => 0.28 * v + 0.8 * clouds[i]!),
    gloss: flat(0.01),
    shininess: 5,
  };
}

function woven(d: Draws): Surface {
  const angle = d.uniform() * Math.PI;
  const period = between(d, 4.5, 9);
  const wobble = fractal(d, between(d, 20, 45), 2);
  const wear = fractal(d, 50, 3);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const depth = between(d, 0.5, 0.9);
  // Plain weave: warp over weft where both threads' numbers have the same parity.
  const thread = field((x, y) => {
    const bend = 1.6 * wobble[Math.floor(y) * SIZE + Math.floor(x)]!;
    const [u, v] = [(c * x + s * y + bend) / period, (-s * x + c * y + bend) / period];
    const over = (Math.floor(u) + Math.floor(v)) % 2 === 0;
    const [across, along] = over ? [u, v] : [v, u];
    return (
      Math.sin(Math.PI * (across - Math.floor(across))) ** 0.8 *
      (0.6 + 0.4 * Math.sin(Math.PI * (along - Math.floor(along))))
    );
  });
  return {
    albedo: coloured(
      hsv(d.uniform(), between(d, 0.05, 0.55), between(d, 0.35, 0.8)),
      thread.map((v, i) => 0.35 * (v - 0.6) + 0.14 * wear[i]!),
    ),
    height: thread.map((v) => depth * v),
    gloss: flat(0.02),
    shininess: 6,
  };
}

const makers: Readonly<Record<SurfaceName, (d: Draws) => Surface>> = { brushed, cast, painted, stone, woven };

/** An undamaged surface of one kind. */
export function surface(name: SurfaceName, d: Draws): Surface {
  return makers[name](d);
}
