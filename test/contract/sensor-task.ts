// A task that the product does not have: series of sensors, float32[channels, time], with an ordinal answer.
import { exportModel } from "../../src/bases/export.js";
import { withHead, withWeights } from "../../src/bases/heads.js";
import type { CustomResultEvent, CustomScores } from "../../src/core/events/events.js";
import { float32, zeros } from "../../src/core/tensor.js";
import { type Dataset, type ImageItem, PixelCache, uniformInputs } from "../../src/data/index.js";
import { scoredBy } from "../../src/evaluate/metric-sums.js";
import { Builder, fromOnnx, Graph } from "../../src/graph/index.js";
import type { Platform } from "../../src/platform/platform.js";
import type { Context, TrainingHead } from "../../src/run/context.js";
import { type Underway, underway } from "../../src/run/execute-run.js";
import { requireSameData } from "../../src/run/folder/require-same.js";
import { freshHead, madeBase, trunkWithoutFeatures } from "../../src/run/made-network.js";
import { trainTask } from "../../src/run/train-task.js";
import type { Solved, TrainableTask } from "../../src/run/trainable-task.js";
import { predictAll, predictWith } from "../../src/run/training/feeds.js";
import { heldOf } from "../../src/run/training/planned.js";
import type { TrainRun } from "../../src/tasks/task-table.js";
import type { Validation } from "../../src/train/fit.js";
import { freshWeights } from "../../src/train/initialize.js";
import { multiLabel } from "../../src/train/objectives/multi-label.js";

export const levels: readonly string[] = ["low", "middle", "high"];
/** Scores of a series: one for each threshold between two levels. */
const thresholds = levels.length - 1;
export const [channels, time] = [2, 12] as const;

/** One series. Its label is the place of its level. */
type Series = ImageItem & { readonly values: readonly number[] };

/** 1. The data. Each line of the CSV file is a level, then the values of each channel. */
export async function openSeries(platform: Platform, root: string): Promise<Dataset> {
  const text = new TextDecoder().decode(await platform.files.read(root));
  const parts = ["train", "train", "validation", "test"] as const;
  const read = async (line: string, i: number): Promise<Series> => {
    const [level = "", ...values] = line.split(",");
    const item = {
      id: `line ${i + 1}`,
      path: root,
      part: parts[i % 4]!,
      sha256: await platform.sha256(line),
    };
    return { ...item, label: levels.indexOf(level), values: values.map(Number) };
  };
  const items = await Promise.all(text.trim().split("\n").map(read));
  const fingerprint = await platform.sha256(text);
  return {
    ...{ task: "image-classification", root, classes: levels, items, seed: 0, splitWords: "by line" },
    ...{ fingerprint, testFingerprint: fingerprint, skipped: [], warnings: [] },
    duplicates: { exact: 0, near: 0, acrossParts: 0 },
  };
}

/** 2. The inputs: series side by side. */
const inputsOf = ({ items }: Dataset) =>
  uniformInputs(items, {
    ...{ unit: "rows", atOnce: 256 },
    tensor: (some) => {
      const values = (some as readonly Series[]).flatMap((series) => series.values);
      return float32([some.length, channels, time], Float32Array.from(values));
    },
  });

/** 3. The network: a convolution over time. It starts from random weights, or from those of an ONNX file. */
async function openNetwork({ files }: Platform, seed: number, from?: string) {
  const [graph, width] = [new Graph("sensors"), 8];
  const g = new Builder(graph);
  const x = graph.input("series", { dtype: "float32", shape: ["batch", channels, time] });
  const weight = g.weight("sensors/weight", zeros("float32", [width, channels, 3]));
  const bias = g.weight("sensors/bias", zeros("float32", [width]));
  const features = g.reduceMean(g.relu(g.conv(x, weight, bias)), { axes: [2] });
  graph.outputs.push(features);
  const weights = from ? fromOnnx(await files.read(from)).graph.initializers : freshWeights(graph, seed);
  const cut = { value: features, because: "mean over time" };
  const body = { graph: withWeights(graph, weights), cut, pooling: "none", features, width } as const;
  const because = from ? `started from ${from}` : "random weights";
  return madeBase(from ?? "none", body, { pretrained: from !== undefined, because, fresh: freshWeights });
}

