import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { longestValley, smoothed } from "./find-rate.js";

// From fastai's own definitions, scripts/golden/make-loop.py.
const { valleys } = JSON.parse(
  readFileSync(new URL("../../../test/golden/loop.json", import.meta.url), "utf8"),
) as { readonly valleys: readonly { readonly losses: number[]; readonly at: number }[] };

test.each(valleys.map(({ losses, at }) => [losses.length, at, losses] as const))(
  "of %i losses fastai's valley rule points at number %i",
  (_, at, losses) => {
    expect(longestValley(losses)).toBe(at);
  },
);

test("a smoothed loss has no pull towards its start: of a constant it is the constant", () => {
  for (const value of smoothed([3, 3, 3])) expect(value).toBeCloseTo(3, 12);
  // (.98 · .02 · 1 + .02 · 2) / (1 - .98²)
  expect(smoothed([1, 2])[1]).toBeCloseTo((0.98 * 0.02 + 0.04) / (1 - 0.98 ** 2), 12);
});
