// Scoring models of numbers, of tables and of texts, through the library and the command line.
// @module-tag thorough
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { adapt, evaluate, loadTableModel, loadTextModel, train } from "../../src/index.js";
import { errorWith } from "../support/failure.js";
import { engraft, tinyBase } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-evaluate-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false } as const;

interface Row {
  readonly rooms: number;
  readonly side: string;
}
/** Writes a table of houses: `price` is 2.5 · rooms, plus 10 in the north, plus noise of deviation 0.5. */
function houses(name: string, rows: number, seed: number, last: (row: Row, noise: number) => string): string {
  const draw = draws(seed, "houses");
  const lines = Array.from({ length: rows }, () => {
    const row = {
      rooms: Number((1 + 8 * draw.uniform()).toFixed(4)),
      side: draw.integer(2) ? "north" : "south",
    };
    return `${row.rooms},${row.side},${last(row, draw.normal())}`;
  });
  writeFileSync(
    path(name),
    [`rooms,side,${name.startsWith("size") ? "size" : "price"}`, ...lines].join("\n"),
  );
  return path(name);
}
const price = ({ rooms, side }: Row, noise: number): string =>
  (2.5 * rooms + (side === "north" ? 10 : 0) + 0.5 * noise).toFixed(4);
const size = ({ rooms }: Row): string => (rooms > 5 ? "large" : "small");

