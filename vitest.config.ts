import { statSync } from "node:fs";
import { relative } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, longest first. */
const long = [
  "test/pages/docs.test.ts",
  "test/web/tasks.test.ts",
  "test/web/example.test.ts",
  "test/runs/kill-and-resume.test.ts",
  "test/web/train.test.ts",
  "test/web/bundler.test.ts",
];

/** Long files first, so that all workers end at about the same time. Trainings are in test/, units in src/. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): readonly [number, number] => {
      const path = relative(project.config.root, moduleId).replaceAll("\\", "/");
      const place = long.indexOf(path);
      return [
        place >= 0 ? place : long.length + (path.startsWith("test/") ? 0 : 1),
        -statSync(moduleId).size,
      ];
    };
    const ranked = files.map((file) => ({ file, rank: rank(file) }));
    return ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]).map(({ file }) => file);
  }
}

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // About a hundred trainings for each task: `npm run characterise -- --matrix` runs them.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env.ENGRAFT_CHARACTERISE === "matrix" ? [] : ["test/characterisation/matrix/**"]),
    ],
    globalSetup: ["test/global-setup.mjs"],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: a native runtime in every test file; more workers only wait for each other.
    maxWorkers: 2,
  },
});
