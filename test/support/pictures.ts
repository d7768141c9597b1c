import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { draws } from "../../src/core/random.js";
import { nodePlatform } from "../../src/platform/node.js";
import type { Platform } from "../../src/platform/platform.js";

/** A folder of its own that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "engraft-test-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Node's platform with its cache inside a folder of the test. */
export function platformIn(folder: string): Platform {
  return { ...nodePlatform, cacheDir: () => join(folder, ".cache") };
}

/** A picture that is unlike those of every other seed: a few random waves a channel, the same at every size. */
export function picture(seed: number, width = 32, height = 32): Sharp {
  const draw = draws(seed, "test picture");
  const waves = Array.from({ length: 18 }, () => ({
    y: draw.uniform() * 4 - 2,
    x: draw.uniform() * 4 - 2,
    phase: draw.uniform(),
  }));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        let value = 128;
        for (const wave of waves.slice(6 * c, 6 * c + 6))
          value +=
            20 *
            Math.cos(
              2 * Math.PI * ((wave.y * (y + 0.5)) / height + (wave.x * (x + 0.5)) / width + wave.phase),
            );
        data[3 * (y * width + x) + c] = Math.round(value);
      }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export async function pictureBytes(seed: number): Promise<Uint8Array> {
  return picture(seed).png().toBuffer();
}

/** Write files by relative path; a number is the picture of that seed. */
export async function writeTree(
  folder: string,
  tree: Readonly<Record<string, number | string | Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === "number" ? await pictureBytes(content) : content);
    // An old time; the time of the last change cannot be set.
    await utimes(path, 1e9, 1e9);
  }
}

/** `n` pictures of each class: `{ "a/0.png": seed, … }`. */
export function classTree(
  classes: Readonly<Record<string, number>>,
  prefix = "",
  from = 0,
): Record<string, number> {
  const tree: Record<string, number> = {};
  let seed = from;
  for (const [name, n] of Object.entries(classes))
    for (let i = 0; i < n; i++) tree[`${prefix}${name}/${i}.png`] = seed++;
  return tree;
}
