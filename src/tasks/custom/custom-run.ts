import { exportModel } from "../../bases/export.js";
import { withHead } from "../../bases/heads.js";
import type { CustomScores } from "../../core/events/custom-event.js";
import type { CustomResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { BaselineOf } from "../../core/results/baseline.js";
import type { BaselineKey } from "../../core/results/baseline-names.js";
import type { Dataset, Sample } from "../../data/index.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { Graph } from "../../graph/index.js";
import { defaults } from "../../options/options.js";
import type { Context, TrainingHead } from "../../run/context.js";
import { freshHead, trunkWithoutFeatures } from "../../run/made-network.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import { trainTask } from "../../run/train-task.js";
import type { Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { predictAll, predictWith } from "../../run/training/feeds.js";
import { classText } from "../../run/training/head-of-classes.js";
import { heldOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import type { OpenedWith, TaskRun } from "../task-run.js";
import { type CustomSamples, inputsOf, openCustomData } from "./custom-data.js";
import { customScores, meanLoss, predictionsOf, requireConstants, testScores } from "./custom-scores.js";
import type { CustomSample, TaskParts } from "./task-parts.js";

/** Logits of the test and validation splits. */
type Logits = Readonly<Record<"test" | "validation", Float32Array>>;

/** Runs of a task that is defined outside of the product. */
export const customRun = <Input>(
  parts: TaskParts<Input>,
): TaskRun<CustomSamples<Input>, OpenedWith, CustomResultEvent> => ({
  open: (path, { platform, onEvent, options, seed }) =>
    openCustomData(parts, platform, path, onEvent, { trainSize: options.trainSize, seed }),
  base: async (_data, { platform, options: { seed = defaults.seed, initFrom } }) => ({
    opened: await parts.network(platform, seed, initFrom),
  }),
  targetText: classText,
  refuse: (data) => requireConstants(parts, partOf(data, "train")),
  counted: () => ({ samples: parts.samples, classes: parts.classes.length }),
  async bind(dataset, { opened }, { machine, options }) {
    const inputs = inputsOf(parts, dataset);
    const fromScratch = () => parts.network(machine.platform, options.seed ?? defaults.seed);
    return {
      bound: {
        options: { strategy: "full", ...options },
        dataset,
        inputs,
        training: {
          head: headOf(parts, dataset),
          defaults: () => parts.defaults,
          ...(opened.made?.pretrained && { scratch: { opened: await fromScratch(), inputs } }),
        },
      },
      train: (context, ...run) => trainTask(context, trainable(parts, dataset), ...run),
    };
  },
});

const partOf = <Input>({ items }: CustomSamples<Input>, part: Sample["part"]) =>
  items.filter((item) => item.part === part);

/** Returns the head, with its validation on the validation split. */
function headOf<Input>(parts: TaskParts<Input>, data: CustomSamples<Input>): TrainingHead {
  const held = partOf(data, "validation");
  return {
    classOf: ({ label }: CustomSample<Input>) => label,
    ...parts.head,
    metric: parts.metric.metric,
    validate: async (evaluate, source, signal) => {
      const how = { ...source, signal };
      return validationOf(parts, await predictAll(evaluate, how, parts.head.outputs), held);
    },
  };
}

function validationOf<Input>(
  parts: TaskParts<Input>,
  logits: Float32Array,
  held: readonly CustomSample<Input>[],
) {
  const { metric } = customScores(parts, predictionsOf(parts, logits), held);
  return { score: metric.value, loss: meanLoss(parts, logits, held) };
}

/** Returns the task in the form of the pipeline. Its head starts from random weights. */
function trainable<Input>(
  parts: TaskParts<Input>,
  data: CustomSamples<Input>,
): TrainableTask<Logits, Solved<Logits>, object, CustomResultEvent> {
  const { name, title, classes, head, metric } = parts;
  const [test, held] = [partOf(data, "test"), partOf(data, "validation")];
  const predict = async (context: Context, model: Graph): Promise<Logits> => {
    const on = async (part: "test" | "validation") => {
      const source = heldOf(context, part);
      return predictWith(context.machine.runtime, model, source, head.outputs, context.options.signal);
    };
    return { test: await on("test"), validation: await on("validation") };
  };
  const scoresOf = (logits: Float32Array, samples: readonly CustomSample<Input>[]): CustomScores =>
    customScores(parts, predictionsOf(parts, logits), samples, meanLoss(parts, logits, samples));
  return {
    score: metric.metric,
    samples: parts.samples,
    openTrunk: trunkWithoutFeatures,
    predict,
    async solve(context) {
      const solved = {
        head: freshHead(context),
        blank: true,
        recipe: [message("random-weights")],
        seconds: { features: 0, solving: 0 },
      };
      const answers = await predict(context, withHead(context.opened.body, head.outputs, solved.head));
      return { ...solved, answers, validation: validationOf(parts, answers.validation, held) };
    },
    calibrate: async (_context, model, answers) => ({ model, answers, facts: {} }),
    scored: (answers) => scoredBy(scoresOf(answers.test, test).scores),
    scoredOnValidation: (answers) => scoredBy(scoresOf(answers.validation, held).scores),
    result: async (common, { answers, validation }) => ({
      ...common,
      task: name,
      title,
      classes,
      test: testScores(parts, answers.test, test),
      validation: { n: held.length, ...namedValidation(metric.metric, validation) },
    }),
    baselines: async (_own, scratch) => {
      const constants = Object.entries(parts.constants(partOf(data, "train")));
      const on = (one: readonly number[], samples: readonly CustomSample<Input>[]): CustomScores =>
        customScores(
          parts,
          samples.map(() => one),
          samples,
        );
      const baselines: Record<string, BaselineOf<CustomScores>> = Object.fromEntries(
        constants.map(([key, one]) => [
          key,
          { test: on(one, test), seconds: 0, ...recipeFields([message("always-the-same")]) },
        ]),
      );
      if (scratch) baselines.scratch = { test: scoresOf(scratch.answers.test, test), ...scratch.report };
      const validation: Partial<Record<BaselineKey, number>> = Object.fromEntries(
        constants.map(([key, one]) => [key, on(one, held).metric.value]),
      );
      return { baselines, validation };
    },
    export: async ({ opened }, model, stored) => {
      const [input] = opened.body.graph.inputs;
      return exportModel(model, input!, opened.body.graph.typeOf(input!).shape!, stored);
    },
    save: (saved) => finishCustom(data, saved),
    explain: async ({ context }, result) => {
      const { explainSamples } = await import("./explain-custom.js");
      await explainSamples(parts, context, result, test);
    },
  };
}

/** Saves the model folder, the report, and the record of a run whose task is defined outside of the product. */
async function finishCustom(
  data: Dataset,
  saved: Saved<unknown, Solved<unknown>, object, CustomResultEvent>,
): Promise<void> {
  const { own, result, events, onnx, files, unfinished } = saved;
  const { sheetCard } = await import("../../report/sheet/sheet-card.js");
  const { customSheet } = await import("./custom-sheet.js");
  const report = reportOf(own.context, data.root, result, events);
  const { task, test, classes } = result;
  await saveRun(own.context, {
    data,
    result,
    unfinished,
    card: sheetCard(customSheet, report),
    render: async () => (await import("../../report/sheet/sheet-page.js")).sheetPage(customSheet, report),
    content: {
      onnx,
      files,
      classes,
      config: { model_type: task, architectures: [task] },
    },
    engraft: { task, test: { n: test.n, metric: test.metric } },
  });
}
