/** A camera: exposure, white balance, vignette, sharpness, noise, 8 bit. */
import type { Draws } from "../../src/core/random.js";
import { between, type Canvas, type Field } from "./canvas.js";

export interface CameraRange {
  /** Linear brightness that the mean of the picture is brought to. */
  readonly mean: readonly [low: number, high: number];
  /** Standard deviation of the noise, of a range of 0 … 1. */
  readonly grain: readonly [low: number, high: number];
  /** Standard deviation of the blur, pixels. */
  readonly blur: readonly [low: number, high: number];
}

/** Returns a photograph: uint8[height, width, 3], RGB. */
export function photograph(
  canvas: Canvas,
  light: readonly [Field, Field, Field],
  d: Draws,
  { mean, grain, blur }: CameraRange,
): Uint8Array {
  const { width, height } = canvas;
  const [slope, towards] = [between(d, 0, 0.4), d.uniform() * 2 * Math.PI];
  const vignette = between(d, 0, 0.5);
  const fall = canvas.field((x, y) => {
    const [u, v] = [(2 * x) / width - 1, (2 * y) / height - 1];
    return (
      (1 + slope * (u * Math.cos(towards) + v * Math.sin(towards))) * (1 - (vignette * (u * u + v * v)) / 2)
    );
  });
  const total = light.reduce((sum, channel) => sum + channel.reduce((a, b) => a + b, 0), 0);
  // Bare metal and wet ground may be a hundred times as bright as what is around them: most of them stay below white.
  const bright = light[1].slice().sort()[Math.floor(0.985 * width * height)]!;
  const exposure = Math.min((between(d, ...mean) * 3 * width * height) / total, 1.05 / bright);
  const warm = between(d, -0.12, 0.12);
  const gains = [1 + warm, 1, 1 - warm] as const;
  const [sigma, noise] = [between(d, ...blur), between(d, ...grain)];
  const rgb = new Uint8Array(3 * width * height);
  for (const [c, channel] of light.entries()) {
    const seen = canvas.blur(
      channel.map((v, i) => v * fall[i]! * exposure * gains[c]!),
      sigma,
    );
    for (let i = 0; i < seen.length; i++) {
      // Highlights fade into white instead of being cut off.
      const v = Math.max(0, seen[i]!);
      const bent = v < 0.7 ? v : 0.7 + 0.3 * (1 - Math.exp((0.7 - v) / 0.3));
      rgb[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, bent ** (1 / 2.2) + noise * d.normal())));
    }
  }
  return rgb;
}
