import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { rank, train } from "../../src/index.js";
import { tinyData } from "../support/fixtures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const demo = fileURLToPath(new URL("../../assets/demo", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-rank-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a base that cannot be opened is reported and stops no other; the others have scores, licence and similarity", {
  tags: ["thorough"],
}, async () => {
  const broken = join(folder, "broken.onnx");
  writeFileSync(broken, "no model");
  const events: EngraftEvent[] = [];
  const result = await rank(demo, {
    bases: [broken, "vision-mini", "vision-mini"],
    samples: 40,
    cache: false,
    onEvent: (event) => events.push(event),
  });
  expect(result.n).toBe(40);
  expect(result.failed.map(({ base }) => base)).toEqual([broken]);
  expect(events).toContainEqual(expect.objectContaining({ event: "warning", code: "base" }));
  const [base] = result.bases;
  expect(result.bases).toHaveLength(1);
  expect(base).toMatchObject({ name: "vision-mini", mean_rank: 1, features: 256 });
  expect(base!.license).toContain("research");
  for (const [name, { value, ms }] of Object.entries(base!.scores)) {
    expect(value, name).toSatisfy(Number.isFinite);
    expect(ms, name).toBeGreaterThanOrEqual(0);
  }
  expect(result.cka).toEqual([[1]]);
  // One base has no ranking.
  expect(result).not.toHaveProperty("words");
});

test("a ranking of two bases states its uncertainty, and names no first choice among equal ones", {
  tags: ["thorough"],
}, async () => {
  const copy = fileURLToPath(new URL("../../assets/vision-mini", import.meta.url));
  const ranking = { samples: 40, cache: false } as const;
  const {
    bases,
    first_two: two,
    words,
  } = await rank(demo, { bases: ["vision-mini", "vision-open"], ...ranking });
  const [first, second] = bases.map(({ scores: { probe } }) => probe.value!);
  expect(two!.gain).toBeCloseTo(first! - second!, 9);
  expect(two!.told_apart).toBe(two!.ci95![0] > 0);
  expect(words).toContain(bases[0]!.name);
  const equal = await rank(demo, { bases: ["vision-mini", copy], ...ranking });
  expect(equal.words).toBe(`vision-mini and ${copy} have equal scores: train both.`);
});

test("with source pictures there are distances, without them a reason", { tags: ["thorough"] }, async () => {
  const usual = { bases: ["vision-mini"], samples: 40, cache: false } as const;
  const without = (await rank(demo, usual)).bases[0]!.source;
  expect(without.source).toBeNull();
  expect(without.why).toContain("give it with --source");
  expect(Object.values(without.distances).map(({ value }) => value)).toEqual([null, null, null, null]);
  // Pictures of noise, in a folder without classes: far from the demo's.
  const noise = await tinyData(join(folder, "noise"), { only: 30 });
  const far = (await rank(demo, { ...usual, source: noise })).bases[0]!;
  const near = (await rank(demo, { ...usual, source: { "vision-mini": demo } })).bases[0]!;
  expect(far.source.source).toEqual({ data: noise, n: 30 });
  expect(near.source.source!.n).toBe(40);
  for (const name of ["a-distance", "mmd", "mk-mmd", "frechet"] as const) {
    expect(far.source.distances[name].value!, name).toBeGreaterThan(near.source.distances[name].value!);
    expect(far.source.distances[name].ms).toBeGreaterThan(0);
  }
  expect(far.source.distances["a-distance"].ci95).toHaveLength(2);
  expect(far.source.distances.mmd.p).toBeLessThan(0.05);
  // The other scores do not change.
  expect(far.scores.logme.value).toBe(near.scores.logme.value);
  await expect(rank(demo, { ...usual, source: { nothere: noise } })).rejects.toThrow(
    'source names "nothere", which is not ranked',
  );
  await expect(rank(demo, { ...usual, source: join(folder, "missing") })).rejects.toThrow("missing");
});

test("no base, a missing base and too few samples are refused", async () => {
  await expect(rank(demo, { bases: [] })).rejects.toThrow("there is no base to rank");
  await expect(rank(demo, { bases: ["nothere"] })).rejects.toMatchObject({ details: { base: "nothere" } });
  await expect(rank(demo, { samples: 3 })).rejects.toThrow(
    "samples must be a whole number of at least 10, got 3",
  );
});

test("texts and sounds are ranked too, by their own bases; other data and options of pictures are refused", {
  tags: ["thorough"],
}, async () => {
  const lines = reviews(60).map(({ text, label }) => `"${text}",${label}`);
  const list = join(folder, "reviews.csv");
  writeFileSync(list, ["text,label", ...lines].join("\n"));
  const encoders = ["one", "two"].map((name) => writeTextBase(join(folder, name)));
  const texts = await rank(list, { bases: encoders, cache: false });
  expect(texts).toMatchObject({ unit: "texts", classes: ["bad", "good"], failed: [] });
  expect(texts.bases.map(({ scores: { probe } }) => Number.isFinite(probe.value))).toEqual([true, true]);
  // Two copies of one base see the texts alike.
  expect(texts.cka[0]![1]).toBeCloseTo(1, 5);
  expect(texts.bases.map(({ shown }) => shown.better_than_guessing)).toEqual([null, null]);
  expect(texts.first_two).toEqual({ gain: 0, ci95: null, told_apart: false });
  const sounds = fileURLToPath(new URL("../../assets/demo-sounds", import.meta.url));
  const heard = await rank(sounds, { samples: 20, cache: false });
  expect(heard).toMatchObject({ unit: "clips", n: 20, bases: [{ name: "audio-mini" }] });
  expect(heard.bases[0]!.scores.knn.value).toSatisfy(Number.isFinite);
  await expect(rank(list, { bases: encoders, source: folder })).rejects.toThrow(
    "the option source is for pictures, and these are texts",
  );
  await expect(rank(list, { bases: encoders, imageSize: 64 })).rejects.toThrow("imageSize");
  const table = join(folder, "table.csv");
  writeFileSync(table, ["a,b,label", "1,2,x", "2,3,y", "3,4,x"].join("\n"));
  await expect(rank(table)).rejects.toMatchObject({
    details: { command: "rank", task: "tabular-classification" },
  });
});

