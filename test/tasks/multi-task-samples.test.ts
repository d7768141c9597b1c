// Several heads on one backbone for texts and sounds: columns of a list and several data, one model folder, and data that are refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  evaluate,
  explain,
  load,
  loadTextModel,
  resume,
  type TasksResultEvent,
  train,
  trainTasks,
} from "../../src/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { writeSoundBase, writeSounds } from "../support/sound-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-task-samples-"));
const path = (...parts: string[]) => join(root, ...parts);
const quick = { threads: 1, epochs: 2, batchSize: 8, strategy: "finetune" } as const;
const columns = ["mood", "length"] as const;
/** Of the reviews, each seventh has no mood. */
const texts = reviews(84).map(({ text, label }, i) => ({
  text,
  mood: i % 7 === 6 ? "" : label,
  length: i % 2 === 0 ? "0" : "1",
}));

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const lines = texts.map(({ text, mood, length }) => `"${text}",${mood},${length}`);
  writeFileSync(path("reviews.csv"), ["text,mood,length", ...lines].join("\n"));
  writeTextBase(path("encoder"));
  writeSoundBase(path("hearing"));
  tinyBase(path("seeing"));
  await tinyData(path("pictures"), { ant: 16, bee: 16 });
  writeSounds(path("sounds"), 20);
  // Classes by number, so that a task needs no name of its own.
  const clips = ["fall", "rise"].flatMap((kind) =>
    Array.from({ length: 20 }, (_, i) => `sounds/${kind}/${i}.wav,${kind},${i % 2 === 0 ? "even" : "odd"}`),
  );
  writeFileSync(path("clips.csv"), ["audio,kind,parity", ...clips].join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const kinds = {
  texts: {
    data: () => path("reviews.csv"),
    labels: columns,
    base: "encoder",
    task: "text-classification",
    inputs: () => texts.slice(0, 3).map(({ text }) => text),
  },
  clips: {
    data: () => path("clips.csv"),
    labels: ["kind", "parity"],
    base: "hearing",
    task: "audio-classification",
    inputs: () => [path("sounds/fall/0.wav"), path("sounds/rise/1.wav")],
  },
} as const;

let runs = 0;
const trained = (unit: keyof typeof kinds, options = {}): Promise<TasksResultEvent> => {
  const { data, labels, base } = kinds[unit];
  return trainTasks(data(), { ...quick, labels, base: path(base), out: path(`run ${runs++}`), ...options });
};

test.each(["texts", "clips"] as const)(
  "columns of a list of %s train the heads of one model",
  { tags: ["thorough"] },
  async (unit) => {
    const { task, labels, inputs, data } = kinds[unit];
    const result = await trained(unit, { baselines: true, weighting: "uncertainty" });
    expect(result.task).toBe(`multi-task-${task}`);
    expect(result.tasks.map(({ name, output }) => [name, output])).toEqual([
      [labels[0], "logits"],
      [labels[1], `logits_${labels[1]}`],
    ]);
    for (const one of result.tasks) {
      expect(one.verdict!.words).toMatch(/training together/i);
      // The saved file scores what the run scored.
      const again = await evaluate(result.model, data(), { task: one.name, threads: 1 });
      expect(again.scored).toContain(`task ${one.name}: `);
      expect(again.test).toMatchObject({ n: one.test.n, accuracy: one.test.accuracy });
    }
    const model = await load(result.run, { threads: 1 });
    if (model.task !== "multi-task-text-classification" && model.task !== "multi-task-audio-classification")
      throw new Error(model.task);
    const answers = await model.predict(inputs());
    expect(answers.map((one) => Object.keys(one))).toEqual(inputs().map(() => [...labels]));
    for (const [h, { name, classes }] of model.tasks.entries()) {
      expect(classes).toEqual(result.tasks[h]!.classes);
      for (const one of answers) {
        expect(one[name]!.map(({ label }) => label).sort()).toEqual(classes);
        expect(one[name]!.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
      }
    }
    await model.close();
    const [page, card] = ["report.html", "model/README.md"].map((file) =>
      readFileSync(join(result.run, file), "utf8"),
    );
    expect(page).toContain(`over the test ${unit} of one run`);
    for (const text of [page!, card!]) expect(text).not.toMatch(/picture|pixel_values/);
    expect(card).toContain(`run(["logits", "logits_${labels[1]}"], `);
    expect(await resume(result.run, { threads: 1 })).toMatchObject({ task: `multi-task-${task}` });
    for (const [h, name] of [undefined, labels[1]].entries()) {
      const how = { threads: 1, method: "occlusion", ...(name !== undefined && { task: name }) } as const;
      for await (const { label, head, score } of explain(result.model, inputs().slice(0, 1), how)) {
        expect(head).toBe(labels[h]);
        // The first prediction is that of the explained task.
        expect(label).toBe(answers[0]![head!]![0]!.label);
        expect(score).toBeCloseTo(answers[0]![head!]![0]!.score, 5);
      }
    }
    await expect(explain(result.model, inputs(), { task: "colour" }).next()).rejects.toMatchObject({
      message: 'the model has no task "colour"',
      details: { task: "colour", tasks: labels },
      help: `its tasks are ${labels.join(", ")}`,
    });
  },
);

test("data without a label column need the name of a task", { tags: ["thorough"] }, async () => {
  const { model } = await trained("texts");
  await expect(evaluate(model, path("reviews.csv"), { threads: 1 })).rejects.toMatchObject({
    message: 'the model has the tasks mood, length, and the data have no column "label"',
    help: "name the task to score: --task mood",
  });
});

test("several lists of texts are tasks, with classes and texts of their own", {
  tags: ["thorough"],
}, async () => {
  const rows = reviews(60).map(({ text }, i) => `"${text} again",${["up", "down", "left"][i % 3]}`);
  writeFileSync(path("ways.csv"), ["text,label", ...rows].join("\n"));
  const moods = texts.filter(({ mood }) => mood !== "").map(({ text, mood }) => `"${text}",${mood}`);
  writeFileSync(path("moods.csv"), ["text,label", ...moods].join("\n"));
  const data = { mood: path("moods.csv"), way: path("ways.csv") };
  const base = path("encoder");
  const result = await trainTasks(data, { threads: 1, strategy: "probe", base, out: path("lists") });
  expect(result.tasks.map(({ classes }) => classes.length)).toEqual([2, 3]);
  // The head of a probe on its own data is that of `train`.
  const alone = await train(data.way, {
    threads: 1,
    strategy: "probe",
    base,
    out: path("alone"),
    task: "text-classification",
  });
  expect(result.tasks[1]!.test.confusion).toEqual(alone.test.confusion);
});

test("an old loader predicts with the first head, and a text that is too long is averaged within each head", {
  tags: ["thorough"],
}, async () => {
  const { model } = await trained("texts", { maxLength: 8 });
  const [long] = [Array.from({ length: 6 }, () => "the soup was so awful and slow").join(" ")];
  const first = await loadTextModel(model, { threads: 1, long: "split" });
  const [answer] = await first.predict([long!]);
  await first.close();
  const all = await load(model, { threads: 1, long: "split" });
  if (all.task !== "multi-task-text-classification") throw new Error(all.task);
  const [heads] = await all.predict([long!]);
  await all.close();
  expect(heads!.mood!.map(({ label }) => label)).toEqual(answer!.map(({ label }) => label));
  for (const [k, { score }] of heads!.mood!.entries()) expect(score).toBeCloseTo(answer![k]!.score, 5);
});

const oneKind = "one network reads one kind of samples: train the others by a run of their own";
test.each([
  [
    "pictures and texts",
    () => ({ kind: path("pictures"), mood: path("reviews.csv") }),
    {},
    'the tasks have different samples: "kind" has pictures, "mood" has texts',
    oneKind,
  ],
  [
    "sounds and texts",
    () => ({ kind: path("sounds"), mood: path("reviews.csv") }),
    {},
    'the tasks have different samples: "kind" has clips, "mood" has texts',
    oneKind,
  ],
  [
    "a column that is not there",
    () => path("reviews.csv"),
    { labels: ["mood", "colour"] },
    'has no column "colour"',
  ],
  [
    "an option of pictures",
    () => path("reviews.csv"),
    { labels: columns, imageSize: 64 },
    "imageSize is for pictures",
  ],
  [
    "an option of texts",
    () => path("clips.csv"),
    { labels: ["kind", "parity"], pooling: "mean" },
    "pooling is for texts",
  ],
  [
    "a mix of layers",
    () => path("clips.csv"),
    { labels: ["kind", "parity"], cut: "mix" },
    "a mix of layers is learned for one task",
  ],
  ["a base of pictures", () => path("reviews.csv"), { labels: columns, base: "seeing" }, /tokenizer/],
  [
    "a base of texts",
    () => path("clips.csv"),
    { labels: ["kind", "parity"], base: "encoder" },
    /sound|audio/,
  ],
] as const)("%s are refused with what to do", async (_, data, options, text, help?: string) => {
  const { base, ...others } = options as { base?: string };
  const given = { ...quick, ...others, ...(base && { base: path(base) }), out: path("refused") };
  const error = await trainTasks(data() as string, given as never).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: expect.stringMatching(text) as unknown });
  expect((error as { help?: string }).help).toEqual(help ?? expect.any(String));
});
