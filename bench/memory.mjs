// Peak memory of `engraft train --strategy probe` on so many noise pictures of 128 × 128.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { draws } from "../dist/core/random.js";
import { peakOfTraining } from "./peak-of-training.mjs";

const classes = 10;

export const bench = {
  about: "the peak of a probe by number of pictures: they are streamed",
  takes: "[COUNT …]",
  needs: [],
  options: { cache: { type: "boolean", about: "keep features, as a run does by default" } },
  smallest: {},
};

export async function main({ json, cache, smallest }, words) {
  const usual = smallest ? [40] : [2000, 5000, 20000];
  const counts = words.length > 0 ? words.map(Number) : usual;
  const lines = [];
  for (const count of counts) {
    const work = mkdtempSync(join(tmpdir(), "engraft-memory-"));
    try {
      await makePictures(join(work, "data"), count);
      const args = [join(work, "data"), "--strategy", "probe", ...(cache ? [] : ["--no-cache"])];
      lines.push({ pictures: count, ...peakOfTraining(work, args) });
      const { pictures, peak_rss_mb, seconds } = lines.at(-1);
      if (!json)
        console.log(
          `${String(pictures).padStart(6)} pictures  ${peak_rss_mb} MB at most  ${seconds.toFixed(0)} s`,
        );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  if (json) console.log(JSON.stringify(lines));
}

/** Creates images from enlarged 16 × 16 noise, so that none are copies of each other. */
async function makePictures(folder, count) {
  for (let c = 0; c < classes; c++) mkdirSync(join(folder, `class ${c}`), { recursive: true });
  const noise = draws(1, "pictures");
  for (let i = 0; i < count; i++) {
    const raw = Uint8Array.from({ length: 16 * 16 * 3 }, () => Math.floor(256 * noise.uniform()));
    await sharp(raw, { raw: { width: 16, height: 16, channels: 3 } })
      .resize(128, 128)
      .jpeg()
      .toFile(join(folder, `class ${i % classes}`, `${i}.jpg`));
  }
}
