// Seconds until `engraft --help` has printed: nothing heavy may be loaded before it is needed.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { once, print, time } from "./measure.mjs";

export const bench = {
  about: "seconds until the command line answers --help",
  needs: [],
  options: {},
  smallest: {},
};

export async function main(options) {
  const calls = options.smallest ? once : {};
  const cli = fileURLToPath(new URL("../dist/program/main.js", import.meta.url));
  const run = (...given) => promisify(execFile)(process.execPath, given);
  const help_ms = await time(() => run(cli, "--help"), calls);
  const node_ms = await time(() => run("-e", "0"), calls);
  print({ help_ms, node_ms, limit_ms: 300 }, options.json);
}
