// `npm run bench -- memory [COUNT …]`: peak memory of a probe by number of generated images.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { draws } from "../dist/core/random.js";

const classes = 10;
const usage = `npm run bench -- memory [COUNT …] [--json] [--cache]

Peak memory in MB of \`engraft train --strategy probe\` on so many noise pictures of 128 × 128 (default 2000 5000 20000).
--cache keeps features, as a run does by default; without it they are left out of the cache.`;

export async function main(args) {
  if (args.includes("--help")) return console.log(usage);
  const given = args.filter((a) => /^\d+$/.test(a)).map(Number);
  const counts = given.length > 0 ? given : [2000, 5000, 20000];
  const lines = [];
  for (const count of counts) {
    const work = mkdtempSync(join(tmpdir(), "engraft-memory-"));
    try {
      await makePictures(join(work, "data"), count);
      lines.push({ pictures: count, ...probe(work, args.includes("--cache")) });
      const { pictures, peak_rss_mb, seconds } = lines.at(-1);
      if (!args.includes("--json"))
        console.log(
          `${String(pictures).padStart(6)} pictures  ${peak_rss_mb} MB at most  ${seconds.toFixed(0)} s`,
        );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  if (args.includes("--json")) console.log(JSON.stringify(lines));
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
