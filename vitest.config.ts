import { defineConfig } from "vitest/config";

// Tests load onnxruntime-node themselves: it reports its use to its maker unless the environment says otherwise.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/global-setup.mjs"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: a native runtime in every test file; more workers only wait for each other.
    maxWorkers: 2,
  },
});
