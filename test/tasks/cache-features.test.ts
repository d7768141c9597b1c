import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/index.js";
import { cacheFeatures, compare, rank, train } from "../../src/index.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { writeSoundBase, writeSounds } from "../support/sound-data.js";
import { words, writeTextBase } from "../support/text-base.js";

let root: string;
const path = (...parts: string[]): string => join(root, ...parts);
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-features-"));
  tinyBase(path("base"));
  await tinyData(path("insects"));
  mkdirSync(path("text-base"));
  await writeTextBase(path("text-base"));
  const rows = words.slice(0, 20).map((word, i) => `the ${word} film,${i % 2 ? "good" : "bad"}`);
  writeFileSync(path("texts.csv"), ["text,label", ...rows].join("\n"));
  writeSoundBase(path("sound-base"));
  writeSounds(path("sounds"), 8);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Calls a function with a listener, and returns the number of features that it computed. */
async function computedBy(work: (onEvent: (event: EngraftEvent) => void) => Promise<unknown>) {
  let computed = 0;
  await work((event) => {
    if (event.event === "progress" && event.phase === "features") computed++;
  });
  return computed;
}

test.each([
  ["pictures", "insects", "base", 24],
  ["texts", "texts.csv", "text-base", 20],
  ["sounds", "sounds", "sound-base", 16],
])(
  "shards of %s together fill the cache, and a training computes none",
  { tags: ["thorough"] },
  async (_, data, base, all) => {
    process.env.ENGRAFT_CACHE = path(`cache of ${data}`);
    const options = { base: path(base), threads: 1 };
    const shards = [];
    for (const shard of ["1/3", "2/3", "3/3"]) {
      const { samples, computed, ...its } = await cacheFeatures(path(data), { ...options, shard });
      expect([computed, its.shard]).toEqual([samples, shard]);
      shards.push(samples);
    }
    expect(Math.min(...shards)).toBeGreaterThan(0);
    expect(shards.reduce((sum, one) => sum + one)).toBe(all);
    expect(await cacheFeatures(path(data), options)).toMatchObject({ samples: all, computed: 0 });
    const how = { ...options, strategy: "probe", baselines: false } as const;
    const trained = (onEvent: (event: EngraftEvent) => void) =>
      train(path(data), { ...how, out: path(`run of ${data}`), onEvent });
    expect(await computedBy(trained)).toBe(0);
  },
);

test("ranking and comparison read the same rows", { tags: ["thorough"] }, async () => {
  process.env.ENGRAFT_CACHE = path("cache of both");
  const options = { base: path("base"), threads: 1 };
  await cacheFeatures(path("insects"), options);
  expect(
    await computedBy((onEvent) => rank(path("insects"), { bases: [path("base")], threads: 1, onEvent })),
  ).toBe(0);
  const how = { ...options, strategies: ["probe"], seeds: 2, out: path("compared") };
  expect(await computedBy((onEvent) => compare(path("insects"), { ...how, onEvent }))).toBe(0);
});

test("two processes fill one folder at once", { tags: ["thorough"] }, async () => {
  const cache = path("shared");
  const args = ["features", path("insects"), "--base", path("base"), "--cache-dir", cache, "--threads", "1"];
  const ran = await Promise.all([0, 1].map(() => engraft([...args, "--json"], { ownProcess: true })));
  expect(ran.map(({ code, err }) => [code, err])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  const { out } = await engraft(args);
  expect(out).toMatch(
    /^features {3}24 samples of 16 features each, by base\n {11}0 computed, 24 were there\n/,
  );
});

test.each([
  ["shard 21/20", ["--shard", "21/20"], 'got "21/20"'],
  ["shard 0/20", ["--shard", "0/20"], 'got "0/20"'],
  ["a shard without samples", ["--shard", "1/99999"], "is in shard 1/99999"],
  [
    "a small limit",
    ["--cache-limit", "0.000002"],
    "samples take 0.0000031 GB, and the limit of the cache is",
  ],
])("refuses %s", async (_, args, message) => {
  const { code, err } = await engraft(["features", path("insects"), "--base", path("base"), ...args], {
    cache: path("refused"),
  });
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).toMatch(/\n {2}help: /);
});

test("refuses a wrong limit of the environment, and a folder without data", async () => {
  const run = (data: string, env: Readonly<Record<string, string>>) =>
    engraft(["features", data, "--base", path("base")], { cache: path("refused"), env });
  const limited = await run(path("insects"), { ENGRAFT_CACHE_LIMIT: "many" });
  expect(limited.err).toContain('OptionError: ENGRAFT_CACHE_LIMIT is "many"\n  help: give the largest size');
  mkdirSync(path("empty"));
  expect((await run(path("empty"), {})).err).toMatch(/^DataError: no pictures in .*\n.*\n {2}help: /);
});

test("a cache that cannot be written, and a disk that gets full, are errors with the cure", {
  tags: ["thorough"],
}, async () => {
  writeFileSync(path("file"), "");
  const args = ["features", path("insects"), "--base", path("base")];
  const blocked = await engraft([...args, "--cache-dir", path("file", "cache")]);
  expect([blocked.code, blocked.err]).toEqual([
    2,
    expect.stringMatching(
      /^FileError: features cannot be stored in ".*features": cannot .*\n {2}help: make room/,
    ),
  ]);
  const full = await engraft([...args, "--cache-dir", path("full")], { before: "ulimit -f 2" });
  expect(full.code).toBe(2);
  expect(full.err).toMatch(/FileError: features cannot be stored in ".*": cannot write .* larger/);
});
