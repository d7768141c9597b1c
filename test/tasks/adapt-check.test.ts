// The option `check`: a few labelled samples of the target compare the adapted model with source-only.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { studyLines } from "../../src/cli/render/render-report.js";
import {
  type AdaptOptions,
  type AdaptResultEvent,
  adapt,
  EngraftError,
  type EngraftEvent,
  resume,
} from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { checkList, holdOutCheck, scoresOf } from "../../src/regimes/adaptation/check-samples.js";
import type { DomainItem } from "../../src/regimes/adaptation/domain.js";
import { openTextDomain } from "../../src/regimes/adaptation/open-domain.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-adapt-check-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));
const base = writeTextBase(at("base"));
const texts = reviews(200);
const split = (i: number): string => (i % 4 === 0 ? "test" : i % 4 === 1 ? "validation" : "train");

/** Writes a list of reviews with its splits. @param labelOf undefined: without labels */
function list(name: string, from: number, labelOf?: (label: string) => string): string {
  const own = texts.slice(from, from + 100);
  const lines = own.map(({ text, label }, i) => {
    const cells = [from === 0 ? text : `slow ${text} phone`, split(i >> 1)];
    return (labelOf ? [...cells, labelOf(label)] : cells).join(",");
  });
  writeFileSync(at(name), [labelOf ? "text,split,label" : "text,split", ...lines].join("\n"));
  return at(name);
}
const source = list("source.csv", 0, (label) => label);
const other = (label: string): string => (label === "good" ? "bad" : "good");
const quick = { base, method: "moments", threads: 1, cache: false, check: 12 } as const;
const run = (target: string, out: string, more: AdaptOptions = {}) =>
  adapt(source, target, { ...quick, ...more, out: at(out) });

async function failure(given: Promise<unknown>): Promise<string> {
  const error = await given.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngraftError);
  return (error as EngraftError).format();
}

test("the exact test counts the samples that only one model predicts right", () => {
  const labels = Array.from({ length: 20 }, () => "a");
  const models = (own: number, lost: number, both: number) => ({
    predictions: {
      adapted: labels.map((_, i) => (i < own + both ? "a" : "b")),
      source_only: labels.map((_, i) => (i >= own && i < own + both + lost ? "a" : "b")),
    },
  });
  // 2 · (C(7,0) + C(7,1)) / 2⁷, 2 · (C(10,0) + C(10,1)) / 2¹⁰ and 2 / 2⁶.
  expect(scoresOf(models(6, 1, 10), labels)).toEqual({
    ...{ adapted: 16, source_only: 11, only_adapted: 6, only_source_only: 1, p: expect.closeTo(0.125, 12) },
  });
  expect(scoresOf(models(1, 9, 5), labels).p).toBeCloseTo(22 / 1024, 12);
  expect(scoresOf(models(6, 0, 14), labels).p).toBeCloseTo(0.03125, 12);
  expect(scoresOf(models(0, 0, 20), labels).p).toBe(1);
});

test("a spreadsheet that opens the list of a check runs nothing", () => {
  const items = ['=cmd|" /C calc"!A0', "+49 30 1234", "fine", "-3.5"].map((text, id) => ({ id, text }));
  expect(checkList("text", items as unknown as readonly DomainItem[]).split("\n")).toEqual([
    "number,text,label",
    `1,"'=cmd|"" /C calc""!A0",`,
    `2,"'+49 30 1234",`,
    '3,"fine",',
    '4,"-3.5",',
    "",
  ]);
});

