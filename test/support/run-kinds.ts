/** Made-up finished runs of what is not classes of pictures or texts, for the tests of their pages. */

import type {
  AdaptCandidate,
  AdaptResultEvent,
  EntitiesResultEvent,
  LabelsResultEvent,
  RegressionResultEvent,
  TableResultEvent,
  TasksResultEvent,
} from "../../src/core/events/events.js";
import { message, reasonFields, recipeFields } from "../../src/core/messages/message.js";
import { epochValidation } from "../../src/core/results/metric.js";
import { leftOut, movedPart } from "../../src/core/results/task.js";
import type { ReportAssets, ReportData, RunPageData } from "../../src/report/report-data.js";
import { sheetCard } from "../../src/report/sheet/sheet-card.js";
import { sheetPage } from "../../src/report/sheet/sheet-page.js";
import type { RunRecord } from "../../src/report/studies/study-parts.js";
import { classesSheet } from "../../src/tasks/classes/classes-sheet.js";
import { classesCard, classesPage as pageOfClasses } from "../../src/tasks/classes/shown-classes.js";
import { entitiesSheet } from "../../src/tasks/entities/entities-sheet.js";
import { labelsSheet } from "../../src/tasks/labels/labels-sheet.js";
import { numbersSheet } from "../../src/tasks/numbers/numbers-sheet.js";
import { exampleVerdict } from "./example-verdict.js";
import { scoresOf } from "./report-data.js";

const shared = {
  event: "result",
  run: "/runs/one",
  model: "/runs/one/model",
  base: { name: "none: a network for tables", sha256: "ab".repeat(32), license: "your data's" },
  strategy: {
    name: "finetune",
    ...reasonFields([message("strategy-default"), message("enough-samples", { samples: 70, from: 40 })]),
  },
  split: { train: 70, validation: 15, test: 15, seed: 0 },
  trainable: { parameters: 12_000, total: 120_000 },
  epochs: 2,
  best_epoch: 1,
  seconds: { total: 12, features: 1, training: 9 },
  peak_rss_mb: 210,
  forecast: { seconds: 10, peak_rss_mb: 200 },
  test_looks: 2,
} as const;
const recipe = recipeFields([message("random-weights"), message("all-weights")]);

/** What happened while they ran. */
const told = {
  title: "measured.csv",
  command: 'engraft train "./measured.csv" --epochs 2',
  versions: { engraft: "0.1.0", node: "22.0.0" },
  events: [
    { event: "warning", code: "few", message: "there are few items of each class here" },
    ...[1, 2].map((epoch) => ({
      event: "epoch" as const,
      ...{ stage: "finetune", epoch, of: 2, train_loss: 1 / epoch },
      ...epochValidation("accuracy", { score: 0.5 + epoch / 10, loss: 1 / epoch }),
      ...{ rate: 0.001, seconds: 1, best: epoch === 1 },
    })),
  ] as RunPageData["events"],
};

const between = (value: number): readonly [number, number] => [value - 0.1, value + 0.05];

const numbers = (r2: number) => ({
  ...{ n: 15, r2, r2_ci95: between(r2), loss: 1 - r2 },
  metric: { name: "r2", value: r2, ci95: between(r2), higher_is_better: true } as const,
  outputs: [
    {
      ...{ name: "depth", r2, r2_ci95: between(r2), mae: 1.5, mae_ci95: between(1.5) },
      ...{ rmse: 2, rmse_ci95: between(2) },
      prediction_interval: {
        ...{ coverage: 0.9, test_coverage: 0.87, test_coverage_ci95: between(0.87) },
        bands: [{ up_to: 4, half_width: 2.4 }, { half_width: 3.2 }],
        fifths: [1, 2, 3, 4, 5].map((from) => ({
          ...{ from, to: from + 0.5, n: 3, test_coverage: 0.9, test_coverage_ci95: between(0.9) },
        })),
      },
    },
  ],
  worst: [{ item: "row 12", output: "depth", true: 4, predicted: 9 }],
  points: [
    [
      [1, 2],
      [3, 3.5],
    ] as const,
  ],
});
const table = {
  target: ["depth"],
  numbers: ["a", "b"],
  categories: [],
  unused: [leftOut("id", message("column-constant"))],
};

