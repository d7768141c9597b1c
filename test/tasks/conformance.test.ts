// The conformance suite of tasks: it runs on every task with each modality that it may have.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate } from "../../src/api/evaluate.js";
import { explain } from "../../src/api/explain.js";
import { load } from "../../src/api/load.js";
import { report } from "../../src/api/report.js";
import { train } from "../../src/api/train.js";
import type { AnyResultEvent } from "../../src/core/events/events.js";
import type { Explanation } from "../../src/core/results/explanation.js";
import { factsOf } from "../../src/core/results/task.js";
import { readScores } from "../../src/evaluate/recorded-scores.js";
import { commandNeeds, refuseCommand } from "../../src/options/command-needs.js";
import { needsOf, type OptionName, optionTable } from "../../src/options/option-table.js";
import { refuseUnusable } from "../../src/options/refuse-unusable.js";
import { capabilitiesOf } from "../../src/options/task-capabilities.js";
import { nodePlatform } from "../../src/platform/node.js";
import { modelFiles } from "../../src/push/publishable.js";
import { cardProblems, readCard } from "../../src/report/cards/front-matter.js";
import { englishLeft, englishLines, markedEnglish, mixedMarks } from "../support/english-left.js";
import { engraft } from "../support/fixtures.js";
import { toyRun } from "../support/shared-runs.js";
import { members, type TaskOfModality, taskOfMember } from "./conformance-members.js";

