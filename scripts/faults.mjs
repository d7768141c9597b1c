// Plants faults in the product, one at a time, and demands that a test finds each: `node scripts/faults.mjs [NAME…]`.
//
// A fault is a patch of one file, test/faults/NAME.patch. Lines `found-by: FILE` before its diff name the tests that run
// first. Then come the test beside the changed file, the tests that import it, and all tests; the first failure ends the
// search. A failure counts only if the same test passes without the fault. All tests run in a temporary clone of HEAD.
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureChromium } from "./chromium.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const faults = join(root, "test/faults");
const minute = 60_000;
/** Longest run of some tests, and of all. A run that does not end has found the fault. */
const limits = { some: 20 * minute, all: 120 * minute };

/** Temporary folder with the clone, the cache of its tests, and their temporary files. */
let work;
let clone;
/** The test runner, the leader of its own process group. */
let running;
/** Test files that fail without a fault too. */
const broken = new Set();

/** Stops the test runner with all its processes. */
function stop() {
  if (running) process.kill(-running.pid, "SIGKILL");
}

function cloneHead() {
  work = mkdtempSync(join(realpathSync(tmpdir()), "faults-"));
  clone = join(work, "engraft");
  process.on("exit", () => {
    stop();
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
  execFileSync("git", ["clone", "--quiet", root, clone], { stdio: "inherit" });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
}

/** Runs a program of the clone. @returns its exit status, undefined if it did not end in time */
function run(program, args, limit) {
  running = spawn(process.execPath, [join(clone, "node_modules", program), ...args], {
    cwd: clone,
    detached: true,
    stdio: "ignore",
    env: { ...process.env, ENGRAFT_CACHE: join(work, "cache"), TMPDIR: work },
  });
  return new Promise((resolve, reject) => {
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      stop();
    }, limit);
    running.on("error", reject);
    running.on("close", (status) => {
      clearTimeout(timer);
      running = undefined;
      resolve(hangs ? undefined : (status ?? 1));
    });
  });
}

/** Runs tests. @returns tests that failed and tests that passed, each as file and title */
async function runTests(words, limit) {
  const report = join(work, "report.json");
  rmSync(report, { force: true });
  const excluded = [...broken].map((file) => `--exclude=${file}`);
  const options = [
    "--run",
    "--bail=1",
    "--tags-filter=!thorough",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...excluded,
  ];
  const status = await run("vitest/vitest.mjs", [...words, ...options], limit);
  const late = { file: words.join(" "), title: `no end after ${limit / minute} minutes`, hangs: true };
  if (status === undefined) return { failed: [late], passed: [] };
  if (!existsSync(report)) return { failed: [], passed: [] };
  const all = JSON.parse(readFileSync(report, "utf8")).testResults.flatMap((result) => {
    const file = relative(clone, result.name);
    const tests = result.assertionResults.map(({ fullName, status }) => ({ file, title: fullName, status }));
    // A file that fails without a failed test failed while it was loaded, or in a hook.
    return result.status !== "failed" || tests.some(({ status }) => status === "failed")
      ? tests
      : [...tests, { file, title: result.message.split("\n")[0], status: "failed", isFile: true }];
  });
  const of = (wanted) => all.filter(({ status }) => status === wanted);
  return { failed: of("failed"), passed: of("passed") };
}

/** Returns true if the test that failed passes without the fault. */
async function passesWithout(patch, { file, title, isFile }) {
  execFileSync("git", ["apply", "--reverse", patch], { cwd: clone });
  const { failed, passed } = await runTests(["run", file], limits.some);
  execFileSync("git", ["apply", patch], { cwd: clone });
  return isFile
    ? failed.length === 0 && passed.length > 0
    : passed.some((test) => test.file === file && test.title === title);
}

/** Returns the test that finds a fault, or undefined. */
async function findFault(patch) {
  const text = readFileSync(patch, "utf8");
  const changed = Array.from(text.matchAll(/^\+\+\+ b\/(.+)$/gm), ([, file]) => file);
  if (changed.length !== 1) throw new Error(`${patch} changes ${changed.length} files, not one`);
  const hints = Array.from(text.matchAll(/^found-by: (\S+)$/gm), ([, file]) => file);
  const beside = changed[0].replace(/\.ts$/, ".test.ts");
  const files = [...new Set([...hints, ...(existsSync(join(clone, beside)) ? [beside] : [])])];
  const steps = [...files.map((file) => ["run", file]), ["related", changed[0]], ["run"]];
  if ((await run("typescript/bin/tsc", ["--noEmit"], limits.some)) !== 0) {
    console.error(`${patch} does not compile, so it says nothing of the tests`);
    return undefined;
  }
  for (const words of steps)
    for (;;) {
      const [first] = (await runTests(words, words.length > 1 ? limits.some : limits.all)).failed;
      if (first === undefined) break;
      if (first.hangs || (await passesWithout(patch, first))) return first;
      console.error(`${first.file} fails without the fault too: ${first.title}`);
      if (broken.has(first.file)) break;
      broken.add(first.file);
    }
  return undefined;
}

const given = process.argv.slice(2);
const stored = readdirSync(faults).map((file) => file.replace(/\.patch$/, ""));
const names = given.length > 0 ? given : stored.sort();
ensureChromium();
cloneHead();
let missed = 0;
for (const name of names) {
  const patch = join(faults, `${name}.patch`);
  const begin = performance.now();
  execFileSync("git", ["apply", patch], { cwd: clone });
  const found = await findFault(patch);
  execFileSync("git", ["checkout", "--quiet", "."], { cwd: clone });
  if (!found) missed++;
  const seconds = Math.round((performance.now() - begin) / 1000);
  console.log(`${name}  ${found ? `found by ${found.file}: ${found.title}` : "not found"}  ${seconds} s`);
}
console.log(`${names.length - missed} of ${names.length} faults found`);
process.exit(missed === 0 ? 0 : 1);