export const exampleNumbers = (): RunPageData<RegressionResultEvent> => ({
  ...told,
  result: {
    ...shared,
    task: "tabular-regression",
    targets: [{ name: "depth", mean: 10, deviation: 2 }],
    test: numbers(0.8),
    validation: { n: 15, r2: 0.8, loss: 0.2 },
    baselines: {
      mean: { test: numbers(0), seconds: 0, ...recipeFields([message("always-mean")]) },
      ridge: {
        ...{ test: numbers(0.3), seconds: 1 },
        ...recipeFields([message("linear-model", { model: "ridge", inputs: "columns" })]),
      },
    },
    verdict: exampleVerdict("inconclusive", { metric: "r2" }),
    table,
    init: {
      ...{ from: "runs/large", matched: 3, parameters: 900, head: "solved anew" },
      head_message: message("head-solved-on-moved"),
      adapted: [movedPart("layer.weight", message("first-layer-rows", { rows: 2 }))],
      skipped: [leftOut("head.weight", message("weight-shape-differs", { there: "[3]", here: "[4]" }))],
    },
  },
});

export const exampleRows = (): RunPageData<TableResultEvent> => {
  const of = (matrix: readonly (readonly number[])[]) => scoresOf(matrix, ["inside", "outside"]);
  return {
    ...told,
    result: {
      ...shared,
      task: "tabular-classification",
      classes: ["inside", "outside"],
      test: { ...of([[6, 2], [1, 6]]), too_few: true }, // biome-ignore format: a matrix
      validation: { n: 15, accuracy: 0.8, loss: 0.4 },
      baselines: {
        majority: { test: of([[8, 0], [7, 0]]), seconds: 0, ...recipeFields([message("always-majority")]) }, // biome-ignore format: a matrix
        logistic: { test: of([[5, 3], [3, 4]]), seconds: 1, ...recipe }, // biome-ignore format: a matrix
      },
      verdict: exampleVerdict("positive", { seeds: 3 }),
      table,
    },
  };
};

const entities = (f1: number) => ({
  ...{ n: 30, predicted: 28, correct: 24, precision: f1, recall: f1, f1, sentences: 15, words: 140 },
  metric: { name: "f1", value: f1, ci95: between(f1), higher_is_better: true } as const,
  ...{ precision_ci95: between(f1), recall_ci95: between(f1), f1_ci95: between(f1) },
  ...{ word_accuracy: 0.95, loss: 0.2, repaired: { tags: 2, sentences: 1 }, unseen_words: 3 },
  per_type: ["MOOD", "THING"].map((type) => ({
    ...{ type, n: 15, predicted: 14, correct: 12, precision: f1, recall: f1, f1 },
  })),
  confusion: [
    [12, 0, 1, 2],
    [1, 12, 0, 2],
    [1, 1, 0, 0],
  ],
  worst: [
    {
      ...{ item: "test.txt, line 12", text: "the film was so good", mistakes: 2 },
      ...{ true: ["THING: film"], predicted: [] },
    },
  ],
});

export const exampleEntities = (): RunPageData<EntitiesResultEvent> => ({
  ...told,
  result: {
    ...shared,
    task: "token-classification",
    ...{ types: ["MOOD", "THING"], labels: ["O", "B-MOOD", "I-MOOD", "B-THING", "I-THING"] },
    ...{ scheme: "BIO", repaired: { tags: 1, sentences: 1 } },
    test: entities(0.8),
    validation: { n: 15, f1: 0.8, loss: 0.3 },
    baselines: {
      lookup: { test: entities(0.5), seconds: 0, ...recipeFields([message("tag-lookup")]) },
      scratch: { test: entities(0.6), seconds: 4, ...recipe },
    },
    verdict: exampleVerdict("negative", { metric: "f1" }),
  },
});

/** Returns the page and the card of a run on numbers. */
export const numbersPage = (data: RunPageData<RegressionResultEvent>): string =>
  sheetPage(numbersSheet, data);
export const numbersCard = (data: RunPageData<RegressionResultEvent>): string =>
  sheetCard(numbersSheet, data);

/** Returns the page of a run on classes of pictures, texts or sounds. */
export const classesPage = (data: ReportData, assets?: ReportAssets): string =>
  pageOfClasses(data, { samples: true, assets });

export { classesCard };

/** Returns the page and the card of a run on classes of rows. */
export const rowsPage = (data: RunPageData<TableResultEvent>): string => sheetPage(classesSheet, data);
export const rowsCard = (data: RunPageData<TableResultEvent>): string => sheetCard(classesSheet, data);

/** Returns the page and the card of a run on entities. */
export const entitiesPage = (data: RunPageData<EntitiesResultEvent>): string =>
  sheetPage(entitiesSheet, data);
export const entitiesCard = (data: RunPageData<EntitiesResultEvent>): string =>
  sheetCard(entitiesSheet, data);

