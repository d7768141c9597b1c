import { expect, test } from "vitest";
import type { EngraftEvent } from "../../core/events/events.js";
import { draws } from "../../core/random.js";
import { rowsOf } from "../../core/results/rows.js";
import type { Sample } from "../../data/index.js";
import { leakage, leakedItems } from "../../report/pages/leaks.js";
import type { ReportData } from "../../report/report-data.js";
import { type ColoursOf, featureLeaks, knownPairs, reportFeatureLeaks } from "./feature-leaks.js";

const width = 32;
const draw = draws(0, "features");
const part = (name: Sample["part"], n: number) => ({
  features: rowsOf(
    Float32Array.from({ length: n * width }, () => 5 + draw.normal()),
    width,
  ),
  labels: new Int32Array(n),
  items: Array.from(
    { length: n },
    (_, i): Sample => ({
      ...{ id: `${name}/${i}`, path: "", sha256: "", label: 0 },
      part: name,
    }),
  ),
});
const parts = { train: part("train", 80), validation: part("validation", 20), test: part("test", 30) };

const gray: ColoursOf = async () => ({ means: [50, 50, 50], deviation: 20 });

test("features of their own leak nothing", () => {
  expect(featureLeaks(parts)).toEqual({ event: "leaks", found: 0, leaks: [] });
});

test("a planted crop, whose features are nearly those of a training picture, is found and told once", async () => {
  const rows = parts.test.features.whole!.slice();
  for (let k = 0; k < width; k++)
    rows[4 * width + k] = parts.train.features.whole![17 * width + k]! + 0.1 * draw.normal();
  const planted = { ...parts, test: { ...parts.test, features: rowsOf(rows, width) } };
  const { leaks, found } = featureLeaks(planted);
  expect(found).toBe(1);
  expect(leaks[0]).toMatchObject({ kind: "features", item: "train/17", other: "test/4", other_part: "test" });
  expect(leaks[0]!.distance).toBeLessThan(0.2);
  const events: EngraftEvent[] = [];
  const items = [parts.train, parts.validation, parts.test].flatMap((one) => one.items);
  await reportFeatureLeaks(featureLeaks(planted), items, (event) => events.push(event), gray);
  expect(events.map(({ event }) => event)).toEqual(["leaks", "warning"]);
  expect(leakedItems(events)).toEqual(["train/17", "test/4"]);
  const data = { events, thumbnails: {} } as unknown as ReportData;
  expect(leakage(data)!.text).toContain("nearly the same features");
  // Pairs already reported for the data are not reported again.
  const known = { event: "data", leaks } as unknown as EngraftEvent;
  const more: EngraftEvent[] = [];
  const rest = featureLeaks(planted, knownPairs([known]));
  await reportFeatureLeaks(rest, items, (event) => more.push(event), gray);
  // With another colour it is something else that looks the same to the base.
  const red: ColoursOf = async ({ id }) => ({
    means: [id === "test/4" ? 90 : 50, 50, 50],
    deviation: 20,
  });
  await reportFeatureLeaks(featureLeaks(planted), items, (event) => more.push(event), red);
  expect(more).toEqual([]);
});

test("a run without leaks has no section", () => {
  expect(leakage({ events: [], thumbnails: {} } as unknown as ReportData)).toBeUndefined();
});
