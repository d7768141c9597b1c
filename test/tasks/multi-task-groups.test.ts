// Several tasks of one list of texts: groups and near copies stay in one split, and intervals count groups.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTasks } from "../../src/data/tasks.js";
import { trainTasks } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openTextDataset } from "../../src/tasks/texts/open-texts.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-task-groups-"));
const path = (...parts: string[]) => join(root, ...parts);
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  writeTextBase(path("encoder"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Texts without a word in common. */
const textOf = (i: number): string => `a${i} b${i} c${i}`;

/** Writes a list, and opens its tasks. */
function openedAll(header: string, lines: readonly string[], second = "domain") {
  writeFileSync(path("list.csv"), [header, ...lines].join("\n"));
  const columns = ["mood", second];
  const sources = columns.map((column) => ({ name: column, path: path("list.csv"), column }));
  const open = ({ path: list, column }: { path: string; column?: string }) =>
    openTextDataset(list, {
      seed: 0,
      platform: nodePlatform,
      options: { target: column! },
      taskColumns: columns,
      onEvent: () => {},
    });
  return openTasks(sources, { open });
}

/** Returns the samples with their splits. */
const opened = async (...list: Parameters<typeof openedAll>) => (await openedAll(...list)).items;

test("a group whose samples have labels of different tasks is in one split", async () => {
  const lines = Array.from({ length: 120 }, (_, i) => {
    const label = Math.floor(i / 2) % 2;
    return `${textOf(i)},${i % 2 === 0 ? `m${label},` : `,d${label}`},g${Math.floor(i / 2)}`;
  });
  const parts = new Map<string, Set<string>>();
  for (const { group, part } of await opened("text,mood,domain,group", lines))
    parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
  expect(parts.size).toBe(60);
  expect([...parts].filter(([, all]) => all.size > 1)).toEqual([]);
});

// A validation split alone becomes the test split.
test.each(["test", "validation"])(
  "with a given %s split, a group is in one split where some of its samples miss a label",
  async (given) => {
    const lines = Array.from({ length: 240 }, (_, i) => {
      const g = Math.floor(i / 4);
      const labels = i % 4 === 0 ? `,d${g % 2}` : `m${i % 2},${i % 4 === 1 ? "" : `d${g % 2}`}`;
      return `${textOf(i)},${labels},g${g},${g < 12 ? given : "train"}`;
    });
    const { items, warnings } = await openedAll("text,mood,domain,group,split", lines);
    const parts = new Map<string, Set<string>>();
    for (const { group, part } of items) parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
    expect([...parts].filter(([, all]) => all.size > 1)).toEqual([]);
    for (const [group, all] of parts) expect(all.has("test")).toBe(Number(group.slice(1)) < 12);
    const taken = [...parts].filter(([, all]) => all.has("validation")).length;
    expect(taken).toBeGreaterThanOrEqual(5);
    expect(taken).toBeLessThanOrEqual(9);
    expect(warnings.map(({ code }) => code)).not.toContain("shared_samples");
  },
);

test("near copies that have labels of different tasks are in one split", async () => {
  const lines = Array.from({ length: 60 }, (_, i) => [
    `${textOf(i)},m${i % 2},`,
    `${textOf(i).toUpperCase()},,d${i % 2}`,
  ]).flat();
  const parts = new Map<string, Set<string>>();
  for (const item of await opened("text,mood,domain", lines)) {
    const text = (item as typeof item & { text: string }).text.toLowerCase();
    parts.set(text, (parts.get(text) ?? new Set()).add(item.part));
  }
  expect(parts.size).toBe(60);
  expect([...parts].filter(([, all]) => all.size > 1)).toEqual([]);
});

test.each(["speaker", "group"])(
  "a label column named %s is no group column of another task",
  async (name) => {
    const lines = Array.from({ length: 120 }, (_, i) => `${textOf(i)},m${i % 2},speaker${i % 12}`);
    for (const { group } of await opened(`text,mood,${name}`, lines, name)) expect(group).toBeUndefined();
  },
);

test("test samples of too few groups give no interval", { tags: ["thorough"] }, async () => {
  const lines = reviews(84).map(({ text, label }, i) => {
    const group = i < 60 ? "train" : i < 70 ? "val" : "test";
    return `"${text}",${label},${i % 2 === 0 ? "even" : "odd"},${group},${group}`;
  });
  writeFileSync(path("given.csv"), ["text,mood,domain,split,group", ...lines].join("\n"));
  const { tasks, run } = await trainTasks(path("given.csv"), {
    threads: 1,
    strategy: "probe",
    labels: ["mood", "domain"],
    base: path("encoder"),
    out: path("given"),
  });
  for (const { test: scores } of tasks) expect(scores).toMatchObject({ groups: 1, few_groups: true });
  const page = readFileSync(join(run, "report.html"), "utf8");
  expect(page).toMatch(/\bof\s+1\s+group\b/);
  expect(page).toContain("over the groups of the test texts of one run");
  expect(page).not.toContain("0.0 to");
});
