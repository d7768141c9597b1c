// Measures what training from scratch reaches on the demos whose `npm start` leaves it out, and writes scripts/demo/scratch.json.
//   node scripts/demo/measure-scratch.mjs            all of them
//   node scripts/demo/measure-scratch.mjs pictures   some of them; the others keep their rows
// It takes some minutes for each, on a machine that does nothing else.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../start-program.mjs";
import { demos } from "./commands.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const file = at("scratch.json");
const leavingOut = Object.keys(demos).filter((name) => demos[name].leavesScratchOut);
const { positionals: named } = startProgram(import.meta.url, { takes: "[DEMO …]", needs: [] });
const unknown = named.filter((name) => !leavingOut.includes(name));
if (unknown.length > 0) {
  console.error(
    `no demo that leaves training from scratch out: ${unknown.join(", ")}; there are ${leavingOut.join(", ")}`,
  );
  process.exit(2);
}
const rows = JSON.parse(readFileSync(file, "utf8"));
for (const name of named.length > 0 ? named : leavingOut) {
  rows[name] = measure(demos[name]);
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
  console.log(name, JSON.stringify(rows[name]));
}

/** Runs a demo with its training from scratch. Returns what both reached on the test split, and the seconds of both. */
function measure({ train, scratch }) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-scratch-"));
  try {
    const words = [...train, ...scratch, "--json", "--out", join(folder, "run")];
    const { stdout, status } = spawnSync(process.execPath, [at("../../dist/program/main.js"), ...words], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: { ...process.env, ENGRAFT_CACHE: join(folder, "cache") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`engraft ${words.join(" ")} ended with ${status}`);
    return rowOf(JSON.parse(stdout.trim().split("\n").at(-1)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf({ test, shown, baselines, verdict, seconds }) {
  const { name, value, ci95 } = test.metric;
  const { training, test: reached } = baselines.scratch;
  return {
    metric: name,
    transfer: { value, ci95 },
    scratch: {
      value: reached.metric.value,
      ci95: reached.metric.ci95,
      steps: training.steps,
      ended: training.ended,
      above_guessing: reached.metric.ci95[0] > shown.guessing.value,
    },
    gain: { value: verdict.gain, ci95: verdict.ci95 },
    seconds: {
      transfer: verdict.effort?.transfer?.seconds,
      scratch: verdict.effort?.scratch?.seconds,
      total: seconds.total,
    },
    measured: `${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model.trim()}, ${cpus().length} processors`,
  };
}
