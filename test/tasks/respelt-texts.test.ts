// A text in another spelling is a copy: eval, distill and a further test set know it as the splits do.
// @module-tag thorough
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { partIn, samplePartsOf, wasLearnt } from "../../src/bases/model-folder/sample-parts.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { openEntities } from "../../src/data/entities/open-entities.js";
import { distill, evaluate, extend, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-respelt-texts-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, strategy: "probe", cache: false } as const;
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Wide letters (U+FF21 is a wide A), capitals, one more space, and a mark at the end. */
const respelt = (text: string): string =>
  `${text.toUpperCase().replace(" ", "  ").replaceAll("A", "\uff21")}!`;

const write = (name: string, columns: string, rows: readonly (readonly string[])[]): string => {
  const lines = rows.map((row) => row.map((cell) => JSON.stringify(cell)).join());
  writeFileSync(path(name), `${[columns, ...lines].join("\n")}\n`);
  return path(name);
};

/** Rows with a split each: 60 to train on, 20 to choose by and 20 to test on. */
const all = reviews(100).map(({ text, label }, i) => ({
  text,
  label,
  split: i < 60 ? "train" : i < 80 ? "validation" : "test",
}));
const learnt = all.filter(({ split }) => split === "train").slice(0, 5);
const fresh = reviews(130).slice(110);

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const base = writeTextBase(path("base"));
  const rows = (target: (label: string) => readonly string[]) =>
    all.map(({ text, label, split }) => [text, ...target(label), split]);
  const classes = write(
    "classes.csv",
    "text,label,split",
    rows((label) => [label]),
  );
  await train(classes, { ...quick, base, out: path("classes") });
  const labels = write(
    "labels.csv",
    "text,good,bad,split",
    rows((label) => [String(Number(label === "good")), String(Number(label === "bad"))]),
  );
  await train(labels, { ...quick, base, labels: "good,bad", out: path("labels") });
});

const kinds = [
  ["classes", "text,label", (label: string) => [label]],
  [
    "labels",
    "text,good,bad",
    (label: string) => [String(Number(label === "good")), String(Number(label === "bad"))],
  ],
] as const;

test.each(kinds)(
  "eval leaves out texts of training in another spelling: %s",
  async (kind, columns, target) => {
    const rows = [...learnt, ...fresh].map(({ text, label }) => [respelt(text), ...target(label)]);
    const { scored, left_out } = await evaluate(path(kind), write(`${kind}-new.csv`, columns, rows), quick);
    expect(left_out).toBe(learnt.length);
    expect(scored).toMatch(new RegExp(`^${fresh.length} texts .*; ${learnt.length} `));
  },
);

test("a few known texts among new ones do not make them the model's own test data", async () => {
  const [tested] = all.filter(({ split }) => split === "test");
  const rows = [tested!, ...learnt, ...fresh].map(({ text, label }) => [respelt(text), label]);
  const { scored, test: scores } = await evaluate(
    path("classes"),
    write("few.csv", "text,label", rows),
    quick,
  );
  expect(scores.n).toBe(1 + fresh.length);
  expect(scored).toContain("that the model has not learnt from (1 of its own test part); 5 it was trained");
});

test("a base that learnt from test texts in another spelling is warned of, and not with the same split", async () => {
  const texts = (split: (own: string) => string) =>
    all.map(({ text, label, split: own }) => [respelt(text), label, split(own)]);
  const warnings = async (out: string, data: string): Promise<string> => {
    const warned: string[] = [];
    const onEvent = (event: EngraftEvent): void => {
      if (event.event === "warning") warned.push(event.message);
    };
    await train(data, { ...quick, base: path("classes"), onEvent, out: path(out) });
    return warned.join();
  };
  const swapped = texts((own) => (own === "train" ? "test" : "train"));
  const learntOf = "learnt from 60 of 60 samples of the test split";
  expect(await warnings("swapped", write("swapped.csv", "text,label,split", swapped))).toContain(learntOf);
  const same = write(
    "same.csv",
    "text,label,split",
    texts((own) => own),
  );
  expect(await warnings("same", same)).not.toContain("learnt from");
});

test("a source whose texts another source tests in another spelling does not teach them", async () => {
  const base = path("base");
  const sums = await train(path("classes.csv"), { ...quick, strategy: "sums", base, out: path("sums") });
  const tested = all.filter(({ split }) => split === "test");
  const rows = [...tested, ...fresh].map(({ text, label }) => [respelt(text), label, "train"]);
  const { extended } = await extend([sums.run, write("more.csv", "text,label,split", rows)], {
    ...{ threads: 1, cache: false },
    out: path("extended"),
  });
  // Some of the fresh texts become its test split.
  expect(extended!.samples).toBeLessThanOrEqual(80 + fresh.length);
  expect(extended!.samples).toBeGreaterThan(80);
});

test("a teacher is not scored on test texts that it learnt from in another spelling", async () => {
  const rows = [
    ...all.slice(0, 40).map(({ text, label }) => [`${text} too`, label, "train"]),
    ...learnt.map(({ text, label }) => [respelt(text), label, "test"]),
    ...fresh.map(({ text, label }) => [text, label, "test"]),
  ];
  const student = write("student.csv", "text,label,split", rows);
  const warned: string[] = [];
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "warning") warned.push(event.message);
  };
  const how = { ...quick, strategy: "finetune", epochs: 1, comparison: false, onEvent } as const;
  const own = { ...how, base: path("base"), teacher: path("classes"), out: path("student") };
  const { distillation } = await distill(student, own);
  expect(distillation!.test!.n).toBe(fresh.length);
  expect(warned.join()).toContain(`learnt from ${learnt.length} of ${learnt.length + fresh.length} texts`);
});

test("a text of the test split stays one of the test split, though a copy of it was learnt", () => {
  const [one, copy, other] = ["1", "2", "3"].map((sha256) => ({
    id: `line ${sha256}`,
    sha256,
    copyHash: "normal",
  }));
  const known = samplePartsOf([
    { ...one!, part: "train" },
    { ...copy!, part: "test" },
  ]);
  expect([one, copy, other].map((text) => partIn(known, text!))).toEqual(["train", "test", "train"]);
  expect(wasLearnt(known, other!)).toBe(true);
  expect(partIn(known, { id: "line 3", sha256: "3" })).toBeUndefined();
});

test("a sentence with entities has the hash of its copies", async () => {
  const sentences = ["Ann reads books", "ANN reads books .", "Bob reads books", "Bob writes books"];
  const lines = sentences.map((one) => one.split(" ").map((word, i) => `${word} ${i === 0 ? "B-PER" : "O"}`));
  writeFileSync(path("tagged.conll"), `${lines.map((one) => one.join("\n")).join("\n\n")}\n`);
  const { items } = await openEntities(nodePlatform, path("tagged.conll"));
  const [one, copy, other] = items;
  expect(copy!.sha256).not.toBe(one!.sha256);
  expect(copy!.copyHash).toBe(one!.copyHash);
  expect(other!.copyHash).not.toBe(one!.copyHash);
});