test("a target with labels: N of them are read at the end, and none of them changes the model", {
  tags: ["thorough"],
}, async () => {
  const labelled = await run(
    list("labelled.csv", 100, (label) => label),
    "labelled",
  );
  expect(labelled.check).toMatchObject({ n: 12, scores: { p: expect.any(Number) } });
  expect(labelled.check!.file).toBeUndefined();
  expect(labelled.target.labelled).toBe(false);
  expect([labelled.test, labelled.gain, labelled.oracle]).toEqual([undefined, undefined, undefined]);
  expect(labelled.candidates.some((one) => "target_accuracy" in one)).toBe(false);
  // With two classes, other labels make right predictions wrong, and nothing else.
  const swapped = await run(list("swapped.csv", 100, other), "swapped");
  expect(swapped.candidates).toEqual(labelled.candidates);
  expect(swapped.check!.predictions).toEqual(labelled.check!.predictions);
  expect(swapped.check!.scores!.adapted).toBe(12 - labelled.check!.scores!.adapted);
  const onnx = (name: string) => readFileSync(at(name, "model", "onnx", "model.onnx"));
  expect(onnx("swapped").equals(onnx("labelled"))).toBe(true);
  const { scores } = labelled.check!;
  const shown = studyLines(labelled).join("\n").replace(/\s+/g, " ");
  expect(shown).toContain("Other labels of the target can only balance its split.");
  expect(studyLines(labelled).join("\n")).toContain(
    `check      moments is right on ${scores!.adapted} of 12 texts, source-only on ${scores!.source_only}.`,
  );
});

test("a target without labels: the user fills check.csv, and a resumed run reads it", {
  tags: ["thorough"],
}, async () => {
  const events: string[] = [];
  const result = await run(list("unlabelled.csv", 100), "unlabelled");
  expect(result.check).toMatchObject({ n: 12, file: "check.csv" });
  expect(result.check!.scores).toBeUndefined();
  expect(studyLines(result).join("\n").replace(/\s+/g, " ")).toContain(
    `12 texts of the target's test split are in check.csv. Fill in their labels, then run engraft adapt --resume ${at("unlabelled")}.`,
  );
  const file = at("unlabelled", "check.csv");
  const [header, ...rows] = readFileSync(file, "utf8").trim().split("\n");
  expect(header).toBe("number,text,label");
  expect(rows).toHaveLength(12);
  // Nothing is filled in yet: the result is the same.
  expect(await resume(at("unlabelled"))).toEqual(result);
  const known = new Map(texts.map(({ text, label }) => [`"slow ${text} phone"`, label]));
  const testTexts = texts.slice(100).filter((_, i) => split(i >> 1) === "test");
  const labelOf = (row: string): string => known.get(row.split(",")[1]!)!;
  expect(rows.every((row) => testTexts.some(({ text }) => row.includes(`"slow ${text} phone"`)))).toBe(true);
  const fill = (lines: readonly string[]) => writeFileSync(file, [header, ...lines].join("\n"));
  fill([`${rows[0]}good`, ...rows.slice(1)]);
  expect(await failure(resume(at("unlabelled")))).toBe(
    `DataError: a sample of the check has no label\n  at ${file} line 3\n  help: fill in all 12 labels: the classes are "good", "bad"`.replace(
      '"good", "bad"',
      result.classes.map((name) => `"${name}"`).join(", "),
    ),
  );
  fill(rows.map((row) => `${row}Good`));
  expect(await failure(resume(at("unlabelled")))).toMatch(
    /the label "Good" is no class of the source\n {2}at .* line 2/,
  );
  fill(rows.slice(0, 11).map((row) => `${row}good`));
  expect(await failure(resume(at("unlabelled")))).toMatch(
    /has no row with number 12\n[\s\S]*keep the column "number"/,
  );
  // A spreadsheet may change the order of the rows and the separator.
  const filled = rows.map((row) => row + labelOf(row)).reverse();
  writeFileSync(file, [header!, ...filled].map((line) => line.replaceAll(",", ";")).join("\r\n"));
  const checked = (await resume(at("unlabelled"), {
    onEvent: ({ event }) => events.push(event),
  })) as AdaptResultEvent;
  expect(events).toEqual(["result"]);
  const truth = rows.map(labelOf);
  const right = (all: readonly string[]) => all.filter((name, i) => name === truth[i]).length;
  const { predictions, scores } = checked.check!;
  expect([scores!.adapted, scores!.source_only]).toEqual([
    right(predictions.adapted),
    right(predictions.source_only),
  ]);
  expect({ ...checked, check: result.check }).toEqual(result);
  expect(readFileSync(at("unlabelled", "report.html"), "utf8")).toContain("Exact McNemar test");
  expect(await resume(at("unlabelled"))).toEqual(checked);
  const card = () => readFileSync(join(checked.model, "README.md"), "utf8");
  expect(card()).toContain("Exact McNemar test");
  // A corrected label counts, and empty rows of a spreadsheet do not. A number that is there twice is refused.
  const wrong = rows.map((row) => row + other(labelOf(row)));
  fill([...wrong, ",,", ",,"]);
  const corrected = (await resume(at("unlabelled"))) as AdaptResultEvent;
  expect(corrected.check!.scores!.adapted).toBe(12 - scores!.adapted);
  expect(card()).toContain(`is right on ${12 - scores!.adapted} of`);
  fill([...wrong, wrong[0]!]);
  expect(await failure(resume(at("unlabelled")))).toMatch(
    /two rows of the check have number 1\n {2}at .* line 14/,
  );
});