test("copies do not rank a base, within a group or found by their words, and few samples are warned of", {
  tags: ["thorough"],
}, async () => {
  // Sixty groups of four copies: a word of its own for each, and a class by chance.
  const rows = Array.from({ length: 240 }, (_, i) => {
    const group = Math.floor(i / 4);
    const words = [group, 7 * group + 3, 13 * group + 5].map((n) =>
      "abcdefghijklmnopqrstuvwxyz"[n % 26]!.repeat(2),
    );
    return `"${words.join(" ")} ${i % 4}",${["a", "b"][(group * group + (group >> 2)) % 2]},g${group}`;
  });
  const list = join(folder, "grouped.csv");
  writeFileSync(list, ["text,label,group", ...rows].join("\n"));
  const events: EngraftEvent[] = [];
  const usual = { bases: ["text-mini"], cache: false } as const;
  const { scores, source } = (await rank(list, usual)).bases[0]!;
  expect(scores.probe.value).toBeLessThan(0.8);
  expect(scores.knn.value).toBeLessThan(0.8);
  const ungrouped = join(folder, "ungrouped.csv");
  writeFileSync(ungrouped, ["text,label,note", ...rows].join("\n"));
  expect((await rank(ungrouped, usual)).bases[0]!.scores.knn.value).toBeLessThan(0.8);
  expect(source.why).toBe("distances to what a base was trained on are measured for pictures only");
  writeFileSync(
    join(folder, "few.csv"),
    ["text,label", ...rows.slice(0, 24).map((row) => row.replace(/,g\d+$/, ""))].join("\n"),
  );
  await rank(join(folder, "few.csv"), { ...usual, onEvent: (event) => events.push(event) });
  expect(events).toContainEqual(
    expect.objectContaining({
      code: "few_samples",
      message: expect.stringMatching(
        /^the bases are ranked by \d+ texts: below 30 the order is mostly chance/,
      ) as unknown,
    }),
  );
});

test("a trained model of texts is ranked with the predictions of its own head", {
  tags: ["thorough"],
}, async () => {
  const lines = reviews(60).map(({ text, label }) => `"${text}",${label}`);
  const list = join(folder, "own-head.csv");
  writeFileSync(list, ["text,label", ...lines].join("\n"));
  const base = writeTextBase(join(folder, "headed"));
  const { model } = await train(list, { base, strategy: "probe", threads: 1, out: join(folder, "run") });
  const warned: string[] = [];
  const onEvent = (event: EngraftEvent) => event.event === "warning" && warned.push(event.message);
  const { bases } = await rank(list, { bases: [model, base], cache: false, onEvent });
  // The model was trained on the same training split.
  expect(warned.join("|")).toMatch(
    /\/model learnt from (\d+) of the \1 texts, so its scores are too good: rank it on texts that it has not seen$/,
  );
  const leepOf = (name: string) => bases.find((one) => one.name.includes(name))!.scores.leep.value;
  expect(leepOf("model")).toSatisfy(Number.isFinite);
  expect(leepOf("headed")).toBeNull();
});

test("a base says how many samples of another list it learnt from, in another spelling too; two of one name are told apart", {
  tags: ["thorough"],
}, async () => {
  const base = writeTextBase(join(folder, "encoder-7"));
  const rows = reviews(130).map(({ text, label }, i) => ({ text, label, split: i < 80 ? "train" : "test" }));
  const write = (name: string, some: typeof rows): string => {
    const lines = some.map(({ text, label, split }) => `"${text}",${label},${split}`);
    writeFileSync(join(folder, name), ["text,label,split", ...lines].join("\n"));
    return join(folder, name);
  };
  const first = write("first.csv", rows.slice(0, 110));
  const [one, other] = ["one", "other"].map((name) => join(folder, name, "run"));
  await train(first, { base, strategy: "probe", threads: 1, out: one! });
  cpSync(one!, other!, { recursive: true });
  rmSync(join(other!, "samples.json"));
  const seen = rows.slice(0, 10).map((row) => ({ ...row, text: row.text.toUpperCase() }));
  const fresh = rows.slice(110).map((row) => ({ ...row, split: "train" }));
  const others = ["validation", "test"].map((split) => ({ text: `none of ${split}`, label: "good", split }));
  const second = write("second.csv", [...seen, ...fresh, ...others]);
  const warned: string[] = [];
  const onEvent = (event: EngraftEvent) => {
    if (event.event === "warning" && event.code === "learnt_samples") warned.push(event.message);
  };
  const { bases } = await rank(second, { bases: [one!, other!, base], cache: false, onEvent });
  expect(warned).toEqual([
    expect.stringContaining(`${one} learnt from `),
    expect.stringContaining(`${other} may have learnt `),
  ]);
  const [, learnt, all] = /learnt from (\d+) of the (\d+) texts/.exec(warned[0]!)!.map(Number);
  expect([learnt, all! - learnt!]).toEqual([10, 20]);
  expect(bases.map(({ name }) => name).sort()).toEqual(["encoder-7", one, other].sort());
});
