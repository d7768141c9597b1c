// A row of a table is the same row in another spelling: 25.0 is 25.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTable } from "../../src/data/tables/open-table.js";
import { evaluate, train } from "../../src/index.js";

const root = mkdtempSync(join(tmpdir(), "engraft-respelt-"));
const path = (name: string): string => join(root, name);
const write = (name: string, lines: readonly string[]): string => {
  writeFileSync(path(name), `patient,rooms,age,side,outcome\n${lines.join("\n")}\n`);
  return path(name);
};
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The cells of row i: every pair of rooms and age is there once, and each seventh row has no side. */
const cells = (i: number) =>
  [100 * (1 + (i % 20)), 20 + Math.floor(i / 20), i % 7 === 0 ? "" : "north"] as const;
const price = (i: number): string => (3 * i + 0.5).toFixed(1);
const plain = (i: number): string => `p${i},${cells(i).join()},${price(i)}`;
const respelt = (i: number): string => {
  const [rooms, age, side] = cells(i);
  return `q${i},${rooms / 100}e2, ${age}.0,${side || "NA"},${price(i)}`;
};
const all = Array.from({ length: 200 }, (_, i) => i);

test("copies in another spelling are in one split", async () => {
  const copied = all.filter((i) => i % 10 === 0);
  const data = await openTable(write("copies.csv", [...all.map(plain), ...copied.map(respelt)]), {
    ignore: ["patient"],
  });
  expect(data.duplicates.exact).toBe(copied.length);
  const partOf = new Map<string, string>();
  for (const {
    cells: [rooms, age],
    part,
  } of data.items) {
    const value = `${Number(rooms)} ${Number(age)}`;
    expect(partOf.get(value) ?? part).toBe(part);
    partOf.set(value, part);
  }
  expect(partOf.size).toBe(all.length);
});

test("rows in plain spelling have the hash of their cells", async () => {
  const data = await openTable(write("plain.csv", all.map(plain)), { ignore: ["patient"] });
  const { createHash } = await import("node:crypto");
  for (const { cells: own, sha256 } of data.items)
    expect(sha256).toBe(createHash("sha256").update(JSON.stringify(own)).digest("hex"));
});

test("numbers that differ, and categories that differ in a point, are other rows", async () => {
  const lines = all.map((i) => `p${i},${100 + i},25,${i % 2 === 0 ? "7" : "7.0"},${price(i)}`);
  const twins = all.slice(0, 20).map((i) => `q${i},${100 + i},25,${i % 2 === 0 ? "7.0" : "7"},${price(i)}`);
  const data = await openTable(write("categories.csv", [...lines, ...twins]), {
    ignore: ["patient", "age"],
    categories: ["side"],
  });
  expect(data.duplicates.exact).toBe(0);
});

test("a group is the same with a point behind its number", async () => {
  const lines = all.map((i) => plain(i).replace(/^p\d+/, `${i % 25}${i % 2 === 0 ? "" : ".0"}`));
  const data = await openTable(write("groups.csv", lines), { groupFrom: "patient" });
  expect(new Set(data.items.map(({ group }) => group)).size).toBe(25);
});

test("eval leaves out rows that the model learnt from in another spelling", {
  tags: ["thorough"],
}, async () => {
  const data = write("train.csv", all.map(plain));
  const out = path("run");
  await train(data, { ignore: "patient", threads: 1, baselines: false, out });
  const { items } = await openTable(data, { ignore: ["patient"] });
  const learnt = all.filter((i) => items[i]!.part === "train").slice(0, 5);
  await expect(evaluate(join(out, "model"), write("respelt.csv", learnt.map(respelt)))).rejects.toMatchObject(
    {
      details: { learnt: 5 },
    },
  );
});
