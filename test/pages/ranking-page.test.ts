import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";

let weightedTau: (scores: readonly number[], truth: readonly number[]) => number;
beforeAll(async () => {
  const page = new URL("../../scripts/measure/ranking-page.mjs", import.meta.url);
  ({ weightedTau } = (await import(page.href)) as { weightedTau: typeof weightedTau });
});

test("weighted tau is SciPy's, with and without ties", () => {
  const golden = readFileSync(new URL("../golden/weighted-tau.json", import.meta.url), "utf8");
  const { cases } = JSON.parse(golden) as { cases: { x: number[]; y: number[]; tau: number }[] };
  expect(cases.length).toBe(9);
  for (const { x, y, tau } of cases) expect(weightedTau(x, y)).toBeCloseTo(tau, 10);
});
