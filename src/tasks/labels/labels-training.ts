import type { LabelsResultEvent } from "../../core/events/events.js";
import { modalities } from "../../core/modalities.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { LabelBaseline } from "../../core/results/labels.js";
import { areTexts } from "../../data/index.js";
import type { LabelFields } from "../../data/targets.js";
import { f1Sums } from "../../evaluate/entities.js";
import {
  chosenThresholds,
  predictedLabels,
  scoreLabels,
  tallyLabels,
  usualThreshold,
} from "../../evaluate/labels.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { Graph } from "../../graph/graph.js";
import type { RecipeOptions } from "../../options/options.js";
import { probeBaseline } from "../../run/baselines/probe-baseline.js";
import type { Context } from "../../run/context.js";
import { inputFilesOf } from "../../run/exported.js";
import { fedBy } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { Role, RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { predictWith } from "../../run/training/feeds.js";
import { heldOf, itemsOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import { groupField } from "../numbers/targets.js";
import { saveTask } from "../save-task.js";
import { scoredViews } from "../scored-views.js";
import { everyTask, explainedBy } from "../targets/every-task.js";
import type { ComposedData, TargetTraining } from "../targets/target.js";
import { headParameters } from "../texts/head-parameters.js";
import { type LabelData, type LabelItem, labelHead, targetsOf } from "./label-head.js";
import { labelsSheet } from "./labels-sheet.js";
import { solveLabels } from "./solve-labels.js";

/** Training of labels from samples of one modality. */
export const labelsTraining: TargetTraining<LabelFields, LabelsResultEvent> = {
  head: (data) => labelHead({ dataset: data }),
  mix: ({ classes }) => ({
    of: "labels",
    targets: (items: readonly LabelItem[]) => targetsOf(items, classes.length),
  }),
  train:
    (data, { options }) =>
    (context, ...run) =>
      trainTask(context, labelsTask(data, options), ...run),
};

/** Logits, float32[N, L]. */
interface LabelLogits {
  readonly test: Float32Array;
  /** For the validation split. Missing for a baseline, whose thresholds are fixed. */
  readonly held?: Float32Array;
}

type LabelRunModel = RunModel<LabelLogits, Solved<LabelLogits>, object>;

/** Multi-label classification of images, texts or sounds. */
function labelsTask(
  dataset: ComposedData<LabelFields>,
  options: RecipeOptions,
): TrainableTask<LabelLogits, Solved<LabelLogits>, object, LabelsResultEvent> {
  const { classes, input } = dataset;
  const unit = modalities[input.modality].many;
  const labels = classes.length;
  const itemsIn = (split: "validation" | "test") => dataset.items.filter(({ part }) => part === split);
  const test = itemsIn("test");
  const truth = targetsOf(test, labels);
  const { threshold = usualThreshold } = options;
  const rule = threshold === "validation" ? "validation" : "fixed";
  const fixed = classes.map(() => (threshold === "validation" ? usualThreshold : threshold));
  const thresholdsOf = ({ held }: LabelLogits): readonly number[] =>
    threshold === "validation" && held
      ? chosenThresholds(held, targetsOf(itemsIn("validation"), labels), labels)
      : fixed;
  const scored = (logits: Float32Array, thresholds: readonly number[]) =>
    scoreLabels(
      { labels: classes, logits, targets: truth, items: test.map(({ id }) => id), ...groupField(test) },
      { thresholds },
    );
  const f1 = (logits: Float32Array, targets: Uint8Array, thresholds?: readonly number[]) =>
    scoredBy(f1Sums(tallyLabels(predictedLabels(logits, labels, thresholds), targets, labels)));
  const scores = (answers: LabelLogits) => scored(answers.test, thresholdsOf(answers));
  const withoutTraining = ({ probe, solved }: LabelRunModel): { readonly probe?: LabelBaseline } =>
    probe ? { probe: probeBaseline(scores(probe), solved) } : {};
  return {
    ...everyTask,
    score: "f1",
    samples: unit,
    headParameters,
    secondsToSolve: async (context) =>
      areTexts(context.inputs) ? (await import("./label-ngrams.js")).secondsOfLabelNgrams(context) : 0,
    secondsOfBaselines: (context) => secondsOfBaselines({ ...context, dataset }),
    foldsOfProbe: true,
    solve: solveLabels,
    solveTrained,
    predict,
    calibrate: async (_context, model, answers) => ({ model, answers, facts: {} }),
    scored: (answers) => f1(answers.test, truth, thresholdsOf(answers)),
    // Thresholds of 0.5, as in the validation of each epoch.
    scoredOnValidation: ({ held }) => f1(held!, targetsOf(itemsIn("validation"), labels)),
    result: async (common: CommonResult, own) => ({
      ...common,
      task: "multi-label-classification",
      unit,
      classes,
      thresholds: { rule, values: thresholdsOf(own.answers) },
      test: scores(own.answers),
      ...(await scoredViews(own, "sigmoid", labels, (logits) => scored(logits, thresholdsOf(own.answers)))),
      validation: { n: itemsIn("validation").length, ...namedValidation("f1", own.validation) },
      baselines: withoutTraining(own),
    }),
    baselines: async (own, scratch) => {
      const { labelBaselines } = await import("./label-baselines.js");
      const { baselines, validation } = await labelBaselines({ ...own.context, dataset }, scored, fixed);
      return {
        baselines: {
          ...withoutTraining(own),
          ...baselines,
          ...(scratch && { scratch: { test: scores(scratch.answers), ...scratch.report } }),
        },
        validation: { ...validation, ...(own.probe && { probe: own.solved.validation.score }) },
      };
    },
    explain: explainedBy(input),
    save: saveLabels,
  };
}

/** Texts: forecasts the seconds of the baselines on words. */
async function secondsOfBaselines(context: Context & LabelData): Promise<number> {
  if (!areTexts(context.inputs)) return 0;
  const { secondsOfFit } = await import("../../run/forecast/seconds-of-fit.js");
  const { tfIdfLabels } = await import("./tf-idf-labels.js");
  const { classes: labels } = context.dataset;
  const thresholds = labels.map(() => usualThreshold);
  return secondsOfFit(context, (few) => {
    const test = itemsOf(few, "test");
    const truth = { targets: targetsOf(test, labels.length), items: test.map(({ id }) => id) };
    return tfIdfLabels(few, (logits) => scoreLabels({ labels, logits, ...truth }, { thresholds }));
  });
}

/** Texts: solves a head with n-grams on the features of the fine-tuned encoder. */
async function solveTrained(context: Context & LabelData, model: Graph) {
  if (!areTexts(context.inputs)) return undefined;
  return (await import("./label-ngrams.js")).tunedLabelNgrams(context, model);
}

async function predict(context: Context, model: Graph, role: Role): Promise<LabelLogits> {
  const { machine, opened, dataset, options } = context;
  const fed = fedBy(opened, model);
  const predictOn = (split: "validation" | "test") =>
    predictWith(machine.runtime, fed, heldOf(context, split), dataset.classes.length, options.signal);
  const test = await predictOn("test");
  // Thresholds of a baseline are fixed. The run's model and its repeats choose theirs on the validation split.
  return role === "baseline" ? { test } : { test, held: await predictOn("validation") };
}

/** Field of config.json that makes Hugging Face's pipelines apply σ to each logit. */
const problem = { problem_type: "multi_label_classification" } as const;

/** Saves the model folder, the report and the record of a run on several labels. */
async function saveLabels({
  own: { context },
  result,
  events,
  onnx,
  files,
  unfinished,
}: Saved<LabelLogits, Solved<LabelLogits>, object, LabelsResultEvent>): Promise<void> {
  const { base } = context.opened;
  const { config, files: reader, preprocessing } = inputFilesOf(base);
  const { n, micro_f1, micro_f1_ci95 } = result.test;
  await saveTask(labelsSheet, {
    ...{ context, data: context.dataset, result, events, unfinished },
    content: {
      onnx,
      classes: result.classes,
      config: { ...problem, ...config },
      preprocessing,
      files: { ...reader, ...files },
    },
    engraft: {
      task: "multi-label-classification",
      test: { n, micro_f1, micro_f1_ci95 },
      ...(base.text?.pairs && { pairs: true as const }),
      labels: { unit: result.unit, thresholds: result.thresholds.values },
    },
  });
}
