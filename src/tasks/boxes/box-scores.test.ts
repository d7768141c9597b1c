import { expect, test } from "vitest";
import type { BoxItem } from "../../data/boxes/box-dataset.js";
import { scoreBoxes } from "./box-scores.js";

/** Copies of `scenes` pictures: of every third scene the box is missed in all copies. */
function copies(scenes: number, of: number, grouped: boolean) {
  const items = Array.from({ length: scenes * of }, (_, i): BoxItem => {
    const scene = Math.floor(i / of);
    return {
      ...{ id: `${i}.jpg`, path: `/${i}.jpg`, sha256: `${i}`, part: "test", width: 100, height: 100 },
      objects: [{ label: 0, box: [10, 10, 50, 50], area: 1600 }],
      ...(grouped && { group: `scene ${scene}` }),
    };
  });
  const detections = items.map((_, i) =>
    Math.floor(i / of) % 3 === 0 ? [] : [{ label: 0, box: [10, 10, 50, 50] as const, score: 0.9 }],
  );
  return scoreBoxes(items, detections, ["a"], 0.5);
}

test("five copies of 36 scenes count as 36 pictures", () => {
  const [grouped, alone, single] = [copies(36, 5, true), copies(36, 5, false), copies(36, 1, false)];
  expect(grouped).toMatchObject({ n: 180, groups: 36, ap: alone.ap, metric: { ci95: grouped.ap_ci95 } });
  const width = ({ ap_ci95 }: typeof grouped) => ap_ci95![1] - ap_ci95![0];
  // Equal scores make the 101 steps of AP coarse, so the ratio is below √5.
  expect(width(grouped) / width(alone)).toBeGreaterThan(1.2);
  expect(width(grouped) / width(single)).toBeCloseTo(1, 1);
  expect(alone).not.toHaveProperty("groups");
});

test("fewer than 30 groups have no interval of boxes, and the result says how many it needs", () => {
  const few = copies(29, 5, true);
  expect(few).toMatchObject({ ap_ci95: null, ap50_ci95: null, few_groups: true, groups_needed: 30 });
  expect(few.classes[0]!.ap50_ci95).toBeNull();
  expect(few.metric.ci95).toBeNull();
  expect(copies(30, 5, true).ap_ci95).not.toBeNull();
  expect(copies(29, 1, false).ap_ci95).toBeNull();
  expect(copies(30, 1, false).ap_ci95).not.toBeNull();
});
