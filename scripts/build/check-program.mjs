// Loads the files of a build that is not in use yet, and runs its `--version`. So a build whose program cannot start does not
// replace one that can.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Files that run as soon as they are loaded: the program and its workers. */
const entries = /^(main|ort-node-worker|sound-worker|signal-watcher)\.js$/;

/** @returns undefined if the program in `stage` starts, or its error and the place in src/ that source maps name */
export function startFailure(stage) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--enable-source-maps", fileURLToPath(import.meta.url), stage],
    { encoding: "utf8", env: { ...process.env, ENGRAFT_CACHE: join(stage, "cache"), NODE_OPTIONS: "" } },
  );
  if (status === 0) return undefined;
  const text = `${stdout}${stderr}`.trim();
  const message = text.split("\n").find((line) => /^\w*Error\b.*: /.test(line)) ?? text.split("\n")[0];
  const place = /[\\/](src[\\/][^\s:()]+\.ts:\d+:\d+)/.exec(text)?.[1].replaceAll("\\", "/");
  return { message, place };
}

async function loadAll(stage) {
  const load = (path) => import(pathToFileURL(join(stage, path)).href);
  const program = join(stage, "program");
  for (const name of readdirSync(program))
    if (name.endsWith(".js") && !entries.test(name)) await load(`program/${name}`);
  const { requireLimits } = await load("platform/process/node-limits.js");
  if (typeof requireLimits !== "function")
    throw new TypeError(
      "bin/engraft.mjs calls requireLimits, which src/platform/process/node-limits.ts does not export",
    );
  process.argv = [process.execPath, join(program, "main.js"), "--version"];
  await load("program/main.js");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await loadAll(process.argv[2]).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
