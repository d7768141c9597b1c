import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Returns the peak of memory and the seconds of `engraft train` in a new process, so that only its own peak counts. */
export function peakOfTraining(work, args) {
  const program = fileURLToPath(new URL("../bin/engraft.mjs", import.meta.url));
  const words = ["train", ...args, "--out", join(work, "run"), "--json"];
  const printed = execFileSync(process.execPath, [program, ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 30,
    env: { ...process.env, ENGRAFT_CACHE: join(work, "cache") },
  });
  const { peak_rss_mb, seconds } = JSON.parse(printed.trim().split("\n").at(-1));
  return { peak_rss_mb, seconds: seconds.total };
}
