import type {
  ClassificationScores,
  TrainResultEvent,
  TrustFacts,
  TrustResult,
} from "../../core/events/events.js";
import { recipeFields } from "../../core/messages/message.js";
import type { SampleWords } from "../../core/modalities.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { listedAnswers } from "../../core/results/counts.js";
import type { Scored } from "../../core/results/scored.js";
import { areSounds, areTexts } from "../../data/index.js";
import { whyUnscored } from "../../data/split/why-unscored.js";
import {
  accuracyOf,
  correctOf,
  factsOf,
  type Predictions,
  scoresOf,
} from "../../evaluate/class-predictions.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { Graph } from "../../graph/graph.js";
import type { SolvedStrategy } from "../../methods/registry.js";
import type { ReportData } from "../../report/report-data.js";
import { probeBaseline } from "../../run/baselines/probe-baseline.js";
import type { Context } from "../../run/context.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { trunkOfRun } from "../../run/made-network.js";
import { fedBy } from "../../run/setup.js";
import type {
  ComparedModel,
  Role,
  RunModel,
  Saved,
  ScratchAnswers,
  TrainableTask,
} from "../../run/trainable-task.js";
import { predictWith } from "../../run/training/feeds.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { heldOf, itemsOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import { scoredViews } from "../scored-views.js";
import { extendedFields } from "../sums/extended-fields.js";
import { headParameters } from "../texts/head-parameters.js";
import {
  type ClassHead,
  type ClassPredictions,
  classTaskOf,
  comparesParts,
  solveHead,
} from "./solve-head.js";
import type { TrivialBaseline } from "./trivial-baselines.js";

export type { ClassHead, ClassPredictions };

/** Results on the validation split. */
export interface ClassFacts {
  readonly test: ClassificationScores;
  readonly facts?: TrustFacts;
  readonly trust?: TrustResult;
}

/** The run's own model, and its samples. */
export interface ClassRunModel extends RunModel<ClassPredictions, ClassHead, ClassFacts> {
  readonly context: OfClasses;
}

/** Returns the task of classification of images, texts or sounds: one class per sample. */
export function classesTask(
  samples: SampleWords["many"],
): TrainableTask<ClassPredictions, ClassHead, ClassFacts, TrainResultEvent> {
  // Fitted before the training if it takes little time, and reused as a baseline.
  let pixels: TrivialBaseline | undefined;
  return {
    score: "accuracy",
    samples,
    prepare,
    openTrunk: trunkOfRun,
    headParameters,
    secondsToSolve: async (context) =>
      comparesParts(context)
        ? (await import("./joined-classes.js")).secondsOfJoined(context as OfClasses)
        : areTexts(context.inputs)
          ? (await import("../texts/class-ngrams.js")).secondsOfClassNgrams(context)
          : 0,
    async secondsOfBaselines(context) {
      const { secondsOfFit } = await import("../../run/forecast/seconds-of-fit.js");
      const { tfIdfBaselines } = await import("../texts/tf-idf-baseline.js");
      return areTexts(context.inputs) ? secondsOfFit(context as OfClasses, tfIdfBaselines) : 0;
    },
    solve: solveHead,
    async beforeTraining(context: OfClasses, { answers }) {
      // Most training samples of an extended run are not here, and a fold warns of nothing.
      if (context.besides?.sums || context.folds?.end) return;
      const { warnLowTransferability } = await import("./low-transfer.js");
      pixels = await warnLowTransferability(context, { held: answers!.held! });
    },
    solveTrained: async (context: OfClasses, model) =>
      areTexts(context.inputs)
        ? (await import("../texts/class-ngrams.js")).tunedClassNgrams(context, model)
        : undefined,
    predict,
    async calibrate(context, model, { test, held }, { distant }, choice) {
      const { calibrateModel: trusted } = await import("./calibrate-model.js");
      const {
        predictions,
        model: calibrated,
        ...facts
      } = trusted(context, model, test, held!, { distant, choice });
      return { model: calibrated, answers: { test: predictions, held: held! }, facts };
    },
    scored: ({ test }) => scoredOf(test),
    scoredOnValidation: ({ held }) => scoredOf(held!),
    result,
    baselines: (own: ClassRunModel, scratch) => baselines(own, scratch, pixels),
    export: async (...given) => (await import("../../run/exported.js")).exported(...given),
    save,
    explain,
  };
}

