import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // About a hundred trainings for each task: `npm run characterise -- --matrix` runs them.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env.ENGRAFT_CHARACTERISE === "matrix" ? [] : ["test/characterisation/matrix/**"]),
    ],
    globalSetup: ["test/global-setup.mjs"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: a native runtime in every test file; more workers only wait for each other.
    maxWorkers: 2,
  },
});