const root = mkdtempSync(join(tmpdir(), "engraft-conformance-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Pair = readonly [first: string, second: string];
const isOfPairs = (name: TaskOfModality): boolean => name.endsWith(" of pairs");

/** Returns the score of the test split, and the contribution of each sample. */
const scoreIn = ({ test: scores }: Pick<AnyResultEvent, "test">) => ({
  metric: scores.metric,
  scores: scores.scores,
});

for (const name of Object.keys(members) as TaskOfModality[])
  describe(name, { tags: [...(members[name].tags ?? [])] }, () => conforms(name));

/** Declares the tests of a member. */
function conforms(name: TaskOfModality): void {
  const member = members[name];
  const task = taskOfMember(name);
  /** Where the suite writes. The run is shared: nothing is written into its folder. */
  const out = join(root, name.replaceAll(" ", "-"));
  let result: AnyResultEvent;
  let data: string;
  beforeAll(async () => {
    const run = await toyRun(member.toy);
    result = run.result as AnyResultEvent;
    ({ data } = run);
  });

  test("the data decide the task, and the result has its metric and a score for each test sample", () => {
    expect(result.task).toBe(task);
    expect(result.test.metric.name).toBe(factsOf(task).metric);
    expect(readScores(result.test)!.value).toBeCloseTo(result.test.metric.value, 6);
  });

  test("evaluate returns the score of the run", async () => {
    const scored = await evaluate(result.model, data, { threads: 1 });
    expect(scored.task).toBe(task);
    const [again, run] = [scoreIn(scored), scoreIn(result)];
    expect(again.metric.value).toBeCloseTo(run.metric.value, 5);
    expect(again.scores!.values.length).toBe(run.scores!.values.length);
  });

  test("predict answers what the run scored, sample by sample, and the score of the run is that of the saved model", async () => {
    const samples = await member.samples(data);
    const model = await load(result.model, { threads: 1 });
    const predict = model.predict as (
      inputs: readonly unknown[],
      options?: object,
    ) => Promise<readonly unknown[]>;
    const predictions: unknown[] = [];
    // One at a time: a run predicts batches.
    for (const { input } of samples) predictions.push(...(await predict([input], member.predictOptions)));
    await model.close();
    expect(model.task).toBe(task);
    expect(predictions).toHaveLength(samples.length);
    const computed = (await member.computed?.(result.model, samples)) ?? predictions;
    const { k, values } = result.test.scores!;
    const truths = samples.map(({ truth }) => truth);
    for (const [i, sums] of member.sums(computed as never[], truths as never[]).entries())
      for (const [j, sum] of sums.entries()) expect(sum, `sample ${i}`).toBeCloseTo(values[i * k + j]!, 3);
    expect(values.length).toBe(k * samples.length);
    // Toy clips are shorter than ten seconds.
    for (const { words = [] } of predictions as readonly {
      readonly words?: readonly { readonly end: number }[];
    }[])
      for (const { end } of words) expect(end).toBeLessThan(10);
    // Pages and screen print at most four digits.
    const score = member.score(computed as never[], truths as never[]);
    expect(score).toBeCloseTo(result.test.metric.value, 5);
  });

  // `--text-a` and `--text-b` give one pair; the other tests give pairs to the library.
  test.runIf(isOfPairs(name))("the command line predicts a pair, and the second text counts", async () => {
    const samples = await member.samples(data);
    const [[first, second], [, other]] = samples.map(({ input }) => input) as [Pair, Pair];
    const numberOf = async (b: string): Promise<number> => {
      const words = ["predict", result.model, "--text-a", first, "--text-b", b, "--threads", "1", "--json"];
      const { code, err, events } = await engraft(words);
      expect([code, err]).toEqual([0, ""]);
      return (events[0] as unknown as { readonly values: readonly [{ readonly value: number }] }).values[0]
        .value;
    };
    const predicted = await numberOf(second);
    // A run records (y − ŷ)² of each sample.
    const { values } = result.test.scores!;
    expect((predicted - (samples[0]!.truth as number)) ** 2).toBeCloseTo(values[0]!, 3);
    expect(second).not.toBe(other);
    expect(Math.abs((await numberOf(other)) - predicted)).toBeGreaterThan(1e-4);
  });

  test("every file of its model may be pushed", () => {
    const files = readdirSync(result.model, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(result.model, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
    expect(files).toContain("onnx/model.onnx");
    expect(files.filter((path) => !modelFiles.has(path))).toEqual([]);
  });

  test("a folder whose files name one output more than the model has is refused", async () => {
    const folder = `${out}-other`;
    cpSync(result.model, folder, { recursive: true });
    const { head } = factsOf(task);
    const files: Partial<Record<typeof head, string>> = {
      transcript: "vocab.json",
      sequence: "tokenizer.json",
    };
    const file = join(folder, files[head] ?? "config.json");
    const content = JSON.parse(readFileSync(file, "utf8"));
    const tokens = head === "sequence" ? content.model.vocab : content;
    const names = head in files ? tokens : content.id2label;
    // A table of words has more rows than the tokenizer has tokens.
    const count = head === "sequence" ? 1000 : Object.keys(names).length;
    Object.assign(names, head in files ? { "\u00e6": count } : { [count]: "one more" });
    writeFileSync(file, JSON.stringify(content));
    const [sample] = await member.samples(data);
    const predicted = async () => {
      const model = await load(folder, { threads: 1 });
      const predict = model.predict as (inputs: readonly unknown[]) => Promise<unknown>;
      return predict([sample!.input]).finally(() => model.close());
    };
    await expect(predicted()).rejects.toMatchObject({ kind: "ModelError" });
  });

  test("the weights of an explanation sum up to the prediction", async () => {
    const [sample] = await member.samples(data);
    const all: Explanation[] = [];
    // The sum holds for any number of predictions.
    const options = { method: "shap", samples: 400, threads: 1 } as const;
    for await (const one of explain(result.model, [sample!.input as string], options)) all.push(one);
    const [{ base_value, class_score, map, words, second, columns, task: explained }] = all as [Explanation];
    expect(explained).toBe(task);
    const ofSecond = second?.map(({ weight = 0 }) => weight) ?? [];
    expect(ofSecond.some((weight) => Math.abs(weight) > 1e-6)).toBe(isOfPairs(name));
    const weights = map?.values ?? [...(words ?? columns)!.map(({ weight = 0 }) => weight), ...ofSecond];
    expect(weights.length).toBeGreaterThan(1);
    // A softmax over one number is 1 whatever the input is. The toy recogniser may hear the same without any part of the sound.
    if (factsOf(task).head !== "transcript")
      expect(weights.some((weight) => Math.abs(weight) > 1e-6)).toBe(true);
    expect(weights.reduce((sum, w) => sum + w, base_value!)).toBeCloseTo(class_score, 4);
  });

  test("the report exists in English and in Chinese, fully translated", async () => {
    const machine = nodePlatform
      .machine()
      .match(/[\w-]+/g)!
      .join(" ");
    const program = "engraft train export init-from MODEL model node onnxruntime-node decoder sharp libvips";
    const methods = "finetune full scratch linear LAC APS conformal split Conformal mAP Spearman";
    const known = `${program} ${methods} ${machine} ${task} ${member.words}`;
    for (const lang of ["en", "zh"] as const) {
      const written = await report(result.run, { lang, pictures: false, out: `${out}-${lang}.html` });
      const page = readFileSync(written.report, "utf8");
      expect(page).toContain(`<html lang="${lang === "en" ? "en" : "zh-Hans"}"`);
      if (lang === "en") continue;
      expect.soft(englishLeft(page, known)).toEqual([]);
      expect.soft([...markedEnglish(page), ...englishLines(page), ...mixedMarks(page)]).toEqual([]);
    }
  });

  test("the model card has valid front matter, and names the task and its metric", () => {
    const { fields, body } = readCard(readFileSync(join(result.model, "README.md"), "utf8"), "README.md");
    expect(cardProblems(fields)).toEqual([]);
    expect(fields.tags).toContain(task);
    expect(body).toMatch(/## (Licence|License)/);
  });

  test("--group-from counts: a pattern that fits no sample is refused before the training", async () => {
    const target = "table" in result && { target: result.table?.target.join() };
    const run = train(data, { ...target, groupFrom: "zzz", task, out: `${out}-none`, threads: 1 });
    await expect(run).rejects.toMatchObject({
      ...{ kind: "OptionError", message: expect.stringMatching(/groupFrom "zzz" (fits no|is no column)/) },
    });
  });

  test("an unusable option and an unusable command are refused by name", () => {
    const has = new Set([...capabilitiesOf(task), "steps"]);
    const unusable = (Object.keys(optionTable) as OptionName[]).find((name) =>
      needsOf(name, "x").some((need) => !has.has(need)),
    )!;
    const refused = new RegExp(`the option ${unusable} .*, and this is ${task}`);
    expect(() => refuseUnusable({ [unusable]: "x" }, task)).toThrow(refused);
    for (const command of Object.keys(commandNeeds) as (keyof typeof commandNeeds)[])
      if (commandNeeds[command].some((need) => !has.has(need)))
        expect(() => refuseCommand(command, task)).toThrow(
          new RegExp(`the command ${command} .*, and this is ${task}`),
        );
  });
}
