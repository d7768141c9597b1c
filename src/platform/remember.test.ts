import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "./node.js";
import { remembered } from "./remember.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-known-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const platform = { ...nodePlatform, cacheDir: () => folder };
const isList = (value: unknown): value is number[] => Array.isArray(value);

test("the same input is computed once, another input and a damaged file again", async () => {
  let times = 0;
  const ask = (input: string) => remembered(platform, "sums-1", input, isList, () => [++times]);
  expect(await ask("a")).toEqual([1]);
  expect(await ask("a")).toEqual([1]);
  expect(await ask("b")).toEqual([2]);
  for (const damaged of ["[1", "{}", ""]) {
    for (const name of readdirSync(join(folder, "known")))
      writeFileSync(join(folder, "known", name), damaged);
    const before = times;
    expect(await ask("a")).toEqual([before + 1]);
    expect(await ask("a")).toEqual([before + 1]);
  }
});

test("without storage it is computed every time", async () => {
  let times = 0;
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const nowhere = { ...platform, cacheDir: () => file };
  const ask = () => remembered(nowhere, "sums-1", "a", isList, () => [++times]);
  expect(await ask()).toEqual([1]);
  expect(await ask()).toEqual([2]);
});

test("the oldest go when there are many", async () => {
  for (let i = 0; i < 520; i++) await remembered(platform, "many-1", String(i), isList, () => [i]);
  expect(readdirSync(join(folder, "known")).length).toBeLessThanOrEqual(500);
  expect(await remembered(platform, "many-1", "519", isList, () => [-1])).toEqual([519]);
});
