// Pictures of one person resemble each other, so a test part of groups counts as fewer pictures, on screen, report and card.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluationLines } from "../../src/cli/render/render-result.js";
import type { ClassificationScores } from "../../src/core/events/events.js";
import { evaluate, type TrainResultEvent, train } from "../../src/index.js";
import { wilsonInterval } from "../../src/statistics/index.js";
import { sheetOf } from "../../src/tasks/sheets.js";
import { tinyBase, tinyData } from "../support/fixtures.js";

/** Lines as one text: what was wrapped is together again. */
const unwrapped = (lines: readonly string[]): string => lines.join("\n").replace(/\n {11}(?=\S)/g, " ");

const linesOf = async (test: ClassificationScores): Promise<string[]> =>
  evaluationLines(await sheetOf("image-classification"), { task: "image-classification", test } as {
    test: ClassificationScores;
  });

const root = mkdtempSync(join(tmpdir(), "engraft-groups-"));
const path = (...parts: string[]): string => join(root, ...parts);
beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
  await tinyData(path("data"), { ant: 80, bee: 80 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A list with 40 test pictures a class, in groups of `size` of the same class, and a run on it. */
async function runOn(name: string, size: number): Promise<TrainResultEvent> {
  const rows = ["ant", "bee"].flatMap((label) =>
    Array.from({ length: 80 }, (_, i) => {
      const part = i < 30 ? "train" : i < 40 ? "validation" : "test";
      return `${label}/${i}.png,${label},${part},${part === "test" ? `${label}-${Math.floor(i / size)}` : ""}`;
    }),
  );
  const list = path("data", `${name}.csv`);
  writeFileSync(list, `image,label,split,person\n${rows.join("\n")}\n`);
  const options = { base: path("base"), threads: 1, strategy: "probe", out: path(name) } as const;
  return train(list, { ...options, task: "image-classification" });
}

test("80 test pictures of 20 people count as fewer", async () => {
  const { test: scores, baselines } = await runOn("people", 4);
  expect(scores).toMatchObject({ n: 80, groups: 20 });
  expect(scores.effective).toBeGreaterThanOrEqual(1);
  expect(scores.effective).toBeLessThanOrEqual(80);
  const [low, high] = scores.accuracy_ci95;
  const alone = wilsonInterval(Math.round(80 * scores.accuracy), 80);
  // Student's t of 19 degrees of freedom is wider than the normal even where groups do not matter.
  expect(high - low).toBeGreaterThan(alone[1] - alone[0]);
  if (baselines?.majority) expect(baselines.majority.test.groups).toBe(20);
  const said = "are of 20 groups, and those of one resemble each other: they count as about";
  expect(unwrapped(await linesOf(scores))).toContain(`the 80 pictures ${said}`);
  const page = readFileSync(path("people", "report.html"), "utf8").replaceAll("\u00a0", " ");
  expect(page).toContain(
    "The 80 test pictures are of 20 groups. Samples of one group resemble each other: they count as about",
  );
  expect(readFileSync(path("people", "model", "README.md"), "utf8")).toContain(said);
  const again = await evaluate(path("people", "model"), path("data", "people.csv"), { threads: 1 });
  expect((again.test as ClassificationScores).groups).toBe(20);
}, 120_000);

test("8 people are too few for an interval", async () => {
  const { test: scores } = await runOn("few", 10);
  expect(scores).toMatchObject({ n: 80, groups: 8, few_groups: true, accuracy_ci95: [0, 1] });
  expect(unwrapped(await linesOf(scores))).toMatch(
    /^accuracy +unknown +\(no interval, 80 test pictures\)\s+the test pictures are of 8 groups, /m,
  );
  const page = readFileSync(path("few", "report.html"), "utf8").replaceAll("\u00a0", " ");
  expect(page).toContain("The test pictures are of 8 groups, ");
}, 120_000);

test("rows of a table: train keeps patients on one side and counts them, and so does eval", async () => {
  const rows = Array.from({ length: 240 }, (_, i) => `${(i * 37) % 101}.5,p${i % 60},${(i * 37) % 101}.25`);
  writeFileSync(path("visits.csv"), `x,patient,stay\n${rows.join("\n")}\n`);
  const options = { task: "tabular-regression", target: "stay", threads: 1, epochs: 2 } as const;
  const run = await train(path("visits.csv"), {
    ...options,
    groupFrom: "patient",
    baselines: false,
    out: path("visits"),
  });
  if (run.task !== "tabular-regression") throw new Error(run.task);
  expect(run.test.groups).toBe(new Set(run.test.group_of).size);
  expect(run.test.n).toBe(4 * run.test.groups!);
  expect(run.shown).toMatchObject({ value: null, needed: { of: "groups", about: 20 } });
  expect(unwrapped(evaluationLines(await sheetOf(run.task), run))).toContain(`of ${run.test.groups} groups`);
  writeFileSync(path("new.csv"), `x,patient,stay\n${rows.map((r) => r.replace(/p\d+/, "p1")).join("\n")}\n`);
  const again = await evaluate(path("visits", "model"), path("new.csv"), {
    threads: 1,
    groupFrom: "patient",
  });
  if (again.task !== "tabular-regression") throw new Error(again.task);
  expect(again.test).toMatchObject({ groups: 1, few_groups: true, r2_ci95: null });
  expect(evaluationLines(await sheetOf(again.task), again).join("\n")).toMatch(
    /\(no interval, \d+ test rows\)\n +the test rows are of 1 group, /,
  );
}, 120_000);
