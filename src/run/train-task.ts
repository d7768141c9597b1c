import { withHead } from "../bases/heads.js";
import { roundedAs, storedAs } from "../bases/weight-storage.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent, TrainableEvent } from "../core/events/events.js";
import { groupName, inEnglish, message, reasonFields } from "../core/messages/message.js";
import { baseFacts } from "../core/results/base-facts.js";
import type { CommonResult } from "../core/results/common-result.js";
import type { ScoreName } from "../core/results/metric.js";
import { arePictures, areTexts } from "../data/index.js";
import { groupsOfItems } from "../data/split/groups.js";
import { shownScore } from "../evaluate/shown-score.js";
import type { Graph } from "../graph/graph.js";
import type { TrainingPlan } from "../methods/plan.js";
import { isWithoutBase, rowOf } from "../methods/registry.js";
import { keepsBest } from "../options/is-planned.js";
import { defaults } from "../options/options.js";
import type { Extension } from "../train/fit.js";
import { type BestEpoch, optimismOf, scoreError } from "./baselines/best-epoch.js";
import type { ChosenModel } from "./baselines/keep-best.js";
import { type Rivals, rivalsOf } from "./baselines/rivals.js";
import type { FromScratch } from "./baselines/scratch.js";
import type { Context } from "./context.js";
import { foldsOfRun } from "./folds-of-run.js";
import { type ExtraTrainings, possibleExtraTrainings } from "./forecast/extra-trainings.js";
import { type Added, saveInStages, unlessRefused } from "./save-in-stages.js";
import { splitCounts, usesPretrained } from "./setup.js";
import { countTestEvaluations, evaluationOf } from "./test-set-usage.js";
import type {
  RunModel,
  RunResult,
  SafeModel,
  ScratchAnswers,
  Solved,
  TaskModel,
  TrainableTask,
} from "./trainable-task.js";
import { trainedModel } from "./trained-model.js";
import type { PlannedTask, TrainedTask } from "./trained-task.js";
import { countParameters } from "./training/count-parameters.js";
import { epochFields, scratchEpochFields } from "./training/epoch-fields.js";
import { itemsOf, planRun } from "./training/planned.js";
import { noClass } from "./training/train-source.js";
import { averageFields } from "./validation-fields.js";

/**
 * Runs a task: plan, forecast, head on frozen features, training, scores, model folder, report, baselines, other seeds.
 * Every long step saves its work, so that a resumed run skips finished steps.
 */
