import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { costStore } from "./cost-store.js";

const cache = mkdtempSync(join(tmpdir(), "engraft-costs-"));
afterAll(() => rmSync(cache, { recursive: true }));
const platform = { ...nodePlatform, cacheDir: () => cache };

test("times are kept by machine and threads, and damaged files are measured again", async () => {
  const store = costStore(platform, 2, "1.30.0");
  expect(await store.load()).toEqual({});
  const table = { "dx 1": { phases: 2.5, transposed: 1 } };
  await store.save(table);
  expect(await store.load()).toEqual(table);
  expect(await costStore(platform, 1, "1.30.0").load()).toEqual({});
  expect(await costStore({ ...platform, machine: () => "another" }, 2, "1.30.0").load()).toEqual({});
  expect(await costStore(platform, 2, "1.31.0").load()).toEqual({});
  const [file] = readdirSync(join(cache, "costs"));
  for (const damaged of [
    "",
    "[[1]]",
    "null",
    '{"dx 1":{"phases":"2"}}',
    '{"dx 1":{"phases":-1}}',
    '{"dx 1":7}',
  ]) {
    writeFileSync(join(cache, "costs", file!), damaged);
    expect(await store.load()).toEqual({});
  }
});

test("a cache that cannot be written costs only the time", async () => {
  const nowhere = {
    ...platform,
    cacheDir: () => join(cache, "costs", readdirSync(join(cache, "costs"))[0]!),
  };
  const store = costStore(nowhere, 2, "1.30.0");
  await store.save({ a: { b: 1 } });
  expect(await store.load()).toEqual({});
});