function scoredOf(predictions: Predictions): Scored {
  const { logits, labels } = predictions;
  const right = correctOf(predictions, logits.length / labels.length);
  return scoredBy({ metric: "accuracy", k: 1, values: right.map(Number) });
}

async function prepare(given: OfClasses, begin: number): Promise<Context> {
  if (whyUnscored(given.dataset.warnings)) {
    const { withoutScore } = await import("./without-score.js");
    return withoutScore(given);
  }
  const { isPlanned } = await import("../../options/is-planned.js");
  const planned = isPlanned(given.options)
    ? await (await import("./choose/choose-strategy.js")).resolveStrategy(given, begin)
    : given;
  const context = await (await import("../../run/training/adapted.js")).adapted(planned);
  await requireItFits(context);
  return context;
}

async function predict(context: OfClasses, model: Graph, role: Role): Promise<ClassPredictions> {
  const { machine, opened, dataset, options } = context;
  const fed = fedBy(opened, model);
  const predictOn = async (split: "validation" | "test"): Promise<Predictions> => {
    const source = heldOf(context, split);
    const logits = await predictWith(machine.runtime, fed, source, dataset.classes.length, options.signal);
    return { logits, ...factsOf(source.items) };
  };
  const test = await predictOn("test");
  return role === "own" ? { test, held: await predictOn("validation") } : { test };
}

async function result(common: CommonResult, own: ClassRunModel): Promise<TrainResultEvent> {
  const { context, model, facts, validation } = own;
  const { dataset, opened, training } = context;
  const unscored = whyUnscored(dataset.warnings);
  // A trained model is no probe.
  const folds = own.fitted ? undefined : own.solved.folds;
  if (!unscored && !context.besides?.sums)
    (await import("./cross-validation.js")).warnIfTestDiffers(context, own.answers, folds?.others);
  const fed = fedBy(opened, model);
  return {
    ...common,
    // No sample was tested.
    ...(unscored && { no_score: unscored, test_looks: 0 }),
    ...(folds && { cross_validation: folds.result }),
    ...(own.solved.extended && extendedFields(common, own.solved.extended)),
    task: classTaskOf(context),
    classes: dataset.classes,
    test: facts.test,
    validation: { n: itemsOf(context, "validation").length, ...namedValidation("accuracy", validation) },
    ...(await scoredViews(own, "softmax", dataset.classes.length, (logits) =>
      scoresOf(dataset.classes, { ...own.answers.test, logits }),
    )),
    ...(facts.trust && { trust: facts.trust }),
    ...(training.elsewhere && { elsewhere: await training.elsewhere(fed, facts.test) }),
  };
}

/** Returns a model that a run solved besides its own as a baseline. */
const baselineOf = (
  { answers, seconds, recipe }: ComparedModel<ClassPredictions>,
  classes: readonly string[],
) => ({ test: scoresOf(classes, answers.test), seconds, ...recipeFields(recipe) });

async function baselines(
  { context, probe, solved, others = [] }: ClassRunModel,
  scratch: ScratchAnswers<ClassPredictions> | undefined,
  before: TrivialBaseline | undefined,
) {
  const { inputs, dataset, opened } = context;
  const { classes } = dataset;
  const { majorityBaseline, trivialBaseline } = await import("./trivial-baselines.js");
  const solvedAs = (strategy: SolvedStrategy) => others.find(({ name }) => name === strategy);
  const [hybrid, characters] = [solvedAs("ngram-probe"), solvedAs("characters")];
  const words = areTexts(inputs)
    ? await (await import("../texts/tf-idf-baseline.js")).tfIdfBaselines(context, {
        characters: characters && {
          baseline: baselineOf(characters, classes),
          validation: characters.validation.score,
        },
      })
    : { baselines: {}, validation: {} };
  // Texts have word counts instead. Rows with several inputs have each input alone.
  const trivial =
    areTexts(inputs) || opened.base.inputStage ? undefined : (before ?? (await trivialBaseline(context)));
  const key = areSounds(inputs) ? "log_mel" : "pixels";
  const majority = majorityBaseline(context);
  return {
    baselines: {
      majority: majority.baseline,
      ...(trivial && { [key]: trivial.baseline }),
      ...words.baselines,
      ...(hybrid && { hybrid: baselineOf(hybrid, classes) }),
      ...(scratch && { scratch: { test: scoresOf(classes, scratch.answers.test), ...scratch.report } }),
      ...(probe && { probe: probeBaseline(scoresOf(classes, probe.test), solved) }),
    },
    validation: {
      majority: majority.validation,
      ...(trivial && { [key]: accuracyOf(trivial.held, classes.length) }),
      ...words.validation,
      ...(hybrid && { hybrid: hybrid.validation.score }),
      probe: solved.validation.score,
    },
  };
}

