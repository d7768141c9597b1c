/** A made-up finished run for the tests of report and model card; its numbers agree with each other. */

import type { ClassificationScores, EpochEvent, TrainResultEvent } from "../../src/core/events/events.js";
import { groupName, message } from "../../src/core/messages/message.js";
import type { ExplainedPicture, Insights } from "../../src/core/results/insights.js";
import { epochValidation } from "../../src/core/results/metric.js";
import { scoreClassification } from "../../src/evaluate/index.js";
import type { ReportData } from "../../src/report/index.js";
import { detailedScores } from "../../src/tasks/classes/detailed-scores.js";
import { fitTrust, measureTrust } from "../../src/tasks/classes/trust.js";
import { exampleVerdict } from "./example-verdict.js";

export const confusionCounts = [
  [53, 0, 1, 5, 1],
  [0, 54, 1, 2, 3],
  [0, 1, 58, 0, 1],
  [2, 7, 0, 51, 0],
  [0, 3, 1, 1, 55],
] as const;

const demoClasses = ["crack", "groove", "none", "pit", "stain"];

/** Made-up answers that give the matrix. */
function answersOf(matrix: readonly (readonly number[])[], classes: readonly string[]) {
  const labels: number[] = [];
  const items: string[] = [];
  const logits: number[] = [];
  for (const [t, row] of matrix.entries()) {
    let index = 0;
    for (const [p, n] of row.entries()) {
      for (let i = 0; i < n; i++) {
        items.push(`test/${classes[t]}/${String(index++).padStart(3, "0")}.jpg`);
        labels.push(t);
        // The said class leads by 2 to 5.2, so that scores and losses differ from item to item.
        for (let k = 0; k < classes.length; k++) logits.push(k === p ? 2 + ((7 * index) % 17) / 5 : 0);
      }
    }
  }
  return { logits: Float32Array.from(logits), labels: Int32Array.from(labels), classes, items };
}

/** Their scores, from the package's own evaluation. */
export function scoresOf(
  matrix: readonly (readonly number[])[],
  classes: readonly string[],
): ClassificationScores {
  return scoreClassification(answersOf(matrix, classes), { worstItems: 12 });
}

/** What could be found out about them, as if every seventh were held out; and all scores. */
function trustOf(matrix: readonly (readonly number[])[], classes: readonly string[]) {
  const answers = answersOf(matrix, classes);
  const c = classes.length;
  const every = answers.items.map((_, i) => i).filter((i) => i % 7 === 0);
  const held = {
    logits: Float32Array.from(every.flatMap((i) => [...answers.logits.subarray(i * c, (i + 1) * c)])),
    labels: Int32Array.from(every, (i) => answers.labels[i]!),
    items: every.map((i) => answers.items[i]!),
  };
  return {
    trust: measureTrust(c, fitTrust(c, held, {})!, answers),
    metrics: detailedScores(classes, answers).metrics!,
  };
}

function epochs(stage: string, of: number, from: number, to: number): EpochEvent[] {
  return Array.from({ length: of }, (_, i) => {
    const done = 1 - Math.exp((-3 * (i + 1)) / of);
    const accuracy = from + (to - from) * done + (i % 2 === 0 ? 0.008 : -0.008);
    return {
      event: "epoch",
      stage,
      epoch: i + 1,
      of,
      train_loss: 2.1 * (1 - accuracy) - 0.1 * done,
      ...epochValidation("accuracy", { score: accuracy, loss: 1.7 * (1 - accuracy) }),
      rate: 0.001 * Math.sin((Math.PI * (i + 0.5)) / of),
      seconds: 2.1,
      best: i >= of - 2,
    };
  });
}

