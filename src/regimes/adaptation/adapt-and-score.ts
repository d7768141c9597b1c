import { type EngraftManifest, writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf, writeSampleParts } from "../../bases/model-folder/sample-parts.js";
import { writeFolder } from "../../bases/model-folder/write-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { AdaptCandidate, AdaptGain, AdaptResultEvent, EngraftEvent } from "../../core/events/events.js";
import { type Message, message, recipeFields, type Sentence } from "../../core/messages/message.js";
import { scoreOrWorst } from "../../core/results/metric.js";
import { classificationOf } from "../../core/results/task.js";
import { correctOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { type AdaptationName, adaptationOf, tradeOffsOf } from "../../methods/adapt/index.js";
import type { RequestedOptions } from "../../methods/settings.js";
import type { Context } from "../../run/context.js";
import { exported, inputFilesOf } from "../../run/exported.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { freshHead, trunkWithoutFeatures } from "../../run/made-network.js";
import { keepReport } from "../../run/report/keep-report.js";
import { startsRandom } from "../../run/setup.js";
import { commonResult, planTask, trainModel } from "../../run/train-task.js";
import type { TaskModel } from "../../run/trainable-task.js";
import type { TrainedTask } from "../../run/trained-task.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { planRun, itemsOf as samplesOf } from "../../run/training/planned.js";
import { difference } from "../../statistics/index.js";
import {
  type ClassFacts,
  type ClassHead,
  type ClassPredictions,
  classesTask,
} from "../../tasks/classes/classes-task.js";
import { classTaskOf } from "../../tasks/classes/solve-head.js";
import { adaptationCard } from "./adaptation-card.js";
import { startCheck } from "./check-samples.js";
import { domainDistance } from "./distances.js";
import { type Adaptation, countsOf, type Domains } from "./domain.js";
import { chosenBy, type DomainTraining, domainRegime, type EpochDetails } from "./domain-regime.js";
import { type SourceWeights, sourceWeights } from "./source-weights.js";

type Head = ClassHead;
type Model = TaskModel<ClassPredictions, Head, ClassFacts>;

/** State after an epoch, or a solved head: a candidate for the choice. `answers` are its classes of the target's test samples. */
export type State = Omit<AdaptCandidate, "target_accuracy"> & Pick<EpochDetails, "answers">;

/** A training with its states. */
interface TrainedDomains {
  readonly training: DomainTraining;
  readonly trained: TrainedTask<Head>;
  readonly states: readonly State[];
  /** The best state, whose weights are kept. */
  readonly best: State;
}

/**
 * Adapts a network: trains it by the method with each trade-off and on the source only. Chooses a state without target labels,
 * and reads these labels only afterwards.
 */
export async function adaptAndScore(
  context: OfClasses,
  adaptation: Adaptation,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<AdaptResultEvent> {
  const { domains, method } = adaptation;
  await requireItFits(context);
  const { all, weights } = await trainAll(context, adaptation, begin, events);
  const sourceOnly = all.find(({ training }) => training.method === "source-only")!;
  const methodTrainings = all.filter(({ training }) => training.method === method);
  const chosen = methodTrainings.reduce((a, b) =>
    scoreOrWorst(b.best.score) > scoreOrWorst(a.best.score) ? b : a,
  );
  const distance = {
    before: await domainDistance(context, sourceOnly.trained.model, domains),
    after: await domainDistance(context, chosen.trained.model, domains),
  };
  const predict = async ({ trained: { model } }: TrainedDomains): Promise<Predictions> =>
    (await classesTask("pictures").predict(context, model, "baseline")).test;
  return finishAdaptation(context, adaptation, begin, events, {
    trained: chosen.trained,
    recipe: chosen.trained.planned.trained!.plan.recipe,
    states: methodTrainings.flatMap(({ states }) => states),
    chosen: chosen.best,
    sourceOnly: sourceOnly.best,
    distance,
    predict: async () => {
      const adapted = await predict(chosen);
      return { adapted, plain: chosen === sourceOnly ? adapted : await predict(sourceOnly) };
    },
    weights,
    training: all.reduce((sum, one) => sum + one.trained.seconds.training, 0),
  });
}

const weightFacts = ({ weights, effective }: SourceWeights) => ({
  effective,
  largest: Math.max(...weights),
  n: weights.length,
});

/** Runs all trainings of a method. The forecast measures the first one, so that one has the slowest steps. */
async function trainAll(
  context: OfClasses,
  { domains, method, option }: Adaptation,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<{ readonly all: readonly TrainedDomains[]; readonly weights?: SourceWeights | undefined }> {
  const trainings = trainingsOf(method, option);
  const model = domainModel(context, domains, trainings.length - 1);
  const all: TrainedDomains[] = [];
  let weights: SourceWeights | undefined;
  const contextOf = (training: DomainTraining): Context => ({
    ...context,
    besides: { regime: domainRegime(context, domains, training, { option, weights: weights?.weights }) },
  });
  const plan = await planTask(contextOf(trainings[0]!), model, begin);
  for (const [i, training] of trainings.entries()) {
    const [before] = all;
    if (before && adaptationOf(training.method).weighs)
      weights = await sourceWeights(context, domains, before.trained.model, option);
    const trainingContext = contextOf(training);
    const planned =
      i === 0 ? plan : { ...plan, context: trainingContext, planned: await planRun(trainingContext) };
    const trained = await trainModel(planned, model, begin, events);
    all.push({ training, trained, ...statesOf(training, trained) });
  }
  return { all, weights };
}

/** Returns the trainings of a method: one per trade-off, and one on the source only, which comes first if samples are weighted. */
function trainingsOf(method: AdaptationName, option: RequestedOptions): readonly DomainTraining[] {
  const sourceOnly = { method: "source-only" } as const;
  if (method === "source-only") return [sourceOnly];
  if (adaptationOf(method).weighs) return [sourceOnly, { method }];
  return [...tradeOffsOf(method, option).map((tradeOff) => ({ method, tradeOff })), sourceOnly];
}

/** Returns the task of the classes of two domains. */
export function classifierOf({ unit }: Pick<Domains, "unit">): Model {
  const { beforeTraining: _, ...classes } = classesTask(`${unit}s`);
  return classes;
}

/** Returns the classifier of an adaptation. All trainings start from the same head. */
function domainModel(context: OfClasses, domains: Domains, others: number): Model {
  const classes = classifierOf(domains);
  const random = startsRandom(context.opened);
  let head: Promise<Head> | undefined;
  return {
    ...classes,
    extraTrainings: (_context, { trained }) => [
      extraTrainingsOf(
        Array.from({ length: others }, () => trained!.plan),
        "the other trainings",
      ),
    ],
    ...(random && { openTrunk: trunkWithoutFeatures }),
    solve(...given) {
      head ??= random ? Promise.resolve(randomHead(context)) : classes.solve(...given);
      return head;
    },
  };
}

const randomHead = (context: Context): Head => ({
  head: freshHead(context),
  validation: { score: Number.NaN, loss: Number.NaN },
  recipe: [message("random-weights")],
  seconds: { features: 0, solving: 0 },
});

/** Returns the states of a training, and the best one. */
function statesOf(
  { tradeOff }: DomainTraining,
  { context, fitted }: TrainedTask<Head>,
): Pick<TrainedDomains, "states" | "best"> {
  const details = (fitted!.details ?? []) as readonly EpochDetails[];
  const states = details.map((epochDetails, epoch) => ({
    ...(tradeOff !== undefined && { trade_off: tradeOff }),
    ...epochDetails,
    epoch,
  }));
  const best = states[fitted!.bestEpoch];
  if (!best)
    throw new EngraftError("RunError", "the checkpoints of this adaptation say nothing of its epochs", {
      at: context.run.path,
      help: "start a new run with another --out",
    });
  return { states, best };
}

/** Compares two models of one training each on the same samples. */
export function gainOf(
  adapted: readonly boolean[],
  sourceOnly: readonly boolean[],
  groups?: readonly string[],
): AdaptGain {
  const found = difference([adapted.map(Number)], [sourceOnly.map(Number)], { groups });
  return {
    value: found.gain,
    of: "models",
    models_ci95: found.interval,
    ...(found.why === "few groups" && { few_groups: found.groups }),
  };
}

/** The models of an adaptation, and what was chosen. */
interface Adapted {
  readonly trained: TrainedTask<Head>;
  readonly recipe: readonly Sentence[];
  readonly states: readonly State[];
  readonly chosen: State;
  readonly sourceOnly: State;
  /** How it was chosen. Default: by the score of a training. */
  readonly by?: Message;
  readonly ofShares?: Pick<AdaptResultEvent, "guard" | "shares" | "shares_p" | "expected_shares">;
  readonly distance: AdaptResultEvent["distance"];
  /** Predicts the labelled test samples of the target. */
  readonly predict: () => Promise<{ readonly adapted: Predictions; readonly plain: Predictions }>;
  readonly weights?: SourceWeights | undefined;
  /** Seconds of all trainings, if there are several. */
  readonly training?: number;
}

/** Scores an adaptation, and saves it. Target labels are read from here on: all choices are made before. */
export async function finishAdaptation(
  context: OfClasses,
  adaptation: Adaptation,
  begin: number,
  events: readonly EngraftEvent[],
  {
    trained,
    recipe,
    states,
    chosen,
    sourceOnly,
    by,
    ofShares,
    distance,
    predict,
    weights,
    training,
  }: Adapted,
): Promise<AdaptResultEvent> {
  const { domains, method, requested } = adaptation;
  const { classes } = domains.source;
  const test = samplesOf(context, "test");
  const candidate = ({ answers, ...state }: State): AdaptCandidate => ({
    ...state,
    ...(test.length > 0 && {
      target_accuracy: answers.filter((a, i) => a === test[i]!.label).length / test.length,
    }),
  });
  const candidates = states.map(candidate);
  const last = test.length > 0 ? await predict() : undefined;
  const oracle = last && candidates.reduce((a, b) => (b.target_accuracy! > a.target_accuracy! ? b : a));
  const common = await commonResult(trained, begin, "accuracy");
  const { seed } = common.split;
  const side = (one: Domains["source"]) => ({ root: one.root, split: countsOf(one, seed) });
  const right = (one: Predictions): boolean[] => correctOf(one, classes.length);
  const isSourceOnly = method === "source-only";
  const result: AdaptResultEvent = {
    ...common,
    task: "domain-adaptation",
    method: {
      name: method,
      ...(requested !== method && { requested }),
      ...recipeFields(recipe),
      paper: adaptationOf(method).paper,
    },
    unit: domains.unit,
    classes,
    seed,
    candidates,
    distance,
    source: side(domains.source),
    target: { ...side(domains.target), labelled: domains.labelled },
    chosen: { ...candidate(chosen), ...chosenBy(isSourceOnly, by) },
    ...(oracle && { oracle }),
    ...(last && { test: scoresOf(classes, last.adapted) }),
    source_only: { ...candidate(sourceOnly), ...(last && { test: scoresOf(classes, last.plain) }) },
    ...(last &&
      !isSourceOnly && { gain: gainOf(right(last.adapted), right(last.plain), last.adapted.groups) }),
    ...ofShares,
    ...(weights && { weights: weightFacts(weights) }),
    ...(adaptation.check && {
      check: await startCheck(context, domains, adaptation.check, {
        adapted: chosen.answers,
        source_only: sourceOnly.answers,
      }),
    }),
    ...(training !== undefined && { seconds: { ...common.seconds, training } }),
  };
  await saveAdaptation(context, adaptation, result, [...events, result], trained);
  return result;
}

/** Writes the model, the report, and last the result. */
async function saveAdaptation(
  context: OfClasses,
  { domains, bag }: Adaptation,
  result: AdaptResultEvent,
  events: readonly EngraftEvent[],
  { model, stored }: TrainedTask<Head>,
): Promise<void> {
  const { run, machine, dataset, opened, onEvent } = context;
  const { platform } = machine;
  const { source, target } = domains;
  const { command, versions } = run.manifest;
  const record = { title: result.method.name, events, command, versions };
  const card = await adaptationCard(result, record);
  await platform.files.remove(result.model);
  // The target's samples come last and keep their splits, so that `eval` on the target finds its test split.
  const samples = samplePartsOf([...source.items, ...target.items]);
  const engraft: EngraftManifest = {
    format: 1,
    task: bag ? classificationOf.text : classTaskOf(context),
    base: result.base,
    strategy: { name: result.strategy.name, reasons: result.strategy.reasons },
    versions,
    split: result.source.split,
    data: { fingerprint: dataset.fingerprint, test_fingerprint: dataset.testFingerprint },
    seed: result.seed,
  };
  await run.requireInPlace();
  if (bag) {
    const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
    const id2label = Object.fromEntries(result.classes.map((label, i) => [String(i), label]));
    await writeSampleParts(platform, result.model, engraft.data.fingerprint, samples);
    // No config for Transformers.js, which does not support bags of words.
    await writeFolder(platform, result.model, [
      ["onnx/model.onnx", toOnnx(model, { storeAs: stored })],
      ["bag_of_words.json", JSON.stringify(bag)],
      ["config.json", JSON.stringify({ task: engraft.task, id2label })],
      ["engraft.json", json(engraft)],
      ["README.md", card],
    ]);
  } else {
    const { licenseText } = opened.base;
    await writeModelFolder(platform, result.model, {
      onnx: await exported(context, model, stored),
      classes: result.classes,
      ...inputFilesOf(opened.base),
      card,
      engraft,
      samples,
      ...(licenseText !== undefined && { license: licenseText }),
    });
  }
  const render = async () =>
    (await import("../../report/studies/study-sheets.js")).studyPage(result, "en", record);
  await keepReport(machine, run, render, onEvent);
  await run.complete(result);
}
