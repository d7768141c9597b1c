// Several labels and numbers from sounds, end to end: what a run learns, what its folder serves, and what its card says.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoModelForAudioClassification, AutoProcessor, env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSound } from "../../src/data/sounds/index.js";
import {
  compare,
  evaluate,
  explain,
  load,
  report,
  resume,
  type TrainOptions,
  train,
} from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { trainWithStepTime } from "../support/manual-clock.js";
import { writeSoundBase, writeSoundLabels, writeSoundNumbers } from "../support/sound-data.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-sound-targets-"));
const at = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const base = writeSoundBase(at("base"));
const labelled = writeSoundLabels(at("labels"), 90);
const numbered = writeSoundNumbers(at("numbers"), 60);
const common = { base, seed: 3, threads: 1, cache: false } as const;

/** Warnings of the runs, by their code. */
const warned: string[] = [];

/** Trains with the baseline from scratch, briefly, and with explanations in the report. */
const withBaselines = {
  ...{ ...common, strategy: "finetune", epochs: 3, baselines: true, scratchSteps: 10, explain: true },
  onEvent: (event) => {
    if (event.event === "warning") warned.push(event.code);
  },
} as const satisfies TrainOptions;

function withTask<R extends { readonly task: string }, const T extends R["task"]>(
  given: R,
  task: T,
): Extract<R, { readonly task: T }> {
  expect(given.task).toBe(task);
  return given as Extract<R, { readonly task: T }>;
}

const samplesOf = async (path: string) => (await readSound(nodePlatform, path, { rate: 16_000 })).samples;

/** Runs the JavaScript of a model card on a sound. @returns what it prints */
async function runCard(model: string, samples: Float32Array): Promise<number[][]> {
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  env.localModelPath = "";
  const [, script = ""] = /```js\n([\s\S]*?)\n```/.exec(readFileSync(join(model, "README.md"), "utf8")) ?? [];
  const body = script
    .split("\n")
    .filter((line) => !/^(import|const folder) /.test(line))
    .join("\n");
  const given = {
    ...{ AutoModelForAudioClassification, AutoProcessor, folder: model, samples },
    console: { log: (value: number[][]) => printed.push(value) },
  };
  const printed: number[][][] = [];
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  await AsyncFunction(...Object.keys(given), body)(...Object.values(given));
  return printed[0]!;
}

/** Trains, stops after the first epoch, and resumes. @returns bytes of the model */
async function resumedModel(data: string, options: TrainOptions, out: string): Promise<Buffer> {
  await stopRun((how) => train(data, { ...options, out, ...how }));
  const { model } = (await resume(out, { threads: 1 })) as { readonly model: string };
  return readFileSync(join(model, "onnx/model.onnx"));
}

const reportIn = async (run: string, lang: "en" | "zh"): Promise<string> =>
  readFileSync((await report(run, { lang, out: join(root, `${lang}.html`) })).report, "utf8");

/** Returns the spectrograms with a player in the rows of a table. */
const playedIn = (page: string) =>
  page.match(
    /<th scope="row"><bdi[^<]*<\/bdi><img class="spectrogram" src="data:image\/png;base64,[\w+/=]+" alt="[^"]+"><audio controls preload="none" src="data:audio\/wav;base64,[\w+/=]+">/g,
  );

