// `npm test`: builds, finds or installs Chromium, runs all tests, and prints one line at the end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
await buildAll();
ensureChromium();
const work = mkdtempSync(join(tmpdir(), "engraft-tests-"));
const report = join(work, "report.json");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  // Tests have their own cache, so that nothing of the user's is read or changed.
  { cwd: root, stdio: "inherit", env: { ...process.env, ENGRAFT_CACHE: join(work, "cache") } },
);
let line = "0 passed, 1 failed";
try {
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  // A file that could not be loaded counts as a failure.
  const failed =
    numFailedTests + (numFailedTests === 0 && status !== 0 ? Math.max(1, numFailedTestSuites) : 0);
  const skipped = numPendingTests + numTodoTests;
  line = `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
} catch {
  console.error("the test runner wrote no report");
}
rmSync(work, { recursive: true, force: true });
console.log(line);
process.exit(status ?? 1);
