// Distillation of texts and sounds: a student on a smaller base learns from the predictions of a teacher with other inputs.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isSampleEntry } from "../../src/bases/model-folder/sample-parts.js";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { distill, load, resume, train } from "../../src/index.js";
import { tinyData } from "../support/fixtures.js";
import { writeSoundBase, writeSounds } from "../support/sound-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-distill-samples-"));
const path = (...parts: string[]) => join(root, ...parts);
const quick = { threads: 1, epochs: 1, strategy: "finetune", cache: false } as const;

beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  const lines = reviews(80).map(({ text, label }) => `"${text}",${label}`);
  writeFileSync(path("reviews.csv"), ["text,label", ...lines].join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const kinds = [
  ["texts", () => path("reviews.csv"), () => writeTextBase(path("encoder")), "text-classification"],
  [
    "clips",
    () => writeSounds(path("sounds"), 20),
    () => writeSoundBase(path("hearing")),
    "audio-classification",
  ],
] as const;

test.each(kinds)(
  "a student of %s learns from a teacher, resumes and predicts",
  { tags: ["thorough"] },
  async (unit, dataOf, baseOf, task) => {
    const [data, base] = [dataOf(), baseOf()];
    const teacher = await train(data, { ...quick, epochs: 2, base, out: path(`${unit}-teacher`) });
    const out = path(`${unit}-student`);
    const result = await distill(data, { ...quick, base, teacher: teacher.run, out });
    expect(result.task).toBe(task);
    const { distillation, baselines, verdict } = result;
    expect(distillation).toMatchObject({ methods: ["soft"], teacher: { name: `${unit}-teacher` } });
    // The teacher scores what it scored in its own run.
    expect(distillation!.test!.accuracy).toBe((teacher as typeof result).test.accuracy);
    expect(distillation!.answers).toMatch(
      new RegExp(`^the teacher predicted \\d+ of \\d+ training ${unit} once`),
    );
    expect(baselines!.without_teacher!.test.n).toBe(result.test.n);
    expect(verdict!.words).toContain("student without it");
    expect(await resume(out)).toMatchObject({ task, distillation: { methods: ["soft"] } });
    const model = await load(result.model, { threads: 1 });
    expect(model.task).toBe(task);
    await model.close();
    await expect(
      distill(data, { ...quick, base, teacher: teacher.run, method: "hints", out: path("no") }),
    ).rejects.toThrow(`method hints compares features of pictures, and these are ${unit}`);
  },
);

test("a teacher of other samples, and data without classes, are refused", async () => {
  const pictures = await tinyData(path("pictures"));
  const own = { ...quick, base: writeTextBase(path("encoder-2")), out: path("no") };
  await expect(distill(path("reviews.csv"), { ...own, teacher: pictures })).rejects.toMatchObject({
    kind: expect.stringMatching(/ModelError|FileError/),
  });
  writeFileSync(path("table.csv"), ["a,b,label", "1,2,x", "2,3,y", "3,4,x"].join("\n"));
  await expect(distill(path("table.csv"), { teacher: pictures, out: path("no") })).rejects.toMatchObject({
    details: { command: "distill", task: "tabular-classification" },
  });
});

test("a teacher is scored on test samples that it has not learnt from, and its training is named if it is not known", {
  tags: ["thorough"],
}, async () => {
  const [data, base] = [path("reviews.csv"), writeTextBase(path("encoder-3"))];
  const other = await train(data, { ...quick, base, seed: 1, out: path("other-split") });
  const events: EngraftEvent[] = [];
  const onEvent = (event: EngraftEvent): void => void events.push(event);
  const own = { ...quick, base, comparison: false, onEvent } as const;
  const result = await distill(data, { ...own, teacher: other.run, out: path("scored") });
  const parts = ["other-split", "scored"].map(
    (run) => JSON.parse(readFileSync(path(run, "samples.json"), "utf8")).samples as Record<string, string>,
  );
  const unseen = Object.keys(parts[1]!).filter(
    (hash) => isSampleEntry(hash) && parts[1]![hash] === "test" && parts[0]![hash] === "test",
  );
  expect(result.distillation!.test?.n ?? 0).toBe(unseen.length);
  const all = result.test.n;
  expect(unseen.length).toBeLessThan(all);
  // The teacher's score says on how few texts it is.
  const texts = new RegExp(`teacher itself \\(${unseen.length}\\stest texts?\\)`);
  for (const file of ["report.html", "model/README.md"])
    expect(readFileSync(path("scored", file), "utf8")).toMatch(texts);
  expect((await renderAnyResult(result)).join("\n")).toMatch(
    new RegExp(`\\) on ${unseen.length} test texts?: `),
  );
  const warned = events.flatMap((one) => (one.event === "warning" ? [one.message] : []));
  expect(warned.join()).toContain(
    `the teacher other-split learnt from ${all - unseen.length} of ${all} texts`,
  );
  // Without its run, nothing says what a model learnt from.
  cpSync(other.model, path("moved"), { recursive: true });
  await distill(data, { ...own, teacher: path("moved"), out: path("unknown") });
  expect(events.flatMap((one) => (one.event === "warning" ? [one.message] : [])).join()).toContain(
    `may have learnt from some of the ${all} texts of the test split`,
  );
});

test("the cure for a teacher of other classes names the data and the model, and no method of pictures", {
  tags: ["thorough"],
}, async () => {
  const base = writeTextBase(path("encoder-4"));
  const lines = reviews(60).map(({ text }, i) => `"${text}",${["up", "down", "left"][i % 3]}`);
  writeFileSync(path("ways.csv"), ["text,label", ...lines].join("\n"));
  const teacher = await train(path("ways.csv"), { threads: 1, strategy: "probe", base, out: path("ways") });
  const data = path("reviews.csv");
  await expect(
    distill(data, { ...quick, base, teacher: teacher.run, out: path("no") }),
  ).rejects.toMatchObject({
    help: `fine-tune it on this data first: engraft train ${JSON.stringify(data)} --base ${JSON.stringify(teacher.model)}`,
  });
  // The cure works as it is printed.
  await train(data, { threads: 1, strategy: "probe", base: teacher.model, out: path("cured") });
});

test("two students that are no better than the most frequent class are not called equal", {
  tags: ["thorough"],
}, async () => {
  const base = writeTextBase(path("encoder-5"));
  // Classes by chance, one of them twice as frequent: nothing can be learnt.
  const lines = reviews(240).map(({ text }, i) => `"${text}",${(i * i + 3 * i) % 7 < 2 ? "up" : "down"}`);
  writeFileSync(path("chance.csv"), ["text,label", ...lines].join("\n"));
  const teacher = await train(path("chance.csv"), {
    threads: 1,
    strategy: "probe",
    base,
    out: path("chance"),
  });
  const { verdict } = await distill(path("chance.csv"), {
    ...quick,
    base,
    teacher: teacher.run,
    out: path("none"),
  });
  expect(verdict).toMatchObject({ kind: "neither learnt", transfer: "inconclusive" });
  expect(verdict!.words).toMatch(
    /Whether .* helps is not known\. .* no better than always the most frequent class/,
  );
});

test("--target names the column of labels of a student, as of its teacher", {
  tags: ["thorough"],
}, async () => {
  const base = writeTextBase(path("encoder-6"));
  const lines = reviews(60).map(({ text, label }) => `"${text}",${label}`);
  writeFileSync(path("moods.csv"), ["text,mood", ...lines].join("\n"));
  const own = { ...quick, base, task: "text-classification" } as const;
  const teacher = await train(path("moods.csv"), { ...own, target: "mood", out: path("moods") });
  const asked = { ...own, teacher: teacher.run, comparison: false, out: path("named") };
  await expect(distill(path("moods.csv"), asked)).rejects.toThrow("no column of labels");
  const { test } = await distill(path("moods.csv"), { ...asked, target: "mood" });
  expect(test.per_class.map(({ label }) => label).sort()).toEqual(["bad", "good"]);
});