describe("several labels", () => {
  let run: Awaited<ReturnType<typeof trainLabels>>;
  const trainLabels = async () =>
    withTask(
      await train(labelled, { ...withBaselines, threshold: "validation", out: at("labels-run") }),
      "multi-label-classification",
    );
  beforeAll(async () => {
    run = await trainLabels();
  });

  test("tones are learnt, and compared with log-mel statistics and the most frequent labels", () => {
    expect(run.unit).toBe("clips");
    expect(run.classes).toEqual(["high", "low", "middle"]);
    expect(run.test.micro_f1).toBeGreaterThan(0.9);
    const { frequent, log_mel, probe, scratch, ...others } = run.baselines;
    expect(others).toEqual({});
    expect(log_mel!.recipe).toContain(
      "logistic regression on 384 statistics of log-mel frames, one for each label",
    );
    // Pure tones are in bands of their own: linear models on the bands tell them apart.
    for (const one of [log_mel!, probe!]) expect(one.test.micro_f1).toBeGreaterThan(0.9);
    expect(frequent!.test.micro_f1).toBeLessThan(0.8);
    expect(scratch!.training!.steps).toBeLessThanOrEqual(10);
    expect(run.verdict).toBeDefined();
  });

  test("thresholds from validation are stored, and evaluate uses them", async () => {
    expect(run.thresholds.rule).toBe("validation");
    const engraft = JSON.parse(readFileSync(join(run.model, "engraft.json"), "utf8"));
    expect(engraft.labels).toEqual({ unit: "clips", thresholds: run.thresholds.values });
    const scored = withTask(
      await evaluate(run.model, labelled, { threads: 1 }),
      "multi-label-classification",
    );
    expect(scored.unit).toBe("clips");
    expect(scored.test.micro_f1).toBeCloseTo(run.test.micro_f1, 6);
    expect(scored.test.per_label.map(({ threshold }) => threshold)).toEqual(run.thresholds.values);
  });

  test("a path, the bytes of a file and its samples have the same labels", async () => {
    const path = join(labelled, "3.wav");
    const model = withTask(await load(run.model, { threads: 1 }), "multi-label-classification");
    expect([model.unit, model.rate]).toEqual(["clips", 16_000]);
    const given = [path, new Uint8Array(readFileSync(path)), await samplesOf(path)];
    const [first, ...others] = await model.predict(given);
    expect(others).toEqual([first, first]);
    await expect(model.predict([new Float32Array(0)])).rejects.toThrow("sound 1 has no samples");
    await expect(model.predict([path], { tta: 2 })).rejects.toThrow(
      "tta is for pictures, and this model gives labels to clips",
    );
    await model.close();
  });

  test("the lines of the card give the probabilities of predict; the pipeline's softmax does not", async () => {
    const samples = await samplesOf(join(labelled, "5.wav"));
    const [printed] = await runCard(run.model, samples);
    const model = withTask(await load(run.model, { threads: 1 }), "multi-label-classification");
    const [answer] = await model.predict([samples]);
    await model.close();
    for (const { label, score } of answer!.all)
      expect(printed![run.classes.indexOf(label)]).toBeCloseTo(score, 3);
    const served = (await pipeline("audio-classification", run.model, { dtype: "fp32" })) as unknown as (
      audio: Float32Array,
      options: object,
    ) => Promise<{ readonly score: number }[]>;
    const sum = (await served(samples, { top_k: 3 })).reduce((total, { score }) => total + score, 0);
    expect(sum).toBeCloseTo(1, 4);
    expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain(
      "cannot serve this model: it always takes a softmax",
    );
  });

  test("a label is explained by the cells of its frequencies", async () => {
    const lines = readFileSync(join(labelled, "metadata.csv"), "utf8").split("\n");
    const clip = lines.find((line) => line.endsWith(",high"))!.split(",")[0]!;
    const rows = Array.from({ length: 8 }, () => 0);
    for await (const one of explain(run.model, [join(labelled, clip)], { class: "high", threads: 1 })) {
      expect(one).toMatchObject({ method: "occlusion", class: "high", unit: "probability" });
      for (const [i, weight] of one.map!.values.entries()) rows[Math.floor(i / 12)]! += weight;
    }
    // Rows have equal widths in mels, m = 1127 ln(1 + f / 700), up to 8 kHz and the highest first: 3 kHz is in the third.
    const mel = (hz: number): number => 1127 * Math.log(1 + hz / 700);
    const row = 7 - Math.floor((8 * mel(3000)) / mel(8000));
    expect(row).toBe(2);
    expect(rows.indexOf(Math.max(...rows))).toBe(row);
  });

  test("the report draws maps over spectrograms, without a warning about pictures", async () => {
    expect(warned).not.toContain("insights");
    for (const page of [await reportIn(run.run, "en"), await reportIn(run.run, "zh")]) {
      expect(page.match(/<div class="under sound"><img src="data:image\/png;base64,/g)).toHaveLength(6);
      expect(page.match(/<svg class="over" viewBox="0 0 12 8"/g)).toHaveLength(6);
    }
    expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain('class="under sound"');
    await report(run.run, { pictures: false, out: at("without.html") });
    expect(readFileSync(at("without.html"), "utf8")).not.toContain("data:image/png");
  });

  test("the report plays the clips with wrong decisions, beside their spectrograms", async () => {
    // With this threshold, labels are missed.
    const bad = withTask(
      await train(labelled, { ...common, strategy: "probe", threshold: 0.9999, out: at("bad") }),
      "multi-label-classification",
    );
    expect(bad.test.worst.length).toBeGreaterThan(0);
    expect(playedIn(await reportIn(bad.run, "en"))).toHaveLength(bad.test.worst.length);
  });

  test("the report is in English and Chinese", async () => {
    expect(await reportIn(run.run, "en")).toContain("logistic regression on log-mel statistics");
    const page = await reportIn(run.run, "zh");
    expect(page).toContain("对数梅尔统计量上的逻辑回归");
    expect(page).toContain("段测试录音");
  });

  test("a stopped run resumes to the same bits", async () => {
    const options = { ...common, strategy: "finetune", epochs: 2 } as const;
    const whole = await train(labelled, { ...options, out: at("whole") });
    const resumed = await resumedModel(labelled, options, at("stopped"));
    expect(resumed.equals(readFileSync(join(whole.model, "onnx/model.onnx")))).toBe(true);
  });

  test("columns of 0 and 1 are labels too, named by the option", async () => {
    const rows = Array.from({ length: 90 }, (_, i) => `labels/${i}.wav,${i % 2},${i % 3 === 0 ? 1 : 0}`);
    writeFileSync(at("columns.csv"), ["audio,even,third", ...rows].join("\n"));
    const own = await train(at("columns.csv"), {
      ...{ ...common, strategy: "probe", labels: "even,third", out: at("columns-run") },
    });
    expect(withTask(own, "multi-label-classification").classes).toEqual(["even", "third"]);
  });

  test.each([
    ["lora", {}],
    ["last-n", { option: { last: 1 } }],
  ] as const)("strategy %s learns labels of sounds", async (strategy, more) => {
    const out = at(`labels-${strategy}`);
    const own = await train(labelled, { ...common, ...more, strategy, epochs: 1, out });
    expect(own.strategy.name).toBe(strategy);
    expect(withTask(own, "multi-label-classification").test.micro_f1).toBeGreaterThan(0.8);
  });

  test("strategies are compared, and seeds repeated", { tags: ["thorough"] }, async () => {
    const compared = await compare(labelled, {
      ...{ base, threads: 1, strategies: ["probe", "finetune"], epochs: 1, seeds: 2, out: at("compared") },
    });
    expect([compared.metric, compared.classes]).toEqual(["f1", ["high", "low", "middle"]]);
    expect(compared.rows.map(({ label }) => label).sort()).toEqual(["finetune", "probe"]);
    for (const { seeds, failed } of compared.rows) expect([seeds.length, failed]).toEqual([2, []]);
  });

  test("a run starts from the weights of another one", async () => {
    const own = await train(labelled, {
      ...{ ...common, strategy: "probe", initFrom: run.model, out: at("from-run") },
    });
    const { init } = withTask(own, "multi-label-classification");
    expect(init).toMatchObject({ from: run.model, adapted: [] });
    expect(init!.matched).toBeGreaterThan(2);
  });

  test("options of pictures and texts are refused by name", async () => {
    for (const option of [
      { tta: 2 },
      { imageSize: 32 },
      { strategy: "ngram-probe" },
      { initHead: "reuse" },
    ] as const)
      await expect(train(labelled, { ...common, ...option, out: at("refused") })).rejects.toThrow(
        /and this is multi-label-classification of sounds$/,
      );
  });
});

describe("numbers", () => {
  const trainNumbers = async () =>
    withTask(await train(numbered, { ...withBaselines, out: at("numbers-run") }), "audio-regression");
  let run: Awaited<ReturnType<typeof trainNumbers>>;
  beforeAll(async () => {
    run = await trainNumbers();
  });

  test("the pitch is learnt, and compared with ridge regression on log-mel statistics and the mean", () => {
    expect(run.targets.map(({ name }) => name)).toEqual(["pitch"]);
    const { mean, log_mel_ridge, probe, scratch, ...others } = run.baselines;
    expect(others).toEqual({});
    expect(scratch).toBeDefined();
    // R² of any constant is at most 0.
    expect(mean.test.r2).toBeLessThanOrEqual(0);
    for (const { test: scores } of [run, log_mel_ridge!, probe!]) expect(scores.r2).toBeGreaterThan(0.7);
    expect(log_mel_ridge!.recipe).toContain("ridge regression on 384 statistics of log-mel frames");
  });

  test("a path, the bytes of a file and its samples have the same numbers, and evaluate the run's score", async () => {
    const path = join(numbered, "7.wav");
    const model = withTask(await load(run.model, { threads: 1 }), "audio-regression");
    expect([model.rate, model.targets, model.coverage]).toEqual([16_000, ["pitch"], 0.9]);
    const [first, ...others] = await model.predict([
      ...[path, new Uint8Array(readFileSync(path)), await samplesOf(path)],
    ]);
    expect(others).toEqual([first, first]);
    const [{ value, interval } = { value: 0 }] = first!;
    expect(interval![0]).toBeLessThan(value);
    await model.close();
    const scored = withTask(await evaluate(run.model, numbered, { threads: 1 }), "audio-regression");
    expect(scored.test.r2).toBeCloseTo(run.test.r2, 6);
  });

  test("the lines of the card give the numbers of predict", async () => {
    const samples = await samplesOf(join(numbered, "11.wav"));
    const model = withTask(await load(run.model, { threads: 1 }), "audio-regression");
    const [answer] = (await model.predict([samples])).flat();
    await model.close();
    expect((await runCard(run.model, samples))[0]![0]).toBeCloseTo(answer!.value, 3);
    const config = JSON.parse(readFileSync(join(run.model, "config.json"), "utf8"));
    expect(config).toMatchObject({ problem_type: "regression", model_type: "wav2vec2" });
  });

  test("the number is explained by cells, in its unit", async () => {
    const explained = [];
    for await (const one of explain(run.model, [join(numbered, "9.wav")], { threads: 1 }))
      explained.push(one);
    expect(explained[0]).toMatchObject({ task: "audio-regression", unit: "value", class: "pitch" });
  });

  test("the report plays the clips that are furthest from the truth, beside their spectrograms", async () => {
    const page = await reportIn(run.run, "en");
    expect(run.test.worst.length).toBeGreaterThan(0);
    expect(playedIn(page)).toHaveLength(run.test.worst.length);
    await report(run.run, { pictures: false, out: at("numbers-without.html") });
    expect(readFileSync(at("numbers-without.html"), "utf8")).not.toContain("data:audio");
  });

  test("the report is in English and Chinese", async () => {
    expect(await reportIn(run.run, "en")).toContain("ridge regression on log-mel statistics");
    const page = await reportIn(run.run, "zh");
    expect(page).toContain("对数梅尔统计量上的岭回归");
    expect(page).toContain("声音回归");
  });

  test("several numbers are chosen among the columns, next to classes", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `numbers/${i}.wav,${i % 2 ? "a" : "b"},${i * 1.5},${60 - i}`,
    );
    writeFileSync(at("several.csv"), ["audio,label,up,down", ...rows].join("\n"));
    const own = await train(at("several.csv"), {
      ...{ ...common, strategy: "probe", target: "up,down", out: at("several-run") },
    });
    expect(withTask(own, "audio-regression").targets.map(({ name }) => name)).toEqual(["up", "down"]);
    const classes = await train(at("several.csv"), { ...common, strategy: "probe", out: at("classes-run") });
    expect(classes.task).toBe("audio-classification");
  });
});

