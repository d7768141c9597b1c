import { availableParallelism } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { coresToUse } from "./node-cores.js";

afterEach(() => vi.unstubAllEnvs());

test("all cores are used, unless ENGRAFT_THREADS names a number", () => {
  vi.stubEnv("ENGRAFT_THREADS", "");
  expect(coresToUse()).toBe(availableParallelism());
  vi.stubEnv("ENGRAFT_THREADS", "3");
  expect(coresToUse()).toBe(3);
});

test.each(["0", "-1", "1.5", "two"])("ENGRAFT_THREADS=%s is refused", (given) => {
  vi.stubEnv("ENGRAFT_THREADS", given);
  expect(coresToUse).toThrow(`ENGRAFT_THREADS is "${given}"`);
});
