// `npm test`: builds, finds or installs Chromium, runs the tests of every change, and prints one line at the end.
//   npm test -- src/autodiff        some of them
//   npm run test:all                also the thorough ones: every option on every task, Firefox, package installs, long simulations
//   npm run test:all -- --record    and writes to test/support/durations.json how long each file took (scripts/durations.mjs)
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureChromium, ensureFirefox } from "./browsers.mjs";
import { BuildError, buildAll } from "./build.mjs";
import { ensureServers } from "./servers.mjs";
import { isFull, openTestPlace, TestPlaceError } from "./test-place.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** This command's own words; the rest are Vitest's. */
const own = ["--all", "--record"];
const [all, record] = own.map((word) => process.argv.includes(word));
const words = process.argv.slice(2).filter((word) => !own.includes(word));
/** Named files run whole. */
const filter = all || words.some((word) => !word.startsWith("-")) ? [] : ["--tags-filter=!thorough"];

try {
  ensureChromium();
  if (all) ensureFirefox();
  ensureServers();
  const place = await openTestPlace(root);
  try {
    await buildAll();
    const status = await runVitest(place);
    const report = readReport(place);
    console.log(lastLine(report, status));
    process.exitCode = status;
  } finally {
    await place.close();
  }
} catch (error) {
  if (!(error instanceof TestPlaceError || error instanceof BuildError)) throw error;
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}

/** Runs Vitest. Its temporary files and its cache are in the place: nothing of the user's is read or changed. */
async function runVitest({ cache, temporary, report }) {
  const child = spawn(
    process.execPath,
    [
      ...[join(root, "node_modules/vitest/vitest.mjs"), "run", "--reporter=default", "--reporter=json"],
      `--outputFile.json=${report}`,
      ...(record ? [`--reporter=${join(root, "scripts/durations.mjs")}`] : []),
      ...filter,
      ...words,
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, ENGRAFT_CACHE: cache, TMPDIR: temporary } },
  );
  // Ctrl-C reaches the child too. This process waits, and removes the place.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((done) => child.on("close", (code) => done(code ?? 1)));
}

function readReport({ report, temporary }) {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    throw new TestPlaceError(
      isFull(temporary)
        ? `The tests filled the disk of ${temporary}: delete something, or set TMPDIR to another folder.`
        : "The test runner was stopped before it wrote its report.",
    );
  }
}

function lastLine({ numPassedTests, numFailedTests, numFailedTestSuites, testResults }, status) {
  // A file that could not be loaded counts as a failure.
  const failed =
    numFailedTests + (numFailedTests === 0 && status !== 0 ? Math.max(1, numFailedTestSuites) : 0);
  const skipped = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, tags }) => status !== "passed" && status !== "failed" && !tags.includes("thorough"));
  return `${numPassedTests} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`;
}