/** 4. The head: cumulative logits, σ(score k) = P(level > k). An answer is the number of thresholds that are passed. */
const passed = (label: number): number[] => Array.from({ length: thresholds }, (_, k) => Number(label > k));
export function levelsOf(scores: Float32Array): number[] {
  const rowOf = (i: number) => scores.subarray(i * thresholds, (i + 1) * thresholds);
  return Array.from({ length: scores.length / thresholds }, (_, i) => rowOf(i).filter((z) => z > 0).length);
}
const scoresOf = (answers: readonly number[], items: readonly ImageItem[]): CustomScores => ({
  n: items.length,
  scores: { metric: "accuracy", k: 1, values: items.map(({ label }, i) => Number(answers[i] === label)) },
});
function validationOf(scores: Float32Array, items: readonly ImageItem[]): Validation {
  const truth = items.flatMap(({ label }) => passed(label));
  const loss = truth.reduce((sum, y, i) => sum + Math.log1p(Math.exp(scores[i]!)) - y * scores[i]!, 0);
  return { score: scoredBy(scoresOf(levelsOf(scores), items).scores).value, loss: loss / truth.length };
}
const head: TrainingHead = {
  ...{ outputs: thresholds, metric: "accuracy" },
  objective: ({ penalties = [] }) => multiLabel({ labels: thresholds, penalties }),
  guessing: { loss: Math.log(2), words: "tossing a coin for each threshold costs 0.693" },
  targets: (items) => async (batch) => {
    const rows = batch.indices.flatMap((i) => passed(items[i]!.label));
    return { targets: float32([batch.indices.length, thresholds], Float32Array.from(rows)) };
  },
  validate: async (evaluate, held, signal) => {
    const { logits } = await predictAll(evaluate, { ...held, ...(signal && { signal }) }, thresholds);
    return validationOf(logits, held.items);
  },
};

/** 5. The task: how it is solved, predicts, scores, and is saved. `Answers` are scores of the test and validation splits. */
type Answers = Readonly<Record<"test" | "validation", Float32Array>>;
async function predict(context: Context, model: Graph): Promise<Answers> {
  const { runtime, options } = context;
  const on = (part: "test" | "validation") =>
    predictWith(runtime, model, heldOf(context, part), thresholds, options.signal);
  return { test: (await on("test")).logits, validation: (await on("validation")).logits };
}
function sensorTask({ items }: Dataset): TrainableTask<Answers, Solved<Answers>, object, CustomResultEvent> {
  const itemsIn = (part: ImageItem["part"]) => items.filter((item) => item.part === part);
  const scoresIn = (part: keyof Answers, answers: Answers) =>
    scoresOf(levelsOf(answers[part]), itemsIn(part));
  const counts = levels.map((_, k) => itemsIn("train").filter(({ label }) => label === k).length);
  const usual = items.map(() => counts.indexOf(Math.max(...counts)));
  return {
    ...{ score: "accuracy", samples: "series", openTrunk: trunkWithoutFeatures, predict },
    async solve(context) {
      const solved = {
        head: freshHead(context),
        recipe: ["random weights"],
        seconds: { features: 0, solving: 0 },
      };
      const answers = await predict(context, withHead(context.opened.body, thresholds, solved.head));
      return { ...solved, answers, validation: validationOf(answers.validation, itemsIn("validation")) };
    },
    calibrate: async (_context, model, answers) => ({ model, answers, facts: {} }),
    scored: (answers) => scoredBy(scoresIn("test", answers).scores),
    scoredOnValidation: (answers) => scoredBy(scoresIn("validation", answers).scores),
    result: async (common, { answers, validation: { loss } }) => ({
      ...{ ...common, task: "custom-sensor-levels", test: scoresIn("test", answers) },
      validation: { n: itemsIn("validation").length, loss },
    }),
    baselines: async (_own, scratch) => ({
      baselines: {
        majority: { test: scoresOf(usual, itemsIn("test")), seconds: 0, recipe: "the most frequent level" },
        ...(scratch && { scratch: { test: scoresIn("test", scratch.answers), ...scratch.told } }),
      },
      validation: { majority: scoredBy(scoresOf(usual, itemsIn("validation")).scores).value },
    }),
    export: async (_, model, stored) => exportModel(model, "series", ["batch", channels, time], stored),
    async save({ own: { context }, onnx, result, unfinished }) {
      await context.platform.files.writeAtomic(context.run.file("model", "model.onnx"), onnx!);
      await context.run.update({ ...(!unfinished && { status: "done" }), result });
    },
  };
}

/** 6. The run: opens the data and the network, then trains. `initFrom` names the ONNX file of another run. */
export const trainSensors: TrainRun<CustomResultEvent> = (machine, run, options) => {
  const { platform } = machine;
  const train = async ({ given: dataset, runtime, begin, events, onEvent }: Underway<Dataset>) => {
    await requireSameData(run, dataset);
    const opened = await openNetwork(platform, options.seed ?? 0, options.initFrom);
    const context: Context = {
      ...{ run, machine, platform, runtime, onEvent, dataset, opened, head, inputs: inputsOf(dataset) },
      ...{ options: { strategy: "full", ...options }, decoded: new PixelCache(0) },
      taskDefaults: () => ({ epochs: 10, batch: 8, rate: 0.02, scratchRate: 0.02 }),
    };
    return trainTask(context, sensorTask(dataset), begin, events);
  };
  return underway(machine, run, options, () => openSeries(platform, run.manifest.data), train);
};
