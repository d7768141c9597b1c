// Seconds until `engraft --help` has printed: nothing heavy may be loaded before it is needed.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { print, readOptions, time } from "./measure.mjs";

export async function main(args) {
  const options = readOptions(args, "help", {});
  const cli = fileURLToPath(new URL("../dist/program/main.js", import.meta.url));
  const run = (...given) => promisify(execFile)(process.execPath, given);
  const help_ms = await time(() => run(cli, "--help"));
  const node_ms = await time(() => run("-e", "0"));
  print({ help_ms, node_ms, limit_ms: 300 }, options.json);
}
