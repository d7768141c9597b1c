// The folder in which a benchmark keeps its trainings, so that a stopped benchmark resumes.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Calls `use` with the folder .cache/bench/NAME. A smallest run has a temporary folder instead. */
export async function inKeptFolder(name, { smallest }, use) {
  const folder = smallest
    ? mkdtempSync(join(tmpdir(), `engraft-${name}-`))
    : fileURLToPath(new URL(`../.cache/bench/${name}`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  try {
    await use(folder);
  } finally {
    if (smallest) rmSync(folder, { recursive: true, force: true });
  }
}