/** Explains predictions after the run, but not for a probe: explanations would take most of its few seconds. */
async function explain(
  { context, model, answers, fitted }: ClassRunModel,
  result: TrainResultEvent,
): Promise<void> {
  if (!fitted) return;
  if (areSounds(context.inputs)) {
    const { explainSamples, filesOf } = await import("../explain/explain-run.js");
    return explainSamples("audio", context, result, filesOf(itemsOf(context, "test")));
  }
  const { explainRun } = await import("./explain-classes.js");
  await explainRun(context, { model, predictions: answers.test, result });
}

/** Saves the model folder, the report and the record of a run. */
async function save({
  own: { context, facts, answers },
  result,
  events,
  onnx,
  files,
  unfinished,
}: Saved<ClassPredictions, ClassHead, ClassFacts, TrainResultEvent>): Promise<void> {
  const { run, machine, dataset: data, opened } = context;
  const { base } = opened;
  // Loaded only when written, like the report.
  const { classesCard, classesPage } = await import("./shown-classes.js");
  const { inputFilesOf } = await import("../../run/exported.js");
  const { reportOf, saveRun } = await import("../../run/save-run.js");
  const { classPredictions } = await import("../../run/test-predictions.js");
  const leaked = machine.report ? (await import("../../report/pages/leaks.js")).leakedItems(events) : [];
  const shown = new Set([...listedAnswers(result.test).map((w) => w.item), ...leaked]);
  // Created while the model is written, like the report.
  const showsSamples = run.manifest.options.pictures !== false;
  const pictures =
    machine.report && !base.text && !base.audio && showsSamples
      ? machine.thumbnails(data.items.filter((item) => shown.has(item.id)))
      : Promise.resolve({});
  pictures.catch(() => undefined);
  const reportData: ReportData = {
    ...reportOf(context, data.root.replace(/\.jsonl$/, ""), result, events),
    thumbnails: {},
    ...(base.text &&
      showsSamples && {
        texts: (await import("../../run/report/texts-by-id.js")).textsById(
          data.items,
          listedAnswers(result.test),
        ),
      }),
    ...(base.audio &&
      machine.report &&
      showsSamples && {
        sounds: await (await import("../../run/report/shown-sounds.js")).shownSounds(
          machine.platform,
          data.items.filter((item) => shown.has(item.id)),
        ),
      }),
    adapterOnly: onnx === undefined,
  };
  const { n, accuracy, accuracy_ci95 } = result.test;
  const { files: reader, ...inputs } = inputFilesOf(base);
  await saveRun(context, {
    data,
    result,
    unfinished,
    predictions: classPredictions({ ...answers.test, classes: data.classes }),
    card: classesCard(reportData),
    render: async () =>
      classesPage(
        { ...reportData, thumbnails: await pictures },
        { samples: showsSamples, assets: await machine.reportAssets() },
      ),
    content: {
      onnx,
      files: { ...reader, ...files },
      classes: data.classes,
      ...inputs,
    },
    engraft: {
      task: result.task,
      ...(n > 0 && { test: { n, accuracy, accuracy_ci95 } }),
      trust: facts.facts,
      ...(base.text?.pairs && { pairs: true as const }),
    },
  });
}
