// Lists that are divided by time, of every kind of samples, and the warning for those that are not.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compare, type EngraftEvent, type TrainOptions, train } from "../../src/index.js";
import { tinyBase } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-by-time-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, baselines: false } as const;
let runs = 0;
const days = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
  mkdirSync(path("pictures"));
  const lines = ["file,red,taken"];
  for (let i = 0; i < 40; i++) {
    const red = 0.3 + (0.7 * ((i * 17) % 40)) / 40;
    await picture(i)
      .linear([red, 1, 1], [0, 0, 0])
      .png()
      .toFile(path("pictures", `${i}.png`));
    lines.push(`pictures/${i}.png,${red.toFixed(2)},${days((i * 7) % 40)}`);
  }
  writeFileSync(path("tints.csv"), lines.join("\n"));
  const rows = Array.from({ length: 60 }, (_, i) => (i * 23) % 60);
  writeFileSync(
    path("prices.csv"),
    `day,size,price\n${rows.map((i) => `${days(i)},${(i * 7) % 13},${i + ((i * 7) % 13)}`).join("\n")}`,
  );
  writeFileSync(
    path("moods.csv"),
    `text,label,year\n${rows.map((i) => `${i % 2 ? "a good thing" : "a bad thing"} of number ${i},${i % 2 ? "good" : "bad"},${2000 + i}`).join("\n")}`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Trains, and returns the id of each sample by its split, with the warnings. */
async function divided(data: string, options: TrainOptions) {
  const warnings: string[] = [];
  const onEvent = (event: EngraftEvent) => {
    if (event.event === "warning") warnings.push(event.message);
  };
  const out = path(`run-${runs++}`);
  const { split } = await train(path(data), { ...quick, ...options, out, onEvent });
  const items = JSON.parse(readFileSync(join(out, "state", "items.json"), "utf8")) as Record<
    string,
    readonly [string, string, string]
  >;
  return { split, warnings, items: Object.entries(items).map(([id, [, , part]]) => ({ id, part })) };
}

test.each([
  ["a table", "prices.csv", { strategy: "linear", splitBy: "day", target: "price" }, 60],
  ["texts", "moods.csv", { strategy: "probe", splitBy: "year" }, 60],
  ["pictures with numbers", "tints.csv", { strategy: "probe", splitBy: "taken", target: "red" }, 40],
] as const)("%s: the latest rows test", { tags: ["thorough"] }, async (_, data, options, all) => {
  const given = { ...options, ...(data === "tints.csv" && { base: path("base") }) };
  const { split, items, warnings } = await divided(data, given);
  expect([split.train, split.validation, split.test]).toEqual([0.7, 0.15, 0.15].map((share) => share * all));
  const lines = readFileSync(path(data), "utf8").split("\n").slice(1);
  const timeOf = (id: string): number => {
    const line = /line (\d+)/.exec(id);
    const cells = (line ? lines[Number(line[1]) - 2]! : lines.find((one) => one.startsWith(id))!).split(",");
    const time = cells.find((cell) => /^\d{4}-/.test(cell)) ?? cells.at(-1)!;
    return time.includes("-") ? Date.parse(time) : Number(time);
  };
  const timesOf = (part: string) => items.filter((one) => one.part === part).map(({ id }) => timeOf(id));
  expect(Math.max(...timesOf("train"))).toBeLessThan(Math.min(...timesOf("validation")));
  expect(Math.max(...timesOf("validation"))).toBeLessThan(Math.min(...timesOf("test")));
  expect(warnings.join("\n")).toContain(`split by time in "${options.splitBy}"`);
  expect(warnings.join("\n")).not.toContain("the split is random");
});

test("a list with dates and a random split says so, and what to type", { tags: ["thorough"] }, async () => {
  const { warnings } = await divided("prices.csv", { strategy: "linear", target: "price" });
  expect(warnings).toContain(
    'the split is random, and rows have dates in "day": --split-by day tests on the latest',
  );
  const years = await divided("moods.csv", { strategy: "probe" });
  expect(years.warnings.join("\n")).not.toContain("the split is random");
});

test("a comparison divides by time in each training", { tags: ["thorough"] }, async () => {
  const { rows } = await compare(path("prices.csv"), {
    strategies: ["linear", "trees"],
    target: "price",
    seeds: 1,
    splitBy: "day",
    gap: 2,
    threads: 1,
    out: path("compared"),
  });
  expect(rows).toHaveLength(2);
});

test("data that are no list are refused", { tags: ["thorough"] }, async () => {
  const tinted = await import("../support/fixtures.js");
  await tinted.tinyData(path("insects"));
  const work = train(path("insects"), {
    ...quick,
    base: path("base"),
    strategy: "probe",
    splitBy: "day",
    out: path("none"),
  });
  await expect(work).rejects.toThrow(
    /^split-by is for lists without splits, and ".*insects" has no rows to divide by "day"$/,
  );
});

test.each([
  ["prices.csv", { strategy: "linear", splitBy: "price", target: "price" }],
  ["tints.csv", { base: path("base"), strategy: "probe", splitBy: "red", target: "red" }],
] as const)("%s: a split by the target is refused", async (data, options) => {
  await expect(divided(data, options)).rejects.toThrow(`split-by names "${options.splitBy}", the target`);
});

test("the baselines of a series are the last known value and that of one season before", {
  tags: ["thorough"],
}, async () => {
  // In the order of days the prices are those of `i + ((i * 7) % 13)`.
  const price = (i: number): number => i + ((i * 7) % 13);
  const test = [51, 52, 53, 54, 55, 56, 57, 58, 59];
  const predictions = async (options: TrainOptions) => {
    const result = await train(path("prices.csv"), {
      ...quick,
      strategy: "linear",
      target: "price",
      splitBy: "day",
      ...options,
      out: path(`run-${runs++}`),
    });
    if (result.task !== "tabular-regression") throw new Error(result.task);
    const { last_value: last, last_season: season } = result.baselines;
    const by = (one: typeof last) =>
      new Map((one?.test.points[0] ?? []).map(([truth, predicted]) => [truth, predicted]));
    return {
      last: test.map((i) => by(last).get(price(i))),
      season: test.map((i) => by(season).get(price(i))),
    };
  };
  const plain = await predictions({ season: 5 });
  expect(plain.last).toEqual(test.map((i) => price(i - 1)));
  expect(plain.season).toEqual(test.map((i) => price(i - 5)));
  // With a gap of two, the days 49 and 50 are in no split, and become known three days later.
  const gapped = await predictions({ gap: 2, season: 5, trainSize: 20 });
  expect(gapped.last).toEqual(test.map((i) => price(i - 3)));
  expect(gapped.season).toEqual(test.map((i) => price(i - 5)));
  await expect(predictions({ season: 60 })).rejects.toThrow(
    "a season of 60 times is longer than the data, which have 60",
  );
  await expect(
    predictions({ splitBy: undefined, season: 5 } as unknown as TrainOptions),
  ).rejects.toMatchObject({ details: { option: "season", without: "--split-by" } });
});