test("groups: one sample of each is compared, its whole group is held out, and few groups have no interval", {
  tags: ["thorough"],
}, async () => {
  const lines = texts.slice(100).map(({ text, label }, i) => `slow ${text} phone,${label},${i >> 2}`);
  writeFileSync(at("grouped.csv"), ["text,label,group", ...lines].join("\n"));
  const opened = await openTextDomain(at("grouped.csv"), {}, nodePlatform);
  const { target, drawn } = holdOutCheck("text", opened, 12, 0);
  const groupsOf = (part: string) => new Set(target.items.filter((i) => i.part === part).map((i) => i.group));
  const drawnItems = target.items.filter(({ id }) => drawn.includes(id));
  expect(new Set(drawnItems.map(({ group }) => group)).size).toBe(12);
  expect(drawnItems.every(({ part }) => part === "test")).toBe(true);
  for (const group of groupsOf("test"))
    expect(groupsOf("train").has(group) || groupsOf("validation").has(group)).toBe(false);
  expect(() => holdOutCheck("text", opened, 13, 0)).toThrow(
    "the check takes 13 texts of as many groups, and the target has 25 groups",
  );
  const few = await run(at("grouped.csv"), "grouped", { check: undefined });
  expect(few.gain).toMatchObject({ models_ci95: null });
  const shown = studyLines(few).join("\n").replace(/\s+/g, " ");
  expect(few.test!.few_groups).toBe(true);
  expect(shown).not.toContain("0.0 to 100.0");
});

test("without a test split, the drawn samples are taken out of the training and the choice", {
  tags: ["thorough"],
}, async () => {
  const lines = texts.slice(100).map(({ text }) => `slow ${text} phone`);
  writeFileSync(at("plain.csv"), ["text", ...lines].join("\n"));
  const splits: unknown[] = [];
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "domain" && event.role === "target") splits.push(event.split);
  };
  const without = await adapt(source, at("plain.csv"), {
    ...quick,
    check: undefined,
    out: at("whole"),
    onEvent,
  });
  const result = await run(at("plain.csv"), "plain", { check: 30, onEvent });
  const { train, validation, test: held } = result.target.split;
  expect(splits).toEqual([without.target.split, result.target.split]);
  expect(held).toBeGreaterThanOrEqual(30);
  expect(train + validation + held).toBe(100);
  expect(train).toBeLessThan(without.target.split.train);
  expect(readFileSync(at("plain", "check.csv"), "utf8").trim().split("\n")).toHaveLength(31);
});

test("refuses more samples than half of the target, and fewer than can show a difference", async () => {
  const target = list("small.csv", 100);
  expect(await failure(run(target, "never", { check: 51 }))).toBe(
    `DataError: the check takes 51 texts, and the target has 100\n  at ${target}\n  help: at most half of the target is drawn: give a smaller number, or more samples`,
  );
  expect(await failure(run(target, "never", { check: 5 }))).toMatch(/check is 5[\s\S]*from 6 to 10000/);
  const one = list("one.csv", 100, () => "good");
  await expect(run(one, "never")).rejects.toMatchObject({ details: { class: "good" } });
});
