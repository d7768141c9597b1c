// A task that the product does not have: series of sensors, float32[channels, time], with an ordinal answer.
import { withWeights } from "../../src/bases/heads.js";
import { EngraftError } from "../../src/core/errors.js";
import { float32, zeros } from "../../src/core/tensor.js";
import { Builder, fromOnnx, Graph } from "../../src/graph/index.js";
import type { Platform } from "../../src/platform/platform.js";
import { madeBase } from "../../src/run/made-network.js";
import { defineTask } from "../../src/tasks/custom/define-task.js";
import type { CustomData, CustomSample, TaskParts } from "../../src/tasks/custom/task-parts.js";
import { freshWeights } from "../../src/train/initialize.js";
import { multiLabel } from "../../src/train/objectives/multi-label.js";

export const levels: readonly string[] = ["low", "middle", "high"];
/** Logits of a series: one for each threshold between two levels. */
const thresholds = levels.length - 1;
export const [channels, time] = [2, 12] as const;

/** What the network reads of a sample: the values of each channel, one after the other. */
interface Series {
  readonly values: readonly number[];
}

/** 1. The data. Each line of the CSV file is a level, then the values of each channel. */
async function openSeries(platform: Platform, root: string): Promise<CustomData<Series>> {
  const text = new TextDecoder().decode(await platform.files.read(root));
  const parts = ["train", "train", "validation", "test"] as const;
  const read = async (line: string, i: number): Promise<CustomSample<Series>> => {
    const [level = "", ...values] = line.split(",");
    const [id, sha256] = [`line ${i + 1}`, await platform.sha256(line)];
    const sample = { id, sha256, path: root, part: parts[i % 4]!, label: levels.indexOf(level) };
    return { ...sample, values: values.map(Number) };
  };
  const items = await Promise.all(text.trim().split("\n").map(read));
  const fingerprint = await platform.sha256(text);
  return {
    ...{ root, items, seed: 0, splitWords: "by line", skipped: [], warnings: [] },
    ...{ fingerprint, testFingerprint: fingerprint, duplicates: { exact: 0, near: 0, acrossParts: 0 } },
  };
}

/** 2. The inputs: what `predict` and `explain` are given, and the tensor of some of them. */
function readSeries(given: unknown): Series {
  const { values } = (given ?? {}) as Partial<Series>;
  if (values?.length === channels * time) return { values };
  throw new EngraftError("DataError", `a series has ${channels * time} values`, {
    help: `give { values }: ${time} of each of ${channels} channels`,
  });
}
const tensorOf = (series: readonly Series[]) => {
  const values = series.flatMap((one) => one.values);
  return float32([series.length, channels, time], Float32Array.from(values));
};

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
  return madeBase(from ?? "none: random weights", body, {
    pretrained: from !== undefined,
    because,
    fresh: freshWeights,
  });
}

/** 4. The head: cumulative logits, σ(logit k) = P(level > k), and its loss: binary cross-entropy over the thresholds. */
const passed = (label: number): number[] => Array.from({ length: thresholds }, (_, k) => Number(label > k));
const head: TaskParts<Series>["head"] = {
  outputs: thresholds,
  objective: ({ penalties = [] }) => multiLabel({ labels: thresholds, penalties }),
  guessing: { loss: Math.log(2), words: "tossing a coin for each threshold costs 0.693" },
  targets: (items) => async (batch) => {
    const rows = batch.indices.flatMap((i) => passed(items[i]!.label));
    return { targets: float32([batch.indices.length, thresholds], Float32Array.from(rows)) };
  },
};

/** 5. The predictions: P(level = k) = P(level > k − 1) − P(level > k), and the most probable level. */
function probabilities(logits: Float32Array): number[] {
  const above = [1, ...Array.from(logits, (z) => 1 / (1 + Math.exp(-z))), 0];
  return levels.map((_, k) => Math.max(0, above[k]! - above[k + 1]!));
}
const levelOf = (p: readonly number[]): number => p.indexOf(Math.max(...p));

/** 6. What a report shows besides the score: a table of the levels, and how often each is there and predicted. */
const detailsOf: TaskParts<Series>["details"] = (predictions, samples) => {
  const [real, said] = [samples.map(({ label }) => label), predictions.map(levelOf)];
  const countOf = (labels: readonly number[], k: number) => labels.filter((label) => label === k).length;
  const shares = (labels: readonly number[]) => levels.map((_, k) => countOf(labels, k) / labels.length);
  const recognised = (k: number) => real.filter((label, i) => label === k && said[i] === k).length;
  const level = { en: "level", zh: "等级" };
  return {
    tables: [
      {
        title: { en: "Series by level", zh: "按等级划分的序列" },
        columns: [
          { name: level, as: "text" },
          { name: { en: "series", zh: "序列" }, as: "count" },
          { name: { en: "recognised", zh: "识别率" }, as: "share" },
        ],
        rows: levels.map((name, k) => [name, countOf(real, k), recognised(k) / countOf(real, k)]),
      },
    ],
    charts: [
      {
        title: { en: "How often each level occurs", zh: "每个等级出现的频率" },
        note: { en: "share of series by level", zh: "各等级的序列占比" },
        ...{ x: levels.map((_, k) => k + 1), share: true },
        lines: [
          { label: { en: "true", zh: "真实" }, values: shares(real) },
          { label: { en: "predicted", zh: "预测" }, values: shares(said) },
        ],
      },
    ],
  };
};

/** 7. The task: its names, its parts, its score, and what its predictions are compared with and explained by. */
const steps = 3;
const perChannel = time / steps;
const featureOf = (place: number): number => Math.floor(place / steps);
export const sensorParts: TaskParts<Series> = {
  name: "custom-sensor-levels",
  title: { en: "levels of sensor series", zh: "传感器序列的等级" },
  ...{ samples: "series", classes: levels, unit: "probability", capabilities: ["initial weights"] },
  defaults: { epochs: 10, batch: 8, rate: 0.02, scratchRate: 0.02 },
  recognizes: async ({ platform }, path) =>
    path.endsWith("series.csv") && (await platform.files.stat(path)) !== undefined,
  ...{ open: openSeries, read: readSeries, tensor: tensorOf, network: openNetwork, head },
  predictions: probabilities,
  loss: (logits, { label }) => {
    const costs = passed(label).map((y, k) => Math.log1p(Math.exp(logits[k]!)) - y * logits[k]!);
    return costs.reduce((sum, cost) => sum + cost, 0) / thresholds;
  },
  metric: { metric: "accuracy", k: 1 },
  details: detailsOf,
  sums: (predictions, { label }) => [Number(levelOf(predictions) === label)],
  constants: (train) => {
    const counts = levels.map((_, k) => train.filter(({ label }) => label === k).length);
    return { majority: counts.map((count) => count / train.length) };
  },
  explained: {
    features: Array.from({ length: channels * perChannel }, (_, f) => {
      const first = (f % perChannel) * steps + 1;
      return `channel ${Math.floor(f / perChannel) + 1}, steps ${first} to ${first + steps - 1}`;
    }),
    hide: ({ values }, shown) => ({ values: values.map((v, i) => (shown[featureOf(i)] ? v : 0)) }),
  },
};

export const sensors = defineTask(sensorParts);
