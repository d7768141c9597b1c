// How records are compared, and that each one has a case.
import { readdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { plainText, plainValue, shortened, visibleLines } from "./plain.js";
import type { RunRecord } from "./record.js";
import { differences, recordFile, recordsFolder, stored } from "./stored.js";
import * as studies from "./studies.js";
import { casesOf, type ToyTask, tasks } from "./tasks.js";

test("each record has a case, and each case a record", () => {
  const cases = [
    ...Object.keys(tasks).flatMap((name) => casesOf(name as ToyTask)),
    ...Object.values(studies).flat(),
  ].map(({ name }) => name);
  const records = readdirSync(recordsFolder).map((file) => file.replace(/\.json$/, ""));
  const without = records.filter((name) => !cases.includes(name));
  if (process.env.ENGRAFT_CHARACTERISE === "write") for (const name of without) rmSync(recordFile(name));
  else
    expect({ without, missing: cases.filter((name) => !records.includes(name)) }).toEqual({
      without: [],
      missing: [],
    });
});

const record: RunRecord = {
  weights: { "head/weight": ["float32[2, 16]", "0123456789ab", 3.5, -1.25] },
  model: "0123456789abcdef",
  result: { test: { accuracy: 0.75, loss: 0.5 }, strategy: "finetune" },
  events: ["start", "epoch finetune × 2"],
  event_fields: { epoch: "best epoch" },
  pages: { en: ["Accuracy on the test part", "75.0 %"], zh: ["测试集准确率"] },
};
const changed = (
  change: Partial<RunRecord>,
  families: readonly [string, string] = ["one", "one"],
): string[] => {
  const now = { ...record, ...change };
  return differences(stored(record, families[0]), stored(now, families[1]), now);
};

test("equal records have no differences", () => {
  expect(changed({})).toEqual([]);
});

test("a difference names the field, the old value and the new one", () => {
  expect(changed({ result: { test: { accuracy: 0.5, loss: 0.5 }, seeds: 2 } })).toEqual([
    "result.test.accuracy: 0.75 became 0.5",
    'result.strategy: is missing, was "finetune"',
    "result.seeds: is new: 2",
  ]);
  expect(changed({ events: ["start", "epoch finetune × 3"] })).toEqual([
    'events[1]: "epoch finetune × 2" became "epoch finetune × 3"',
  ]);
});

test("a difference in a page is told by its new line, and by a number apart from words", () => {
  expect(changed({ pages: { en: ["Accuracy on the test split", "75.0 %"], zh: ["测试集准确率"] } })).toEqual([
    'page en: a line is new: "Accuracy on the test split"',
    "page en: 1 lines are gone or changed",
  ]);
  expect(changed({ pages: { en: ["Accuracy on the test part", "80.0 %"], zh: ["测试集准确率"] } })).toEqual([
    "page en: a number in a line changed, the words did not",
  ]);
  expect(changed({ pages: { en: ["75.0 %", "Accuracy on the test part"], zh: ["测试集准确率"] } })).toEqual([
    "page en: lines have another order or number",
  ]);
  expect(changed({ pages: { en: record.pages!.en! } })).toEqual(["page zh: is missing"]);
});

test("on a machine of another family numbers may differ by 1e-5, and hashes are not compared", () => {
  const near: Partial<RunRecord> = {
    weights: { "head/weight": ["float32[2, 16]", "ffffffffffff", 3.500002, -1.25] },
    model: "ffffffffffffffff",
  };
  expect(changed(near, ["one", "other"])).toEqual([]);
  expect(changed(near)).toHaveLength(3);
  expect(
    changed({ weights: { "head/weight": ["float32[2, 16]", "ffffffffffff", 3.6, -1.25] } }, ["one", "other"]),
  ).toEqual(["weights.head/weight[2]: 3.5 became 3.6"]);
});

test("times, memory, versions and places are taken out of texts and results", () => {
  expect(plainText("took 1.5 s (forecast under 2 min), 210 MB in /tmp/x/run, node 20.1.0", "/tmp/x")).toBe(
    "took MEASURED (forecast MEASURED), MEASURED in ROOT/run, node VERSION",
  );
  expect(plainText("用时 3 秒，内存 210 MB", "/tmp/x")).toBe("用时 MEASURED，内存 MEASURED");
  expect(plainText("time 1.2 s 0.5 s 0.42 ×", "/tmp/x")).toBe("time MEASURED");
  expect(
    visibleLines(
      "<tr><td>time</td> <td>1.2 s</td> <td>0.5 s</td> <td>0.42 ×</td></tr><p>1 × 2</p>",
      "/tmp/x",
    ),
  ).toEqual(["time MEASURED", "1 × 2"]);
  expect(plainText("2 steps, 16 × 16 pixels, 3 samples, 0.5 margin", "/tmp/x")).toBe(
    "2 steps, 16 × 16 pixels, 3 samples, 0.5 margin",
  );
  expect(
    plainValue({ seconds: 3, loss: 0.123456789, run: "/tmp/x/run", nothing: undefined }, "/tmp/x"),
  ).toEqual({ loss: 0.123457, run: "ROOT/run" });
});

test("a long list is stored as a hash, a short one as it is", () => {
  const long = Array.from({ length: 100 }, (_, i) => i);
  expect(shortened({ short: [1, 2, 3], long })).toEqual({
    short: [1, 2, 3],
    long: expect.stringMatching(/^#[0-9a-f]{16} of 100$/),
  });
});

test("a page is read as a person sees it: a line for each block, no scripts", () => {
  const page =
    "<head><title>t</title></head><p>two <b>words</b></p><script>x</script><td>1</td><td>a &amp; b</td>";
  expect(visibleLines(page, "/tmp/x")).toEqual(["two words", "1 a & b"]);
});
