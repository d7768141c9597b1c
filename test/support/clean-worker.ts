// Test files share a worker: what one of them changes there is undone at its end.
import { afterAll, beforeAll, expect, vi } from "vitest";

const before = { ...process.env };

// A training is noted with the file that starts it: `note-trainings.mjs`.
beforeAll(() => {
  process.env.ENGRAFT_TEST_FILE = expect.getState().testPath;
});

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.resetConfig();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