const words = { good: ["great", "lovely", "superb"], bad: ["awful", "broken", "poor"] } as const;
function reviews(name: string, own: readonly string[], seed: number): string {
  const lines = (["good", "bad"] as const).flatMap((label) =>
    Array.from({ length: 60 }, (_, i) => {
      const draw = draws(seed, label, i);
      const pick = (list: readonly string[]): string => list[draw.integer(list.length)]!;
      return `"${pick(own)} ${pick(words[label])} ${pick(own)} ${pick(words[label])} n${seed}x${i}",${label}`;
    }),
  );
  writeFileSync(path(name), ["text,label", ...lines].join("\n"));
  return path(name);
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  houses("houses.csv", 300, 1, price);
  houses("new.csv", 200, 2, price);
  houses("sizes.csv", 200, 3, size);
  houses("size-new.csv", 100, 4, size);
  await train(path("houses.csv"), {
    ...{ ...quick, task: "tabular-regression", target: "price", out: path("houses"), epochs: 15 },
  });
  await train(path("sizes.csv"), {
    ...{ ...quick, task: "tabular-classification", target: "size", out: path("sizes"), epochs: 8 },
  });
  await adapt(
    reviews("books.csv", ["page", "author", "plot"], 1),
    reviews("kitchen.csv", ["pan", "knife", "oven"], 2),
    { method: "source-only", epochs: 8, batchSize: 8, threads: 1, out: path("texts") },
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const last = (out: string): Record<string, unknown> =>
  JSON.parse(out.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;

test("a model of a table's numbers gets R², MAE, RMSE and the coverage of its stored intervals, by their formulas", async () => {
  const scored = await evaluate(path("houses"), path("new.csv"), quick);
  if (scored.task !== "tabular-regression") throw new Error(scored.task);
  expect(scored.scored).toBe("all 200 rows: the model has seen none of them");
  expect(scored.left_out).toBe(0);

  const model = await loadTableModel(path("houses"));
  const rows = readFileSync(path("new.csv"), "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const answers = (await model.estimate(rows.map(([rooms, side]) => ({ rooms, side })))).map(([one]) => one!);
  await model.close();
  const truth = rows.map(([, , y]) => Number(y));
  const n = truth.length;
  const sum = (of: (i: number) => number): number => truth.reduce((s, _, i) => s + of(i), 0);
  const mean = sum((i) => truth[i]!) / n;
  const off = (i: number): number => truth[i]! - answers[i]!.value;
  const [own] = scored.test.outputs;
  const square = sum((i) => off(i) ** 2);
  expect(own!.r2).toBeCloseTo(1 - square / sum((i) => (truth[i]! - mean) ** 2), 5);
  expect(own!.mae).toBeCloseTo(sum((i) => Math.abs(off(i))) / n, 5);
  expect(own!.rmse).toBeCloseTo(Math.sqrt(square / n), 5);
  for (const name of ["r2", "mae", "rmse"] as const) {
    const [low, high] = own![`${name}_ci95`]!;
    expect(low).toBeLessThan(own![name]);
    expect(high).toBeGreaterThan(own![name]);
  }
  const inside = answers.filter(({ interval }, i) => interval![0] <= truth[i]! && truth[i]! <= interval![1]);
  expect(own!.prediction_interval).toMatchObject({ coverage: 0.9, test_coverage: inside.length / n });
  expect(own!.prediction_interval!.test_coverage).toBeGreaterThan(0.8);
});

test("on its training table a model is scored on the test split, with the same numbers", async () => {
  for (const [name, data] of [
    ["houses", "houses.csv"],
    ["sizes", "sizes.csv"],
  ] as const) {
    const { result } = JSON.parse(readFileSync(path(name, "run.json"), "utf8")) as {
      result: { test: { n: number; loss: number; metric: { value: number } }; split: { train: number } };
    };
    const scored = await evaluate(path(name), path(data), quick);
    expect(scored.test.n).toBe(result.test.n);
    expect(scored.test.metric.value).toBeCloseTo(result.test.metric.value, 6);
    expect((scored.test as { loss: number }).loss).toBeCloseTo(result.test.loss, 5);
    expect(scored.scored).toContain(" own test part");
  }
});

test("a model of a table's classes gets accuracy; warnings report missing columns, missing labels and unknown classes", async () => {
  const scored = await evaluate(path("sizes"), path("size-new.csv"), quick);
  if (scored.task !== "tabular-classification") throw new Error(scored.task);
  expect(scored.test.n).toBe(100);
  expect(scored.test.accuracy).toBeGreaterThan(0.9);
  expect(scored.test.per_class.map(({ label }) => label)).toEqual(["large", "small"]);

  const warnings: string[] = [];
  writeFileSync(path("partly.csv"), "rooms,size\n2.5,small\nmany,large\n7.5,\n8.25,large\n");
  const partly = await evaluate(path("sizes"), path("partly.csv"), {
    ...quick,
    onEvent: (e) => e.event === "warning" && warnings.push(e.message),
  });
  expect(partly.test.n).toBe(3);
  expect(warnings).toEqual([
    'the table has no "side": every value counts as missing',
    '1 of 4 rows left out: they have no "size"',
    "1 values in columns of numbers are no numbers and taken as missing",
  ]);
  writeFileSync(path("huge.csv"), "rooms,side,size\n2.5,north,small\n7,north,huge\n");
  await expect(evaluate(path("sizes"), path("huge.csv"), quick)).rejects.toThrow(
    errorWith({ missing: ["huge"], known: ["large", "small"] }),
  );
});

test("a model of numbers from pictures is scored on new pictures", async () => {
  tinyBase(path("base"));
  mkdirSync(path("pictures"));
  const lines: string[] = [];
  for (let i = 0; i < 60; i++) {
    const red = 0.3 + (0.7 * ((i * 37) % 60)) / 60;
    const file = `pictures/${i}.png`;
    await picture(i).linear([red, 1, 1], [0, 0, 0]).png().toFile(path(file));
    lines.push(`${file},${(100 * red).toFixed(1)}`);
  }
  writeFileSync(path("tints.csv"), ["file,red", ...lines.slice(0, 40)].join("\n"));
  writeFileSync(path("others.csv"), ["file,red", ...lines.slice(40)].join("\n"));
  const run = await train(path("tints.csv"), {
    ...quick,
    task: "image-regression",
    base: path("base"),
    strategy: "probe",
    out: path("tints"),
  });
  const own = await evaluate(run.model, path("tints.csv"), quick);
  if (own.task !== "image-regression") throw new Error(own.task);
  expect(own.test.n).toBe(run.test.n);
  expect(own.test.outputs[0]!.mae).toBeCloseTo(run.test.outputs[0]!.mae, 2);
  const other = await evaluate(run.model, path("others.csv"), quick);
  expect(other).toMatchObject({ left_out: 0, test: { n: 20 } });
});

test("a text model of an adaptation predicts, and is scored on the target's test split", async () => {
  const scored = await evaluate(path("texts"), path("kitchen.csv"), quick);
  if (scored.task !== "text-classification") throw new Error(scored.task);
  const { result } = JSON.parse(readFileSync(path("texts", "run.json"), "utf8")) as {
    result: { test: { n: number; accuracy: number } };
  };
  expect(scored.test.n).toBe(result.test.n);
  expect(scored.test.accuracy).toBe(result.test.accuracy);

  const model = await loadTextModel(path("texts"));
  const [good, bad] = await model.classify(["a great, lovely knife", "a broken pan, poor and awful"]);
  expect([good![0]!.label, bad![0]!.label]).toEqual(["good", "bad"]);
  expect(good!.reduce((s, a) => s + a.score, 0)).toBeCloseTo(1, 6);
  await expect(model.classify(["fine", " "])).rejects.toThrow("text 2 is empty");
  await model.close();

  writeFileSync(path("bare.csv"), "text\na great pan\n");
  await expect(evaluate(path("texts"), path("bare.csv"), quick)).rejects.toThrow("the texts have no labels");
  await expect(loadTextModel(path("houses"))).rejects.toMatchObject({ kind: "ModelError" });
  cpSync(path("texts", "model"), path("damaged"), { recursive: true });
  writeFileSync(path("damaged", "bag_of_words.json"), '{"format":1,"terms":["great"],"idf":[1]}');
  await expect(loadTextModel(path("damaged"))).rejects.toThrow(
    "bag_of_words.json does not say how texts become the model's input",
  );
});

test("tables that do not fit are refused with the names that disagree", async () => {
  writeFileSync(path("no-price.csv"), "rooms,side\n3,north\n");
  await expect(evaluate(path("houses"), path("no-price.csv"), quick)).rejects.toThrow(
    'the table has no column "price", which the model learnt: there is nothing to score against',
  );
  writeFileSync(path("no-columns.csv"), "weight,price\n3,4\n");
  await expect(evaluate(path("houses"), path("no-columns.csv"), quick)).rejects.toThrow(
    "the table has none of the model's columns",
  );
  await expect(evaluate(path("houses"), path("pictures"), quick)).rejects.toThrow();
  copyFileSync(path("houses.csv"), path("seen.csv"));
  const lines = readFileSync(path("houses.csv"), "utf8").split("\n");
  const { samples } = JSON.parse(readFileSync(path("houses", "samples.json"), "utf8")) as {
    samples: Record<string, string>;
  };
  const { createHash } = await import("node:crypto");
  const trained = lines.slice(1).filter((line) => {
    const cells = JSON.stringify(line.split(",").slice(0, 2));
    return samples[createHash("sha256").update(cells).digest("hex")] === "train";
  });
  expect(trained.length).toBeGreaterThan(100);
  writeFileSync(path("seen.csv"), [lines[0], ...trained].join("\n"));
  await expect(evaluate(path("houses"), path("seen.csv"), quick)).rejects.toMatchObject({
    details: { learnt: trained.length },
  });
});

test("the command line prints the same scores, as text and as JSON", async () => {
  const numbers = await engraft(["eval", path("houses"), path("new.csv"), "--json"]);
  expect(last(numbers.out)).toMatchObject({ event: "result", task: "tabular-regression", left_out: 0 });
  const people = await engraft(["eval", path("houses"), path("new.csv")]);
  expect(people.out).toMatch(/^R² +0\.\d+ +\(95 % confidence interval [^)]*, 200 test rows\)$/m);
  expect(people.out).toMatch(/± [\d.]+ for 90 % +\d+\.\d % \(/);
  const classes = await engraft(["eval", path("sizes"), path("size-new.csv")]);
  expect(classes.out).toMatch(/^accuracy +\d+\.\d % +\(95 % confidence interval [^)]*, 100 test rows\)$/m);

  writeFileSync(path("lines.txt"), "page great plot lovely\n\npage awful plot broken\n");
  const args = ["author great page superb", path("lines.txt"), path("kitchen.csv"), "-"];
  const texts = await engraft(["predict", path("texts"), ...args, "--json"], {
    input: "plot poor page awful\n",
  });
  const answers = texts.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { input?: string; label?: string; predictions?: number });
  expect(answers[0]).toMatchObject({ input: "author great page superb", label: "good" });
  expect(answers[1]).toMatchObject({ input: `${path("lines.txt")}, line 1`, label: "good" });
  expect(answers[2]).toMatchObject({ input: `${path("lines.txt")}, line 3`, label: "bad" });
  expect(answers.at(-2)).toMatchObject({ input: "plot poor page awful", label: "bad" });
  expect(answers.at(-1)).toMatchObject({ predictions: 124 });
  const missing = await engraft(["predict", path("texts"), "nothere.csv"]);
  expect(missing.code).not.toBe(0);
  expect(missing.err).toContain("nothere.csv");
});
