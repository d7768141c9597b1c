// Adaptation of sounds, methods under the words of the literature, and what is refused.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { studyLines } from "../../src/cli/render/render-report.js";
import { draws } from "../../src/core/random.js";
import { type AdaptOptions, adapt, EngraftError, evaluate, load, resume } from "../../src/index.js";
import { clip, writeSoundBase } from "../support/sound-data.js";
import { wavOf } from "../support/sound-files.js";

const root = mkdtempSync(join(tmpdir(), "engraft-adapt-more-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes rising and falling tones; a quieter domain has a tenth of the amplitude. */
function tones(
  name: string,
  gain: number,
  each: number,
  nameOf: (label: string, i: number) => string,
): string {
  for (const [c, label] of ["falls", "rises"].entries())
    for (let i = 0; i < each; i++) {
      const file = at(name, nameOf(label, i));
      mkdirSync(dirname(file), { recursive: true });
      const samples = clip(c === 1, 1000 * Math.round(10 * gain) + 500 * c + i);
      writeFileSync(file, wavOf([samples.map((x) => x * gain)]));
    }
  return at(name);
}
const loud = tones("loud", 1, 24, (label, i) => `${label}/a${i}.wav`);
const quiet = tones("quiet", 0.1, 24, (label, i) => `${label}/b${i}.wav`);
const unlabelled = tones("one-folder", 0.1, 24, (label, i) => `clips/${label === "rises" ? i : 100 + i}.wav`);
const flat = tones("flat", 0.1, 24, (label, i) => `${label}-${i}.wav`);
const base = writeSoundBase(at("base"));
const common = { base, threads: 1, cache: false } as const;

/** Writes reviews of two kinds, half of them good. */
function reviews(name: string, thing: string): string {
  const lines = Array.from({ length: 120 }, (_, i) => {
    const draw = draws(1, name, i);
    const word = (i % 2 === 0 ? ["great", "fine", "lovely"] : ["poor", "bad", "awful"])[draw.integer(3)];
    return `the ${thing} is ${word} number ${i},${i % 2 === 0 ? "good" : "bad"}`;
  });
  writeFileSync(at(name), `${["text,label", ...lines].join("\n")}\n`);
  return at(name);
}

async function failure(source: string, target: string, options: AdaptOptions): Promise<string> {
  const error = await adapt(source, target, { out: at("never"), ...options }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(EngraftError);
  return (error as EngraftError).format();
}

test("maps frozen features of sounds; the saved model serves sounds, and a resumed run is the same", async () => {
  const result = await adapt(loud, quiet, { ...common, out: at("sounds") });
  expect(result.unit).toBe("clip");
  // The base has BatchNormalization, but its statistics are those of pictures only.
  expect(new Set(result.candidates.map(({ map }) => map!.name))).toEqual(
    new Set(["none", "moments", "transport"]),
  );
  expect(result.test!.accuracy).toBeCloseTo(result.chosen.target_accuracy!, 12);
  const again = await evaluate(result.model, quiet, { threads: 1 });
  expect((again as { test: { accuracy: number } }).test.accuracy).toBe(result.test!.accuracy);
  const model = await load(result.model);
  expect(model.task).toBe("audio-classification");
  expect(await resume(at("sounds"))).toEqual(result);
});

test.each([
  ["in one folder", unlabelled],
  ["without a folder", flat],
])("the target may be sounds %s, without labels", async (_where, target) => {
  const result = await adapt(loud, target, { ...common, method: "moments", out: `${target}-run` });
  expect(result.target.labelled).toBe(false);
  expect(result.test).toBeUndefined();
  expect(result.target.split.train).toBeGreaterThan(24);
});

test("a word of the literature names a method, and the result says which", async () => {
  const [books, tools] = [reviews("books.csv", "plot"), reviews("tools.csv", "saw")];
  const how = { epochs: 2, batchSize: 8, threads: 1 } as const;
  const result = await adapt(books, tools, { ...how, method: "task", out: at("task") });
  expect(result.method).toMatchObject({ name: "mcc", requested: "task" });
  expect(studyLines(result).join("\n")).toMatch(/adapted {4}task means mcc: /);
  const plain = await adapt(books, tools, { ...how, method: "mcc", out: at("mcc") });
  expect(plain.method.requested).toBeUndefined();
  expect(plain.candidates).toEqual(result.candidates);
  // "joint" has the options of jan, and no others.
  expect(await failure(books, tools, { method: "joint", option: { temperature: 2 } })).toMatch(
    /method "joint" has no option temperature[\s\S]*it has tradeOff/,
  );
});

test.each(["cdan", "jan"] as const)("%s trains on source and target", async (method) => {
  const [books, tools] = [reviews(`${method}-a.csv`, "plot"), reviews(`${method}-b.csv`, "saw")];
  const result = await adapt(books, tools, {
    ...{ method, epochs: 15, batchSize: 8, threads: 1, out: at(method) },
    ...(method === "cdan" && { option: { entropy: true, hidden: 16 } }),
  });
  // Both kinds share the words of praise and blame.
  expect(result.test!.accuracy).toBeGreaterThan(0.8);
  expect(result.candidates).toHaveLength(16);
});

test("a target with labels of some samples is told how to use all of them", async () => {
  const target = reviews("some.csv", "plot");
  const rows = readFileSync(target, "utf8").split("\n");
  writeFileSync(target, rows.map((row, i) => (i % 3 === 1 ? row.replace(/,\w+$/, ",") : row)).join("\n"));
  const warnings: string[] = [];
  await adapt(reviews("all.csv", "saw"), target, {
    ...{ method: "mcc", epochs: 1, threads: 1, out: at("some") },
    onEvent: (event) => event.event === "warning" && warnings.push(event.message),
  });
  expect(warnings).toContain(
    "40 texts of the target have no label and are left out: give the target without labels to adapt to all of its texts",
  );
});

test("refuses what a kind of samples cannot use, with the cure", async () => {
  expect(await failure(loud, quiet, { ...common, method: "adabn" })).toBe(
    "OptionError: adabn is for pictures, and these are clips\n  help: add --method moments, which needs no BatchNormalization",
  );
  expect(await failure(loud, quiet, { ...common, cut: "mix" })).toMatch(/the cut mix learns its shares/);
  expect(await failure(loud, quiet, { ...common, imageSize: 32 })).toMatch(/: imageSize is for pictures/);
  const [a, b] = [reviews("a.csv", "plot"), reviews("b.csv", "saw")];
  expect(await failure(a, b, { method: "mcc", cut: "out" })).toBe(
    "OptionError: the option cut names a layer of a base, and mcc without a base counts words\n  help: add --base text-mini, or leave --cut out",
  );
  expect(await failure(a, quiet, {})).toMatch(/the source holds texts, the target clips/);
  expect(await failure(a, b, { method: "mcc", option: { temperature: 0 } })).toMatch(
    /option temperature of method "mcc" is 0\n {2}help: give a number from 0.1 to 100/,
  );
  const few = tones("few", 0.2, 3, (label, i) => `${label}/c${i}.wav`);
  expect(await failure(loud, few, common)).toMatch(/the target has \d clips to train on[\s\S]*at least 8/);
  await expect(adapt(loud, loud, { ...common, out: at("never") })).rejects.toMatchObject({
    kind: "DataError",
    details: { shared: expect.anything() },
  });
  const one = tones("one", 0.3, 12, (_label, i) => `rises/d${i}.wav`);
  await expect(adapt(loud, one, { ...common, out: at("never") })).rejects.toMatchObject({
    details: { class: "rises" },
  });
});
