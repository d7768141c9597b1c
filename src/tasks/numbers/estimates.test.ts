import { expect, test } from "vitest";
import { conformalBands } from "../../evaluate/regression.js";
import { regressionOf } from "./estimates.js";
import { Targets } from "./targets.js";

const targets = [{ name: "price", mean: 0, deviation: 1 }];
const folder = (regression: object) => ({
  dir: "m",
  classes: ["price"],
  engraft: { regression } as unknown as Parameters<typeof regressionOf>[0]["engraft"],
});
const open = { half_width: 2 };

test("prediction intervals of a model folder are read", () => {
  const bands = [[{ up_to: -1, half_width: 0 }, { up_to: 3, half_width: 1 }, open]];
  expect(regressionOf(folder({ targets, bands, coverage: 0.9 })).bands).toBe(bands);
  expect(regressionOf(folder({ targets, bands: [[]], coverage: 0.9 })).bands).toEqual([[]]);
});

test.each([
  ["no bands", { targets, coverage: 0.9 }],
  ["a text", { targets, bands: "abc", coverage: 0.9 }],
  ["bands of another number of targets", { targets, bands: [[open], [open]], coverage: 0.9 }],
  ["null", { targets, bands: [[null]], coverage: 0.9 }],
  ["a text for a width", { targets, bands: [[{ half_width: "3" }]], coverage: 0.9 }],
  ["a negative width", { targets, bands: [[{ half_width: -3 }]], coverage: 0.9 }],
  ["null for a limit", { targets, bands: [[{ up_to: null, half_width: 1 }, open]], coverage: 0.9 }],
  ["a text for a limit", { targets, bands: [[{ up_to: "x", half_width: 1 }, open]], coverage: 0.9 }],
  [
    "falling limits",
    { targets, bands: [[{ up_to: 5, half_width: 1 }, { up_to: 4, half_width: 1 }, open]], coverage: 0.9 },
  ],
  [
    "an open band that is not the last",
    { targets, bands: [[open, { up_to: 4, half_width: 1 }]], coverage: 0.9 },
  ],
  ["no open band", { targets, bands: [[{ up_to: 4, half_width: 1 }]], coverage: 0.9 }],
  ["a coverage above 1", { targets, bands: [[open]], coverage: 7 }],
  ["no coverage", { targets, bands: [[open]] }],
])("a model folder with %s is refused", (_, regression) => {
  expect(() => regressionOf(folder(regression))).toThrow(
    "engraft.json does not say how scores become numbers",
  );
});

test("intervals of the best of several epochs are wider, and samples that chose nothing leave them as they are", () => {
  const items = Array.from({ length: 100 }, (_, i) => ({
    ...{ id: `${i}`, part: "validation", values: [10 * (i % 10) + (i % 7)] },
  }));
  const answers = items.map(({ values: [value] }, i) => value! + Math.sin(i * i) * (1 + (i % 10)));
  const scaled = Targets.of(["a"], items);
  const widths = (others: readonly number[]) =>
    scaled
      .conformal(answers, items, { coverage: 0.9, choice: { score: 0.96, others } })
      .bands[0]!.map(({ half_width }) => half_width);
  const [alone, best] = [widths([]), widths(Array.from({ length: 40 }, () => 0.95))];
  expect(
    conformalBands(
      answers,
      items.map(({ values: [v] }, i) => v! - answers[i]!),
      1,
      0.9,
    ).bands[0]!.map(({ half_width }) => half_width),
  ).toEqual(alone);
  expect(best.length).toBe(alone.length);
  for (const [b, width] of best.entries()) expect(width).toBeGreaterThanOrEqual(alone[b]!);
  expect(best.at(-1)).toBeGreaterThan(alone.at(-1)!);
  expect(
    scaled.conformal([], [], { coverage: 0.9, choice: { score: Number.NaN, others: [] } }).bands,
  ).toEqual([[]]);
});
