import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { readDurations } from "./scripts/durations.mjs";

/** Worker-seconds of each file, as `npm run test:all -- --record` measured them. */
const durations = readDurations();

/** Sorts files by their recorded duration, longest first, so that all workers end at about the same time. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const withThorough = this.ctx.config.tagsFilter === undefined;
    const seconds = ({ moduleId, project }: TestSpecification): number => {
      const row = durations[relative(project.config.root, moduleId).replaceAll("\\", "/")];
      return row ? row.untagged + (withThorough ? row.thorough : 0) : 0;
    };
    // A worker serves one project at a time: the units come last.
    const rank = (file: TestSpecification): number => (file.project.name === "trainings" ? 0 : 1);
    return files.toSorted((a, b) => rank(a) - rank(b) || seconds(b) - seconds(a));
  }
}

const testFiles = readdirSync(new URL("test", import.meta.url), { recursive: true, encoding: "utf8" })
  .map((path) => `test/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".test.ts"));
/** Files in which every test is thorough. `npm test` does not load them. */
const thoroughFiles = process.argv.includes("--tags-filter=!thorough")
  ? testFiles.filter((path) =>
      /^\/\/ @module-tag thorough$/m.test(readFileSync(new URL(path, import.meta.url), "utf8")),
    )
  : [];

/** Units that replace modules. A module that another file has loaded already would not be replaced: each has a worker of its own. */
const mocking = readdirSync(new URL("src", import.meta.url), { recursive: true, encoding: "utf8" })
  .map((path) => `src/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => readFileSync(new URL(path, import.meta.url), "utf8").includes("vi.mock("));

/** Settings of every project. Files share a worker and its modules; `test/support/clean-worker.ts` undoes what a file changes. */
const common = {
  // Processes: threads would share the decoder of pictures, whose error messages are global.
  pool: "forks" as const,
  isolate: false,
  setupFiles: ["test/support/clean-worker.ts"],
  // Beside other work a test takes several times as long. A wait inside a test has half of it, so that its error is the one that is seen.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
};

export default defineConfig({
  test: {
    globalSetup: ["test/global-setup.ts"],
    sequence: { sequencer: LongestFirst },
    // Two cores. The third worker computes while another waits for a page, a recording, or a process.
    maxWorkers: 3,
    tags: [
      {
        name: "thorough",
        description: "Only `npm run test:all` runs it: it takes longer than a change can wait.",
      },
    ],
    projects: [
      {
        test: {
          ...{ ...common, name: "units", include: ["src/**/*.test.ts"] },
          exclude: [...configDefaults.exclude, ...mocking],
        },
      },
      { test: { ...common, name: "mocking", include: mocking, isolate: true } },
      {
        test: {
          ...{ ...common, name: "trainings", include: ["test/**/*.test.ts"] },
          exclude: [...configDefaults.exclude, ...thoroughFiles],
        },
      },
    ],
  },
});
