// Frames as a camera records them: one and the same surface, from another place for each recording, with a little jitter.
import sharp from "sharp";
import { draws } from "../../src/core/random.js";

/** Side of a frame, in pixels. */
const side = 64;

/** Returns one frame of a recording as PNG. All recordings show one surface. */
export async function frameOf(recording: number, frame: number): Promise<Uint8Array> {
  const surface = draws(1, "surface");
  const waves = Array.from({ length: 24 }, () => ({
    ...{ y: surface.uniform() * 8 - 4, x: surface.uniform() * 8 - 4 },
    ...{ phase: surface.uniform(), channel: Math.floor(3 * surface.uniform()) },
  }));
  const place = draws(recording, "place");
  const [top, left, light] = [place.uniform(), place.uniform(), 0.8 + 0.4 * place.uniform()];
  const jitter = draws(1000 * recording + frame, "jitter");
  const [dy, dx] = [0.02 * jitter.uniform(), 0.02 * jitter.uniform()];
  const data = new Uint8Array(3 * side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const rgb = [120, 120, 120];
      for (const wave of waves)
        rgb[wave.channel]! +=
          14 *
          Math.cos(
            2 * Math.PI * (wave.y * (top + dy + y / side) + wave.x * (left + dx + x / side) + wave.phase),
          );
      for (const [c, v] of rgb.entries())
        data[3 * (y * side + x) + c] = Math.max(0, Math.min(255, light * v + 6 * (jitter.uniform() - 0.5)));
    }
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}
