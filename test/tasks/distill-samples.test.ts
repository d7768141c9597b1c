// Distillation of texts and sounds: a student on a smaller base learns from the predictions of a teacher with other inputs.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { distill, load, resume, train } from "../../src/index.js";
import { tinyData } from "../support/fixtures.js";
import { writeSoundBase, writeSounds } from "../support/sound-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
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
    expect(verdict!.words).toContain("the same student without it");
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
  await expect(distill(path("table.csv"), { teacher: pictures, out: path("no") })).rejects.toThrow(
    "the command distill is for classification of pictures, texts and sounds, and this is tabular-classification",
  );
});
