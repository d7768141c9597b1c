import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { rowsOf } from "../../core/results/rows.js";
import { distantItems } from "./feature-findings.js";

/** Directions around an axis. */
function cloud(seed: number, count: number, axis: number) {
  const d = draws(seed, "distances");
  return rowsOf(
    Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 === axis ? 5 : 0) + d.normal()),
    4,
  );
}

test("of test items like the others about one in twenty is far, of others all are", () => {
  const [train, held] = [cloud(1, 300, 0), cloud(2, 200, 0)];
  const like = distantItems(train, held, cloud(3, 400, 0))!;
  // Of 200 held ones the share is Beta(10, 191): .05 with a deviation of .015, and .011 for 400 items; four of them.
  expect(like.test).toBeLessThan(0.05 + 0.075);
  expect(like.test_ci95[0]).toBeLessThan(0.05 + 0.06);
  expect(distantItems(train, held, cloud(4, 50, 2))!.test).toBe(1);
});

test("an empty part has no distances, and what would take long is left out", () => {
  const none = rowsOf(new Float32Array(0), 4);
  expect(distantItems(cloud(1, 9, 0), none, cloud(2, 9, 0))).toBeUndefined();
  const wide = { ...cloud(1, 10, 0), width: 100_000_000 };
  expect(distantItems(wide, wide, wide)).toBeUndefined();
});