describe("without a requested strategy", () => {
  const bundled = { base: "audio-mini" };

  /** Trains with the default strategy, on the sounds of a list. @returns the result, and why its model was kept */
  const trainDefault = async (data: string, out: string) => {
    const options = { ...common, ...bundled, budget: 20, baselines: false, out: at(out) };
    const run = await trainWithStepTime(40)(data, options);
    const [values] = (run.strategy.reason_messages ?? []).flatMap((one) =>
      one.code === "kept-by-validation" ? [one.values] : [],
    );
    return { run, values: values! };
  };

  test("labels keep the probe if fine-tuning is not clearly better on validation", {
    tags: ["thorough"],
  }, async () => {
    const { run, values } = await trainDefault(labelled, "labels-default");
    expect(values.models.map(({ name }) => name)).toEqual(["finetune", "probe"]);
    // A linear model tells pure tones apart, so nothing is clearly better.
    expect([values.kept, run.strategy.name]).toEqual(["probe", "probe"]);
    const own = withTask(run, "multi-label-classification");
    const probe = withTask(
      await train(labelled, { ...common, ...bundled, strategy: "probe", out: at("labels-probe") }),
      "multi-label-classification",
    );
    expect(own.test.micro_f1).toBe(probe.test.micro_f1);
    expect(own.trainable.parameters).toBe(probe.trainable.parameters);
    const scored = withTask(
      await evaluate(own.model, labelled, { threads: 1 }),
      "multi-label-classification",
    );
    expect(scored.test.micro_f1).toBeCloseTo(own.test.micro_f1, 6);
  });

  test("numbers keep the training if it is clearly better on validation", {
    tags: ["thorough"],
  }, async () => {
    const { run, values } = await trainDefault(numbered, "numbers-default");
    expect(values.models.map(({ name }) => name)).toEqual(["finetune", "probe"]);
    const [tuned, probe] = values.models;
    // A pitch is no linear function of the features: it needs training.
    expect(tuned!.score - probe!.score).toBeGreaterThan(values.error!);
    expect([values.kept, values.simpler, run.strategy.name]).toEqual(["finetune", undefined, "finetune"]);
  });
});
