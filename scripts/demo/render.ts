/** Renders an image of the demo set: surface, damage, light, camera. */
import { draws } from "../../src/core/random.js";
import { type DefectName, damage, defectNames, distract } from "./defects.js";
import { between, blur, type Field, field, SIZE } from "./field.js";
import { type Surface, surface, surfaceNames } from "./surfaces.js";

export { defectNames, SIZE };

/** How many pictures a class has in each part. */
export const counts = { train: 60, test: 60 } as const;
export type DemoPart = keyof typeof counts;
export const demoSeed = 0;

export interface Picture {
  /** SIZE × SIZE × 3 bytes, RGB. */
  readonly rgb: Uint8Array;
  /** JPEG quality for saving, varied as between cameras. */
  readonly quality: number;
}

/**
 * Lambert's law plus a mirror-like part (Blinn):
 *   light_c = albedo_c * (ambient + (1 - ambient) * max(0, n·l) / l_z) + gloss * max(0, n·h)^shininess
 * with n the normal of the height field, l towards the light, h halfway between light and eye.
 */
function shade(
  { albedo, height, gloss, shininess }: Surface,
  azimuth: number,
  elevation: number,
): [Field, Field, Field] {
  const l = [
    Math.cos(azimuth) * Math.cos(elevation),
    Math.sin(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
  ] as const;
  const norm = Math.hypot(l[0], l[1], l[2] + 1);
  const h = [l[0] / norm, l[1] / norm, (l[2] + 1) / norm] as const;
  const out: [Field, Field, Field] = [field(() => 0), field(() => 0), field(() => 0)];
  const ambient = 0.35;
  const at = (x: number, y: number): number =>
    height[Math.min(SIZE - 1, Math.max(0, y)) * SIZE + Math.min(SIZE - 1, Math.max(0, x))]!;
  for (let y = 0, i = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, i++) {
      const [nx, ny] = [-(at(x + 1, y) - at(x - 1, y)) / 2, -(at(x, y + 1) - at(x, y - 1)) / 2];
      const length = Math.hypot(nx, ny, 1);
      const lambert = Math.max(0, (nx * l[0] + ny * l[1] + l[2]) / length) / l[2];
      const mirror = gloss[i]! * Math.max(0, (nx * h[0] + ny * h[1] + h[2]) / length) ** shininess;
      for (const [c, channel] of out.entries())
        channel[i] = albedo[c]![i]! * (ambient + (1 - ambient) * lambert) + mirror;
    }
  }
  return out;
}

/** Renders picture `index` of a class and part. Equal arguments give equal bytes. */
export function renderPicture(defect: DefectName, part: DemoPart, index: number, seed = demoSeed): Picture {
  // The seed key keeps an earlier name, so that the images stay the same, byte for byte.
  const key = defect === "groove" ? "scratch" : defect;
  const of = (purpose: string) => draws(seed, `demo ${purpose}`, part, key, index);
  const d = of("scene");
  // Every kind of surface occurs equally often in every class, so that the surface gives no hint.
  const body = surface(surfaceNames[index % surfaceNames.length]!, of("surface"));
  distract(body, of("distraction"));
  damage(defect, body, of("damage"), between(d, 0.55, 1));

  const lit = shade(body, d.uniform() * 2 * Math.PI, between(d, 0.5, 1.15));
  const slope = between(d, 0, 0.4);
  const towards = d.uniform() * 2 * Math.PI;
  const vignette = between(d, 0, 0.45);
  const fall = field((x, y) => {
    const [u, v] = [(2 * x) / SIZE - 1, (2 * y) / SIZE - 1];
    return (
      (1 + slope * (u * Math.cos(towards) + v * Math.sin(towards))) * (1 - (vignette * (u * u + v * v)) / 2)
    );
  });
  // Exposure sets the mean to a random level, as a camera does.
  const mean = lit.reduce((sum, c) => sum + c.reduce((a, b) => a + b, 0), 0) / (3 * SIZE * SIZE);
  const exposure = between(d, 0.11, 0.34) / mean;
  const warm = between(d, -0.1, 0.1);
  const gains = [1 + warm, 1, 1 - warm] as const;
  const sigma = d.chance(0.5) ? between(d, 0.2, 0.6) : between(d, 0.5, 1.1);
  const grain = between(d, 0.004, 0.028);
  const noise = of("noise");
  const rgb = new Uint8Array(SIZE * SIZE * 3);
  for (const [c, channel] of lit.entries()) {
    const seen = blur(
      channel.map((v, i) => v * fall[i]! * exposure * gains[c]!),
      sigma,
    );
    for (let i = 0; i < seen.length; i++) {
      const value = Math.max(0, seen[i]!) ** (1 / 2.2) + grain * noise.normal();
      rgb[i * 3 + c] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
  return { rgb, quality: 82 + d.integer(10) };
}