export async function trainTask<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  given: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<Result> {
  const prepared = (await task.prepare?.(given, begin)) ?? given;
  const plan = await planTask(prepared, task, begin);
  if (plan.context.run.isDry) return (await import("./dry-run.js")).endDryRun(plan, begin);
  const { kept, transfer } = await trainBest(plan, task, begin, events);
  given.folds?.end?.(task.scored(kept.model.answers));
  const { context } = transfer.trained.trainedAlone ?? transfer.trained;
  let scratch: ScratchAnswers<Answers> | undefined;
  let rivals: Rivals | undefined;
  const common = await commonResult(kept.trained, begin, task.score);
  let own = kept.model;
  let saved = { stored: kept.trained.stored, ...(kept.trained.files && { files: kept.trained.files }) };
  const exported = async (): Promise<Uint8Array | undefined> =>
    context.options.adapterOnly === true ? undefined : task.export(own.context, own.model, saved.stored);
  // Loaded on demand: few runs have baselines.
  const compare = async (): Promise<Added | Partial<Result>> => {
    const { verdictOfRun } = await import("./baselines/verdict-of-run.js");
    scratch = await scratchOf(context, task, transfer.trained, begin);
    if (task.comparison && !scratch) return {};
    const ofKept = await task.baselines(kept.model, scratch);
    const { baselines } = ofKept;
    const again = { ...transfer.model, context: { ...transfer.model.context, onEvent: () => undefined } };
    const compared = kept === transfer ? ofKept : await task.baselines(again, scratch);
    rivals = await rivalsOf(compared.baselines, {
      ...compared.validation,
      ...(scratch && { scratch: typicalOfScratch(task, kept.model, scratch) }),
    });
    const { answers } = transfer.model;
    const sides = { transfer: [answers], scratch: scratch ? [scratch] : [], fitted: transfer.trained.fitted };
    const verdict = await verdictOfRun(context, task, sides, rivals);
    const choice = scratch && (await chooseOfTwo(task, kept.model, scratch));
    if (!choice) return { baselines, verdict };
    const { instead } = choice;
    if (instead) {
      own = { ...kept.model, ...instead };
      saved = { stored: instead.stored };
      onnx = await exported();
    }
    const made = instead && { ...common, ...scratchEpochFields(scratch!, plan.trainable.total) };
    return { ...(made && (await task.result(made, own))), baselines, verdict, safe: choice.choice };
  };
  const alone = await task.result(common, own);
  let onnx = await exported();
  const keep = (result: Result, unfinished = false): Promise<void> =>
    task.save({
      own,
      result,
      events: [...events, result],
      unfinished,
      onnx,
      files: saved.files,
    });
  // Loaded on demand: few runs are repeated.
  const moreSeeds = async () =>
    (await import("./repeat-with-seeds.js")).repeatWithSeeds(context, task, {
      trained: transfer.trained,
      answers: transfer.model.answers,
      scratch,
      rivals,
    });
  const result = await saveInStages<Result>(context, {
    alone,
    keep,
    moreSeeds,
    inFolds: scoringInFolds(transfer.trained.context, task),
    begin,
    complete: (result) => withShownScore(task.complete?.(result) ?? result),
    compare: plan.expected.extra.baselines ? compare : undefined,
  });
  if (context.options.explain === true && context.machine.report) await task.explain?.(own, result);
  return result;
}

/** Returns the validation score that the training from scratch is compared by: its best epoch was chosen by the best one. */
function typicalOfScratch<A, H extends Solved<A>, F, R extends RunResult>(
  task: TrainableTask<A, H, F, R>,
  { context, answers }: RunModel<A, H, F>,
  { best, bestEpoch }: ScratchAnswers<A>,
): number {
  const held = itemsOf(context, "validation");
  // The scores of another model on the same samples scatter about as much.
  const shares = held.length > 0 ? task.scoredOnValidation?.(answers).shares : undefined;
  return best.score - optimismOf(bestEpoch, shares && scoreError(shares, groupsOfItems(held)));
}

/** Trains what the run is compared with. Undefined: there is no time for it, nothing is pretrained, or it is refused, with a warning. */
async function scratchOf<A, H extends Solved<A>, F, R extends RunResult>(
  context: Context,
  task: TrainableTask<A, H, F, R>,
  trained: TrainedTask<H>,
  begin: number,
): Promise<ScratchAnswers<A> | undefined> {
  if (trained.expected.extra.baselines !== true || !usesPretrained(context)) return undefined;
  const { trainComparison } = await import("./baselines/train-comparison.js");
  const decide = await stepsOfScratch(trained, begin);
  return unlessRefused(context, () => trainComparison(context, task, trained, { decide }));
}

/** Returns a result with its test score as it is shown. */
const withShownScore = <R extends RunResult>(result: R): R =>
  result.no_score ? result : { ...result, shown: shownScore(result.test, result.baselines) };

/** Returns what cross-validates the recipe of a run: that of the transfer. undefined for a run without folds, or without a score. */
function scoringInFolds(
  context: Context,
  task: { readonly foldsOfProbe?: boolean },
): ((result: RunResult) => Promise<Added>) | undefined {
  const crossValidate = context.folds?.crossValidate;
  const folds = foldsOfRun(context, task);
  if (!crossValidate || folds === undefined) return undefined;
  return async ({ safe, no_score: unscored }) => {
    if (safe?.kept === "scratch" || unscored) return {};
    const found = await crossValidate(context, folds);
    return found ? { cross_validation: found } : {};
  };
}