const labelScores = (f1: number) => ({
  ...{ n: 15, micro_f1: f1, micro_f1_ci95: between(f1), micro_precision: f1, micro_recall: f1 },
  metric: { name: "f1", value: f1, ci95: between(f1), higher_is_better: true } as const,
  ...{ macro_f1: f1, macro_f1_ci95: between(f1), subset_accuracy: 0.4, subset_accuracy_ci95: between(0.4) },
  ...{ hamming_loss: 0.2, hamming_loss_ci95: between(0.2), mean_average_precision: 0.7, macro_auroc: 0.8 },
  ...{ loss: 0.3, without_labels: { n: 1, predicted: 2 } },
  per_label: ["book", "film"].map((label) => ({
    ...{ label, n: 8, predicted: 7, correct: 6, precision: f1, recall: f1, f1 },
    ...{ average_precision: 0.7, auroc: null, threshold: 0.4 },
  })),
  worst: [{ item: "texts.csv:12", mistakes: 2, missed: ["book"], wrong: [] }],
});

export const exampleLabels = (): RunPageData<LabelsResultEvent> => ({
  ...told,
  result: {
    ...shared,
    task: "multi-label-classification",
    unit: "texts",
    classes: ["book", "film"],
    thresholds: { rule: "validation", values: [0.4, 0.4] },
    test: labelScores(0.7),
    validation: { n: 15, f1: 0.7, loss: 0.3 },
    baselines: {
      tf_idf: {
        ...{ test: labelScores(0.5), seconds: 1 },
        ...recipeFields([message("linear-model", { model: "logistic", inputs: "tf-idf", terms: 99 })]),
      },
    },
    verdict: exampleVerdict("neutral", { metric: "f1" }),
  },
});

/** Returns the page and the card of a run on several labels. */
export const labelsPage = (data: RunPageData<LabelsResultEvent>): string => sheetPage(labelsSheet, data);
export const labelsCard = (data: RunPageData<LabelsResultEvent>): string => sheetCard(labelsSheet, data);

export const exampleTasks = (): RunRecord & { readonly result: TasksResultEvent } => {
  // biome-ignore format: a matrix
  const [test, alone] = [[[6, 2], [1, 6]], [[5, 3], [3, 4]]].map((matrix) => scoresOf(matrix, ["ant", "bee"]));
  return {
    ...told,
    result: {
      ...shared,
      task: "multi-task-image-classification",
      ...{ weighting: "uncertainty", temperature: 1, mean_accuracy: 0.8 },
      tasks: [
        {
          ...{ name: "kind", classes: ["ant", "bee"], output: "logits", weight: 0.7, test: test! },
          split: { train: 70, validation: 15, test: 15 },
          validation: { n: 15, accuracy: 0.8, loss: 0.4 },
          baseline: { test: alone!, seconds: 5, ...recipe },
          verdict: exampleVerdict("inconclusive", {
            ...{
              subject: "together",
              items: 25,
              few: { name: "bee", items: 7 },
              needed: { worth: 0.02, items: 1200, seeds: 7 },
            },
          }),
        },
      ],
    },
  };
};

/** @param labelled has the target labels? */
export const exampleAdaptation = (labelled = true): RunRecord & { readonly result: AdaptResultEvent } => {
  // biome-ignore format: a matrix
  const test = scoresOf([[6, 2], [1, 6]], ["ant", "bee"]);
  const state = (epoch: number): AdaptCandidate => ({
    ...{ trade_off: 0.3, epoch, source_accuracy: 0.9, information: 0.4, score: 1.3 },
    ...(labelled && { target_accuracy: 0.6 + epoch / 10 }),
  });
  const split = { train: 70, validation: 15, test: 15, seed: 0 };
  return {
    ...told,
    result: {
      ...{ event: "result", task: "domain-adaptation", run: "/runs/one", model: "/runs/one/model" },
      ...{ base: shared.base, unit: "picture", classes: ["ant", "bee"], seed: 0, epochs: 2, best_epoch: 1 },
      ...{ strategy: shared.strategy, trainable: shared.trainable, split, test_looks: 0 },
      method: {
        name: "dann",
        ...recipe,
        paper: "Ganin et al., 2016",
      },
      source: { root: "/data/drawn", split },
      target: { root: "/data/taken", split, labelled },
      chosen: {
        ...state(1),
        by: "source validation accuracy and more",
        by_message: message("chosen-by-source-and-information"),
      },
      candidates: [state(1), state(2)],
      source_only: { ...state(1), ...(labelled && { test }) },
      forecast: { seconds: 30, peak_rss_mb: 300 },
      ...(labelled && {
        test,
        oracle: state(2),
        gain: { value: 0.1, of: "models", models_ci95: [-0.1, 0.3] },
      }),
      distance: {
        before: {
          a_distance: { value: 1.2, ci95: [0.8, 1.6], n: 30 },
          mmd: { value: 0.02, p: 0.001, n: 30 },
        },
        after: {},
      },
      weights: { effective: 20, largest: 4, n: 70 },
      ...{ seconds: { total: 9, features: 0, training: 7 }, peak_rss_mb: 300 },
    },
  };
};
