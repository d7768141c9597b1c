// Seconds and memory to open folders of very many small pictures: for the first time, and from the cache.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draws } from "../dist/core/random.js";
import { inNewProcess } from "./measure.mjs";

export const bench = {
  about: "seconds and memory to open folders of very many pictures",
  takes: "[COUNT …]",
  needs: [],
  options: {
    shard: { type: "string", default: "", about: "also open this share of the files first, such as 3/20" },
  },
  smallest: { shard: "1/2" },
};

export async function main({ json, smallest, shard }, words) {
  const usual = smallest ? [200] : [100_000, 400_000];
  const counts = words.length > 0 ? words.map(Number) : usual;
  const lines = [];
  for (const pictures of counts) {
    const work = mkdtempSync(join(tmpdir(), "engraft-many-files-"));
    try {
      const data = join(work, "data");
      writePictures(data, pictures);
      for (const opening of [...(shard === "" ? [] : [shard]), "first", "again"]) {
        const place = { data, cache: join(work, opening === shard ? "shard" : "cache") };
        const given = opening === shard ? { shard, emptyParts: true } : {};
        const measured = await inNewProcess(import.meta.url, { name: "open" }, { ...place, ...given });
        lines.push({ pictures, opening, ...measured });
        if (!json) console.log(lineOf(lines.at(-1)));
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  if (json) console.log(JSON.stringify(lines));
}

const lineOf = ({ pictures, opening, seconds, parent_mb, peak_mb }) =>
  [
    `${String(pictures).padStart(8)} pictures, ${opening}`,
    `${seconds.toFixed(1)} s`,
    `${parent_mb.toFixed(0)} MB, with the scan's process at most ${peak_mb.toFixed(0)} MB`,
  ].join("  ");

/** Opens pictures in this process, which starts one for the scan. */
export async function open({ data, cache, ...given }) {
  process.env.ENGRAFT_CACHE = cache;
  const { openMachine } = await import("../dist/run/machine.js");
  const { openImages } = await import("../dist/data/images/open-images.js");
  const { platform } = await openMachine();
  const begin = performance.now();
  const { items } = await openImages(data, { platform, ...given });
  const seconds = (performance.now() - begin) / 1000;
  const parent_mb = process.resourceUsage().maxRSS / 1000;
  return { seconds, parent_mb, peak_mb: platform.peakMemoryMb(), items: items.length };
}

const side = 12;
/** Waves of the pictures, see {@link writePictures}. */
const waves = [];
for (let u = 0; u < 4; u++)
  for (let v = 0; v < 4; v++)
    if (u + v > 0)
      waves.push({
        size: 60 / Math.hypot(u, v),
        values: Float32Array.from({ length: side * side }, (_, i) => {
          const [x, y] = [i % side, Math.floor(i / side)];
          const wave = (k, at) => Math.cos(((2 * at + 1) * k * Math.PI) / (2 * side));
          return wave(u, x) * wave(v, y);
        }),
      });

/** Pictures of 12 × 12 pixels as BMP in 100 class folders: sums of waves whose size falls with the frequency, as in photographs. */
export function writePictures(folder, count) {
  const draw = draws(1, "many files");
  const pixels = 3 * side * side;
  const bytes = Buffer.alloc(54 + pixels);
  bytes.write("BM");
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, side],
    [22, side],
    [34, pixels],
  ])
    bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  const grey = new Float32Array(side * side);
  for (let i = 0; i < count; i++) {
    grey.fill(128);
    for (const { size, values } of waves) {
      const factor = size * draw.normal();
      for (let p = 0; p < grey.length; p++) grey[p] += factor * values[p];
    }
    for (let p = 0; p < pixels; p++) {
      const value = grey[Math.floor(p / 3)] + 8 * (p % 3) * draw.uniform();
      bytes[54 + p] = Math.min(255, Math.max(0, value));
    }
    const below = join(folder, `class ${i % 100}`);
    if (i < 100) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `picture ${String(i).padStart(7, "0")}.bmp`), bytes);
  }
}