/** Trains the run's model, predicts with it, and chooses between it and the other models that were solved. */
async function trainBest<A, H extends Solved<A>, F, R extends RunResult>(
  plan: PlannedTask,
  task: TrainableTask<A, H, F, R>,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<ChosenModel<A, H, F>> {
  const trained = await trainModel(plan, task, begin, events, { mayKeepHead: mayKeepHead(plan.context) });
  const own = { trained, model: await predictAndCalibrate(trained, task) };
  if (!trained.solved.rivals?.length) return { kept: own, transfer: own };
  const { keepBest } = await import("./baselines/keep-best.js");
  const scores = scoresSeen(trained);
  return keepBest(task, own, (its) => predictAndCalibrate(its, task, scores));
}

/**
 * Chooses by validation between the run's own model and the one from scratch, if the run keeps the best of its models. For a
 * requested strategy, warns if the one from scratch is better.
 */
async function chooseOfTwo<A, H extends Solved<A>, F, R extends RunResult>(
  task: TrainableTask<A, H, F, R>,
  own: RunModel<A, H, F>,
  scratch: ScratchAnswers<A>,
): Promise<SafeModel<A, F> | undefined> {
  const { scoredOnValidation, comparison } = task;
  if (!scoredOnValidation || comparison) return undefined;
  const { chooseByValidation } = await import("./baselines/safe.js");
  const chosen = await chooseByValidation(task, scoredOnValidation, own, scratch);
  if (keepsBest(own.context.options)) return chosen;
  if (chosen.instead) (await import("./baselines/keep-best.js")).warnOfScratch(own.context, chosen.choice);
  return undefined;
}

/** Returns the fields that every result has. @param score metric of the validation. Missing: the run averages no weights. */
export async function commonResult(
  trained: TrainedTask<Pick<Solved<unknown>, "reused" | "joined">>,
  begin: number,
  score?: ScoreName,
): Promise<CommonResult> {
  const { context, planned, fitted, expected } = trained;
  const { run, opened, dataset, machine, onEvent } = context;
  const { reused, joined } = trained.solved;
  // The training counts the seconds of earlier processes itself.
  const sums = context.besides?.sums;
  const before = (run.manifest.result ?? {}) as Partial<CommonResult>;
  return {
    event: "result",
    run: run.path,
    model: run.file("model"),
    base: baseFacts(opened.base),
    ...(!opened.base.inputStage && opened.base.text?.pairs && { pairs: true as const }),
    strategy: { name: planned.strategy.name, ...reasonFields(planned.strategy.reasons) },
    split: learntSplit(context),
    trainable: trained.trainable,
    ...epochFields(fitted),
    ...(score && averageFields(score, fitted?.average)),
    ...(fitted?.rate !== undefined && { rate_found: fitted.rate }),
    ...(run.manifest.extensions && { extensions: run.manifest.extensions.length }),
    ...(sums && { extended: sums.facts }),
    ...(joined && { joined }),
    ...(context.options.hidden !== undefined && { hidden: context.options.hidden }),
    ...(context.opened.init && {
      init: { ...context.opened.init, ...(reused && { head: inEnglish([reused]), head_message: reused }) },
    }),
    ...(fitted?.divergence && { diverged: fitted.divergence }),
    seconds: {
      total: run.secondsSince(begin),
      ...trained.seconds,
      features: (before.seconds?.features ?? 0) + trained.seconds.features,
    },
    peak_rss_mb: machine.platform.peakMemoryMb(),
    forecast: expected.facts,
    test_looks: await countTestEvaluations(
      machine.platform,
      dataset.testFingerprint,
      evaluationOf(run),
      onEvent,
    ),
  };
}

/** Returns the sizes of the splits. Of an extended run, most training samples are not here, but in its sums. */
function learntSplit({ dataset, besides }: Context): CommonResult["split"] {
  const split = splitCounts(dataset);
  return besides?.sums ? { ...split, train: besides.sums.facts.samples - split.validation } : split;
}

/** Plans the run, opens the backbone, forecasts time and memory, and decides on baselines. */
export async function planTask<A, H extends Solved<A>, F>(
  planning: Context,
  task: TaskModel<A, H, F>,
  begin: number,
): Promise<PlannedTask> {
  const { options, onEvent, inputs } = planning;
  const planningBegin = performance.now();
  const planned = await planRun(planning);
  const preparing = (performance.now() - planningBegin) / 1000;
  const { strategy, trained } = planned;
  const train = itemsOf(planning, "train");
  if (areTexts(inputs)) {
    const { lengthsEvent } = await import("./training/lengths-of.js");
    const { batch, pairs } = trained?.plan ?? {};
    const { seed = defaults.seed } = options;
    const { classOf = noClass } = planning.training.head;
    const how = { seed, batch, ...(pairs && { pairs: { plan: pairs, classOf } }) };
    onEvent(lengthsEvent(inputs, train, how));
  }
  const { groups, ...trainable } = await plannedParameters(planning, planned, task);
  const { name, reasons } = strategy;
  const reportGroups = (its: TrainableEvent["groups"]): void =>
    onEvent({ event: "trainable", strategy: name, ...reasonFields(reasons), ...trainable, groups: its });
  reportGroups(groups);
  const trunk = await task.openTrunk(planning, planned);
  const items = task.featureSamples?.(trunk);
  const measured = items ? { ...planning, dataset: { ...planning.dataset, items } } : planning;
  const extension = planning.run.manifest.extensions?.at(-1);
  const { scratch } = planned;
  const folds = planning.folds?.end ? undefined : foldsOfRun(planning, task);
  // The rate of an extended run is chosen.
  const rates = scratch && (extension ? scratch.rates.slice(0, 1) : scratch.rates);
  const choices =
    task.extraTrainings?.(planning, planned) ??
    possibleExtraTrainings({ ...options, folds }, scratch && { ...scratch, rates: rates! }, trained?.plan);
  const extra = extension ? ([furtherBy(extension, choices[0], planning.run)] as const) : choices;
  // Loaded on demand: a page that only predicts needs no forecast.
  const { measure } = await import("./forecast/measure.js");
  const expected = await measure(extension ? within(measured, extension, extra[0]) : measured, {
    begin,
    preparing,
    trunk,
    train,
    solving: task.secondsToSolve && (() => secondsToSolve(planning, task, folds)),
    comparing: task.secondsOfBaselines && (() => task.secondsOfBaselines!(planning)),
    fit: trained?.fit ?? planned.scratchFit,
    plan: trained && lastingFor(trained.plan, extension),
    solved: planned.blank,
    validation: itemsOf(planning, "validation").length,
    test: itemsOf(planning, "test").length,
    extra,
    folds,
    scoredBesides:
      (rowOf(options.strategy ?? defaults.strategy).relationship ? train.length : 0) +
      (!arePictures(inputs) && task.solveTrained && keepsBest(options) ? planning.dataset.items.length : 0),
  });
  await planned.scratchFit?.dispose();
  const context =
    options.baselines === "auto"
      ? await (await import("./forecast/resolve-baselines.js")).resolveBaselines(planning, expected.extra)
      : planning;
  onEvent(expected.event);
  return { context, planned, trunk, expected, trainable, reportGroups };
}

/** Forecasts the seconds of all models that a run and its folds solve. */
async function secondsToSolve<A, H extends Solved<A>, F>(
  context: Context,
  { secondsToSolve: seconds }: TaskModel<A, H, F>,
  folds = 0,
): Promise<number> {
  const own = (await seconds?.(context)) ?? 0;
  if (folds === 0) return own;
  // A fold solves what it needs for its own model.
  return (
    own + folds * ((await seconds?.({ ...context, folds: { ...context.folds, end: requireNoScores } })) ?? 0)
  );
}

/** Ends the fold of a forecast, which has no scores. */
function requireNoScores(): never {
  throw new EngraftError("InternalError", "a forecast has no scores");
}

/** Returns a run whose budget is that of its extension. Each of its trainings takes the time. */
function within<C extends Context>(context: C, extension: Extension, { plans }: ExtraTrainings): C {
  const budget = "seconds" in extension ? extension.seconds * (1 + plans.length) : undefined;
  return { ...context, options: { ...context.options, budget } };
}

/** Returns the plan of a run for the epochs of its extension. */
const lastingFor = (plan: TrainingPlan, extension: Extension | undefined): TrainingPlan =>
  extension && "epochs" in extension ? { ...plan, epochs: extension.epochs, plateau: undefined } : plan;

/** Returns the additional trainings of an extended run. A training from scratch that stopped improving is not trained further. */
function furtherBy(
  extension: Extension,
  extra: ExtraTrainings,
  { manifest }: Context["run"],
): ExtraTrainings {
  const { verdict } = (manifest.result ?? {}) as Added;
  const isDone = verdict?.scratch_ended === "stopped improving";
  return { ...extra, plans: isDone ? [] : extra.plans.map((plan) => lastingFor(plan, extension)) };
}

/** Returns the weights that a run plans to train or solve; none for a model whose size its solution decides. */
async function plannedParameters<A, H extends Solved<A>, F>(
  context: Context,
  { strategy, blank, trained }: PlannedTask["planned"],
  task: TaskModel<A, H, F>,
): Promise<Pick<TrainableEvent, "parameters" | "total" | "groups">> {
  if (isWithoutBase(strategy.name)) return { parameters: 0, total: 0, groups: [] };
  const linear = context.training.head.outputs * (context.opened.body.width + 1);
  const solved = (await task.headParameters?.(context)) ?? linear;
  const plan = trained?.plan;
  const solvedHead = { ...groupName(message("group-solved-head")), parameters: solved, values: 2, rate: 0 };
  const groups = [...(plan?.groups ?? []), ...(plan && !plan.pairs ? [] : [solvedHead])];
  return {
    parameters: groups.reduce((n, { parameters }) => n + parameters, 0),
    // The blank network has a linear head, unless the task has a head of its own.
    total: countParameters(blank) + (context.training.head.network ? 0 : solved - linear),
    groups,
  };
}

/**
 * Solves the head on frozen features, and trains from there if the strategy trains.
 * @param how mayKeepHead: true if the training may be left out for a budget that has no time for it
 */
export async function trainModel<A, H extends Solved<A>, F>(
  plan: PlannedTask,
  task: TaskModel<A, H, F>,
  begin: number,
  events: readonly EngraftEvent[],
  { mayKeepHead = false }: { readonly mayKeepHead?: boolean } = {},
): Promise<TrainedTask<H>> {
  const { context, planned, expected, reportGroups } = plan;
  const { options, opened } = context;
  const { outputs, scores, random } = context.training.head;
  const { seed = defaults.seed } = options;
  const solved = await task.solve(context, plan.trunk, events);
  await task.beforeTraining?.(context, solved);
  const trainingBegin = performance.now();
  const withIts = (head: Solved<A>["head"]): Graph =>
    "nodes" in head ? head : (random?.(opened.body, seed) ?? withHead(opened.body, outputs, head, scores));
  const probed = withIts(solved.head);
  const { trained } = planned;
  const fewest = mayKeepHead && solved.blank !== true ? 0 : 1;
  const start = withIts(solved.start ?? solved.head);
  const from = { planned, probed: start, begin, expected, fewest, reportGroups } as const;
  const fitted =
    trained && (await (await import("./training/train-from.js")).trainFrom(context, { ...from, trained }));
  const { model, files } = await trainedModel(context, probed, fitted, trained?.plan);
  const isLeftOut = trained !== undefined && !fitted;
  const { parameters, total } = isLeftOut
    ? await plannedParameters(context, { ...planned, trained: undefined }, task)
    : plan.trainable;
  // The scores are those of the saved file. An adapter stores float32.
  const weights = options.adapterOnly === true ? "fp32" : (options.weights ?? defaults.weights);
  const stored = storedAs(model, weights, opened.base.imported.storedAs);
  const rounded = roundedAs(model, stored);
  const { features, solving } = solved.seconds;
  // A resumed training counts the seconds of its earlier processes.
  const training = Math.max((performance.now() - trainingBegin) / 1000, fitted?.seconds ?? 0);
  return {
    ...plan,
    solved,
    probed,
    stored,
    trainable: withSolved({ parameters, total }, solved),
    fitted,
    files,
    model: rounded,
    changed: fitted !== undefined || rounded !== model,
    seconds: { features, training: solving + training },
  };
}

/** True for a run that may keep its solved head untrained, if a budget has no time for the training. */
const mayKeepHead = (context: Context): boolean =>
  usesPretrained(context) &&
  context.options.adapterOnly !== true &&
  context.run.manifest.extensions === undefined;

/** Returns the numbers of parameters, once those of a solved model are known. */
const withSolved = (
  { parameters: planned, total }: PlannedTask["trainable"],
  { parameters = planned }: Pick<Solved<unknown>, "parameters">,
): PlannedTask["trainable"] => ({ parameters, total: total - planned + parameters });

/**
 * Predicts with the trained model, and calibrates it on the validation split.
 * @param scores those of all models of which the validation split chose this one
 */
export async function predictAndCalibrate<A, H extends Solved<A>, F>(
  trained: TrainedTask<H>,
  task: TaskModel<A, H, F>,
  scores = scoresSeen(trained),
): Promise<RunModel<A, H, F>> {
  const { context, solved, probed, fitted, model, changed } = trained;
  const { answers = await task.predict(context, probed, "own") } = solved;
  const predicted = changed ? await task.predict(context, model, "own") : answers;
  const own = solved.refitted && !fitted ? { ...predicted, ...heldOf(answers) } : predicted;
  const validation = fitted?.best ?? solved.validation;
  return {
    context,
    solved,
    ...(fitted && { fitted, probe: answers }),
    validation,
    ...(await task.calibrate(context, model, own, solved, choiceFrom(scores, validation.score))),
  };
}

/** Returns the scores of the models of which the validation split chose the run's own: its start and epochs, and the other models that it solved. */
function scoresSeen({ context, solved, fitted }: TrainedTask<Solved<unknown>>): readonly number[] {
  const epochs =
    fitted?.kept === "last" ? [fitted.best] : (fitted?.epochs ?? []).map((one) => one.validation);
  const start = fitted?.kept === "last" ? [] : [solved.validation];
  const rivals = keepsBest(context.options) ? (solved.rivals ?? []) : [];
  return [...start, ...epochs, ...rivals.map((one) => one.validation)].map(({ score }) => score);
}

/** Returns how a model with a score was chosen from all scores. */
function choiceFrom(scores: readonly number[], score: number): BestEpoch {
  const own = scores.indexOf(score);
  return { score, others: scores.filter((_, i) => i !== own) };
}

/** Returns the predictions for the validation split. */
const heldOf = (answers: unknown): object => {
  const { held } = answers as { readonly held?: unknown };
  return { held };
};

/** Returns how many steps a run from scratch may make within a budget. */
async function stepsOfScratch(
  { context, fitted, expected }: TrainedTask<unknown>,
  begin: number,
): Promise<FromScratch["decide"]> {
  if (fitted) return fitted.decide;
  return (await import("./training/budgeted.js")).scratchBudget(context, { begin, expected });
}
