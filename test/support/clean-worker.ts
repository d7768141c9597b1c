// Test files share a worker: what one of them changes there is undone at its end.
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";

const before = { ...process.env };

// A training is noted with the test that starts it: `note-trainings.mjs`.
beforeAll(() => {
  process.env.ENGRAFT_TEST_FILE = expect.getState().testPath;
});
beforeEach(({ task }) => {
  process.env.ENGRAFT_TEST_NAME = task.name;
});
afterEach(() => {
  delete process.env.ENGRAFT_TEST_NAME;
});

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.resetConfig();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
