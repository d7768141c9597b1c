// A text without words is reported; the others are still predicted, as with unreadable pictures.
// @module-tag thorough
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { train } from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-empty-texts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string): string => join(root, name);
const run = (...args: string[]) => engraft(args, { cache: at("cache") });
const common = { cache: false, threads: 1 } as const;

beforeAll(async () => {
  const base = writeTextBase(at("base"));
  const rows = reviews(80);
  const list = (name: string, lines: readonly string[]): string => {
    writeFileSync(at(name), `${lines.join("\n")}\n`);
    return at(name);
  };
  const texts = list("reviews.csv", ["text,label", ...rows.map((r) => `"${r.text}",${r.label}`)]);
  const many = list("many.csv", ["text,labels", ...rows.map((r) => `"${r.text}",${r.label};seen`)]);
  const pairs = list("pairs.csv", ["a,b,label", ...rows.map((r) => `"${r.text}","so it is",${r.label}`)]);
  const words = list(
    "words.conll",
    rows.map(
      (r) =>
        `${r.text
          .split(" ")
          .map((w) => `${w} ${w === "soup" ? "B-FOOD" : "O"}`)
          .join("\n")}\n`,
    ),
  );
  await train(texts, { ...common, task: "text-classification", base, strategy: "probe", out: at("texts") });
  await train(pairs, {
    ...common,
    task: "text-classification",
    text: "a,b",
    base,
    strategy: "probe",
    out: at("pairs"),
  });
  await train(many, {
    ...common,
    task: "multi-label-classification",
    base,
    strategy: "probe",
    out: at("labels"),
  });
  await train(words, {
    ...common,
    task: "token-classification",
    base,
    strategy: "probe",
    out: at("entities"),
  });
});

const failed = (n: number, of: number, names: string) =>
  `DataError: ${n} of ${of} inputs could not be read\n  at ${names}\n`;

test.each(["texts", "labels", "entities"])("%s: the valid text is predicted", async (model) => {
  const { code, out, err } = await run("predict", at(model), "the soup was awful", "", "  ", "it was fine");
  expect(err).toBe(
    `warning    text 2: the text is empty\nwarning    text 3: the text is empty\n${failed(2, 4, "text 2, text 3")}`,
  );
  expect(code).toBe(2);
  expect(out.split("\n").map((line) => line.split("\t")[0])).toEqual([
    "the soup was awful",
    "it was fine",
    "",
  ]);
});

test("in JSON it is a warning, and the error at the end names it", async () => {
  const { code, events } = await run("predict", at("texts"), "", "the soup was awful", "--json");
  expect(code).toBe(2);
  expect(events).toMatchObject([
    { event: "warning", code: "unreadable", message: "text 1: the text is empty" },
    { event: "prediction", input: "the soup was awful", label: expect.any(String) },
    { event: "error", details: { unreadable: ["text 1"] } },
  ]);
});

test("a pair with an empty text is refused", async () => {
  const { code, err } = await run("predict", at("pairs"), "--text-a", "the soup was awful", "--text-b", " ");
  expect(code).toBe(2);
  expect(err).toBe(
    `warning    the soup was awful |  : a text of the pair is empty\n${failed(1, 1, "the soup was awful |  ")}`,
  );
});