export function exampleReport(classes: readonly string[] = demoClasses): ReportData {
  const { trust, metrics } = trustOf(confusionCounts, classes);
  const test = { ...scoresOf(confusionCounts, classes), metrics };
  const scratch = scoresOf(
    [
      [31, 0, 8, 5, 16],
      [0, 50, 0, 3, 7],
      [17, 2, 35, 2, 4],
      [2, 25, 3, 14, 16],
      [4, 16, 0, 16, 24],
    ],
    classes,
  );
  const split = { train: 255, validation: 45, test: 300, seed: 0 };
  const base = { name: "vision-mini", sha256: "3f5a".repeat(16), license: "research-only" };
  const reasons = [
    "51 pictures a class are enough to move the whole network",
    "the base is small: an epoch takes 2 s",
  ];
  const result: TrainResultEvent = {
    event: "result",
    task: "image-classification",
    run: "runs/2026-01-31-demo",
    model: "runs/2026-01-31-demo/model",
    base,
    strategy: { name: "finetune", reasons },
    classes,
    split,
    trainable: { parameters: 1_671_237, total: 1_671_237 },
    epochs: 12,
    best_epoch: 12,
    test,
    validation: { n: 45, accuracy: 0.911, loss: 0.312 },
    seconds: { total: 58.3, features: 3.2, training: 27.9 },
    peak_rss_mb: 611,
    forecast: { seconds: 52, peak_rss_mb: 640 },
    test_looks: 2,
    trust,
    baselines: {
      scratch: {
        test: scratch,
        seconds: 88,
        recipe: "all weights from the first step, batch statistics, one rate, 36 epochs",
      },
    },
    verdict: exampleVerdict("positive", {
      gain: test.accuracy - scratch.accuracy,
      ci95: [0.33, 0.45],
      margin: 0.02,
      p: 0.0001,
      values: { a: test.accuracy, b: scratch.accuracy },
      words:
        "Fine-tuning vision-mini beat the same network from scratch on these pictures by far more than chance explains.",
    }),
  };
  return {
    title: "demo: surfaces with defects",
    result,
    events: [
      {
        event: "rate_finder",
        stage: "finetune",
        suggested: 1e-7 * 1e8 ** 0.5,
        // As the finder has them: a hundred rates, a loss that falls and then rises.
        rates: Array.from({ length: 100 }, (_, k) => 1e-7 * 1e8 ** (k / 100)),
        losses: Array.from(
          { length: 100 },
          (_, k) => 1.6 - 1.1 / (1 + Math.exp((50 - k) / 6)) + Math.exp((k - 95) / 4),
        ),
        seconds: 9.5,
      },
      {
        event: "start",
        command: "train",
        version: "0.1.0",
        seed: 0,
        threads: 2,
        machine: "linux x64, 2 cores",
      },
      {
        event: "data",
        task: "image-classification",
        classes,
        split,
        split_words: "train and test as given; validation is 15 % of train, stratified, seed 0",
        skipped: [{ item: "train/pit/broken.jpg", reason: "the file ends in the middle of the picture" }],
        duplicates: { exact: 1, near: 2, across_parts: 0 },
        fingerprint: "9c01".repeat(16),
      },
      { event: "base", ...base, input: "float32[N, 3, 64, 64]", cut: "pool", features: 256 },
      {
        event: "trainable",
        strategy: "finetune",
        reasons,
        parameters: 1_671_237,
        total: 1_671_237,
        groups: [
          {
            ...groupName(message("group-part", { part: 1, parts: 2 })),
            parameters: 58_000,
            values: 12,
            rate: 0.00003,
          },
          {
            ...groupName(message("group-part", { part: 2, parts: 2 })),
            parameters: 1_611_952,
            values: 40,
            rate: 0.0002,
          },
          { ...groupName(message("group-head")), parameters: 1_285, values: 2, rate: 0.002 },
        ],
      },
      {
        event: "forecast",
        seconds: 52,
        peak_rss_mb: 640,
        words: "12 epochs of 16 steps at 0.11 s, measured on two steps",
      },
      {
        event: "warning",
        code: "near-duplicates",
        message: "2 pictures are nearly the same as another; they were kept on one side",
        sentence: message("near-copies-across-splits", { samples: 2, unit: "picture" }),
      },
      ...epochs("head", 2, 0.55, 0.78),
      ...epochs("all", 10, 0.76, 0.92),
      ...epochs("scratch", 16, 0.2, 0.52),
      result,
    ],
    thumbnails: {},
    command: "npx engraft train assets/demo --base vision-mini --strategy finetune --baselines --seed 0",
    versions: { engraft: "0.1.0", node: "20.19.0", "onnxruntime-node": "1.30.0", sharp: "0.35.5" },
  };
}

/** What could have been seen inside the model of {@link exampleReport}. */
export function exampleInsights({ result }: ReportData): Insights {
  const { test, classes } = result;
  const map = (rows: number, at: number, sign = 1) => ({
    rows,
    columns: rows,
    values: Array.from({ length: rows * rows }, (_, i) => {
      const far = Math.hypot(Math.floor(i / rows) - Math.floor(at / rows), (i % rows) - (at % rows));
      return Number((sign * (far < 0.5 ? 1 : far < 1.5 ? 0.5 : -0.1)).toFixed(3));
    }),
  });
  const pictures = test.worst.slice(0, 6).map(
    (w, i): ExplainedPicture => ({
      item: w.item,
      which: i < 4 ? "worst" : "best",
      true: w.true,
      predicted: i < 4 ? w.predicted : w.true,
      score: w.score,
      grad_cam: { ...map(4, 5 + i), values: map(4, 5 + i).values.map((v) => Math.max(0, v)) },
      occlusion: map(8, 20 + 5 * i),
    }),
  );
  const n = 150;
  const label = (i: number) => i % classes.length;
  const around = (i: number, spread: number): [number, number] => [
    Number((3 * Math.cos(label(i)) + spread * Math.sin(12.9898 * i)).toFixed(3)),
    Number((3 * Math.sin(2 * label(i)) + spread * Math.cos(78.233 * i)).toFixed(3)),
  ];
  const points = (spread: number) => Array.from({ length: n }, (_, i) => around(i, spread));
  return {
    format: 1,
    pictures,
    map: {
      items: Array.from({ length: n }, (_, i) => test.worst[i]?.item ?? `test/item-${i}.jpg`),
      true: Array.from({ length: n }, (_, i) => label(i)),
      predicted: Array.from({ length: n }, (_, i) =>
        i % 11 === 0 ? (label(i) + 1) % classes.length : label(i),
      ),
      pca: { points: points(1.6), explained: [0.41, 0.2] },
      umap: { points: points(0.9), neighbours: 15 },
      of: 300,
      width: 256,
    },
    layers: {
      blocks: [0.002, 0.008, 0.02, 0.05, 0.11].map((moved, i) => ({
        name: `stage${i + 1}/Relu`,
        parameters: 1000 * 4 ** i,
        moved,
        cka: 1 - moved * 3,
      })),
      items: 150,
    },
    left_out: [],
    seconds: 5,
  };
}
