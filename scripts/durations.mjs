// Reporter of Vitest for `npm run test:all -- --record`: writes to test/support/durations.json how many worker-seconds each test file takes,
// with and without the tag thorough. Fails if a file has no row, or if the tests without the tag take longer than `npm test` may.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, "test/support/durations.json");

/** Most worker-seconds of the tests without the tag: three workers do them in six minutes. */
export const mostUntagged = 1000;

/** Returns the paths of all test files from the root of the checkout. */
export const testFiles = () =>
  ["src", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => `${folder}/${path.replaceAll("\\", "/")}`),
  );

/** Reads the recorded seconds: `{ "src/a.test.ts": { "untagged": 1.5, "thorough": 0 } }`. */
export const readDurations = () => JSON.parse(readFileSync(file, "utf8"));

/** Returns one line for each fault of the recorded seconds: a file without a row, or too many seconds. */
export function faultsOfDurations(rows, files) {
  const missing = files.filter((path) => rows[path] === undefined);
  const untagged = Object.values(rows).reduce((sum, { untagged }) => sum + untagged, 0);
  return [
    ...missing.map((path) => `${path} has no row: run it with --record`),
    ...(untagged > mostUntagged
      ? [
          `the tests without the tag thorough take ${Math.round(untagged)} worker-seconds, at most ${mostUntagged}: tag some, or let them read a shared run`,
        ]
      : []),
  ];
}

const rounded = (milliseconds) => Math.round(milliseconds / 100) / 10;

export default class DurationsReporter {
  rows = readDurations();

  onTestModuleEnd(testModule) {
    const ran = [...testModule.children.allTests()].filter((test) => test.result().state !== "skipped");
    const isTagged = (test) => test.options.tags?.includes("thorough") === true;
    const seconds = (tests) => tests.reduce((sum, test) => sum + (test.diagnostic()?.duration ?? 0), 0);
    const { duration } = testModule.diagnostic();
    // Hooks count with the tests without the tag, if the file has one.
    const thorough = ran.every(isTagged) ? duration : seconds(ran.filter(isTagged));
    this.rows[relative(root, testModule.moduleId).replaceAll("\\", "/")] = {
      untagged: rounded(duration - thorough),
      thorough: rounded(thorough),
    };
  }

  onTestRunEnd() {
    const files = testFiles();
    const rows = Object.entries(this.rows).filter(([path]) => files.includes(path));
    const sum = ({ untagged, thorough }) => untagged + thorough;
    rows.sort(([a, x], [b, y]) => sum(y) - sum(x) || (a < b ? -1 : 1));
    const lines = rows.map(
      ([path, { untagged, thorough }]) =>
        `  ${JSON.stringify(path)}: { "untagged": ${untagged}, "thorough": ${thorough} }`,
    );
    writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
    for (const fault of faultsOfDurations(Object.fromEntries(rows), files)) {
      console.error(`durations: ${fault}`);
      process.exitCode = 1;
    }
  }
}
