import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import type { TestProject } from "vitest/node";
import { buildAll, isFresh } from "../scripts/build.mjs";
import {
  mostTrainings,
  type NotedTraining,
  trainingsBeyondRows,
  trainingsByFile,
} from "./support/trainings.js";

const root = join(import.meta.dirname, "..");

/** What Node and other programs take as the folder for temporary files, on every system. */
const names = ["TMPDIR", "TMP", "TEMP"];

/** Browsers leave these behind if they are closed while they start: Chromium its lock, the sound library of both a folder of its socket. */
const ofBrowsers = /^(\.org\.chromium\.Chromium\.|pulse-\w{12}$)/;

/**
 * The runtime's worker thread and the command line run the built files: build them when a source is newer. A file
 * that does not compile is reported by the test that reads it.
 *
 * Tests and the programs they start have a folder for temporary files of their own. It must be empty in the end: what a
 * run or a test leaves there fills the user's disk.
 *
 * Each training of a test is noted. Without the thorough tests, more trainings than `support/trainings.ts` allows are a failure.
 */
export default async function setup({ vitest }: TestProject): Promise<() => void> {
  // onnxruntime-node reports its use to its maker otherwise, and keeps a file for that in the temporary folder.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  // Three workers share two cores. With one thread, results do not depend on the number of cores either.
  process.env.ENGRAFT_THREADS ??= "1";
  // Output as in a terminal of the usual width that shows every character, whatever the developer's terminal is.
  for (const name of ["COLUMNS", "LC_ALL", "LC_CTYPE"]) delete process.env[name];
  // Nothing of the user's: neither cached models, features and measured times, nor a token of the hub.
  for (const name of ["HF_TOKEN", "HF_HOME", "HF_ENDPOINT"]) delete process.env[name];
  const cache = mkdtempSync(join(tmpdir(), "engraft-tests-cache-"));
  process.env.ENGRAFT_CACHE = cache;
  process.env.LANG = "en_US.UTF-8";
  const folder = mkdtempSync(join(tmpdir(), "engraft-tests-"));
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = folder;
  // Runs that several files read: test/support/shared-runs.ts.
  const shared = mkdtempSync(join(folder, "shared-"));
  process.env.ENGRAFT_TEST_RUNS = shared;
  const trainings = join(cache, "trainings.jsonl");
  writeFileSync(trainings, "");
  process.env.ENGRAFT_TEST_TRAININGS = trainings;
  const noting = new URL("support/note-trainings.mjs", import.meta.url);
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import=${noting.href}`.trim();
  const isLimited = vitest.config.tagsFilter?.includes("!thorough");
  if (!isFresh()) await buildAll().catch((error) => console.error(error.message));
  return () => {
    if (isLimited) refuseTrainings(readTrainings(trainings));
    rmSync(shared, { recursive: true, force: true });
    const left = readdirSync(folder).filter((name) => !ofBrowsers.test(name));
    for (const own of [folder, cache]) rmSync(own, { recursive: true, force: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    if (left.length === 0) return;
    const list = left.sort().join("\n  ");
    console.error(`tests left ${left.length} things in the temporary folder:\n  ${list}`);
    // Vitest prints what a teardown throws, and succeeds.
    process.exitCode = 1;
  };
}

/** Reads what `support/note-trainings.mjs` noted. */
function readTrainings(log: string): readonly NotedTraining[] {
  const lines = readFileSync(log, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => {
    const { file = "no test file", ...one } = JSON.parse(line) as Partial<NotedTraining> & {
      readonly run: string;
    };
    return { ...one, file: isAbsolute(file) ? relative(root, file).replaceAll("\\", "/") : file };
  });
}

/** Prints the number of trainings. If there are too many, it names them and lets the command fail. */
function refuseTrainings(noted: readonly NotedTraining[]): void {
  const count = [...trainingsByFile(noted).values()].reduce((sum, runs) => sum + runs.size, 0);
  console.log(`${count} trainings, at most ${mostTrainings}`);
  const beyond = trainingsBeyondRows(noted);
  if (beyond.length === 0 && count <= mostTrainings) return;
  console.error(
    [
      "The tests train too often. Read a shared run (test/support/shared-runs.ts), or give the test the tag thorough, or a row in test/support/trainings.ts:",
      ...beyond,
    ].join("\n  "),
  );
  process.exitCode = 1;
}
