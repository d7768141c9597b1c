// Peak memory of `engraft train --strategy probe` on so many noise pictures of 128 × 128.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { draws } from "../dist/core/random.js";

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
      lines.push({ pictures: count, ...probe(work, cache) });
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

/** Runs in a new process, so that only its own peak counts. */
function probe(work, cache) {
  const program = fileURLToPath(new URL("../bin/engraft.mjs", import.meta.url));
  const run = join(work, "run");
  const args = ["train", join(work, "data"), "--strategy", "probe", "--out", run, "--json"];
  const printed = execFileSync(process.execPath, [program, ...args, ...(cache ? [] : ["--no-cache"])], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 30,
    env: { ...process.env, ENGRAFT_CACHE: join(work, "cache") },
  });
  const { peak_rss_mb, seconds } = JSON.parse(printed.trim().split("\n").at(-1));
  return { peak_rss_mb, seconds: seconds.total };
}
