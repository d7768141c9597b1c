import { noPictures } from "../../bases/preprocessing.js";
import type { RegressionResultEvent } from "../../core/events/events.js";
import type { JoinedFacts } from "../../core/events/run-outcome.js";
import { message } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { wholeOf } from "../../core/results/rows.js";
import { factsOf } from "../../core/results/task.js";
import { float32 } from "../../core/tensor.js";
import { areSounds, type Sample, type TargetDataset, type TargetItem } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { Conformal } from "../../evaluate/regression.js";
import type { Graph } from "../../graph/graph.js";
import { fitRidge, type NumberedFeatures, ridgeStrengths } from "../../methods/ridge/ridge.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import { probeBaseline } from "../../run/baselines/probe-baseline.js";
import type { AddedSums, Context, TrainingHead } from "../../run/context.js";
import { inputFilesOf } from "../../run/exported.js";
import { fedBy, type Trunk } from "../../run/setup.js";
import { numberPredictions } from "../../run/test-predictions.js";
import type { Role, RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { predictAll, predictWith } from "../../run/training/feeds.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import { headTrials } from "../../run/training/head-trials.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { heldOf } from "../../run/training/planned.js";
import type { HeldSource } from "../../run/training/train-source.js";
import { namedValidation } from "../../run/validation-fields.js";
import { answeringMean } from "../../train/epochs/divergence.js";
import type { PartFeatures } from "../../train/features.js";
import type { Input } from "../inputs/input.js";
import { saveTask } from "../save-task.js";
import { scoredViews } from "../scored-views.js";
import { extendedFields } from "../sums/extended-fields.js";
import { everyTask, explainedBy } from "../targets/every-task.js";
import { hasRanks } from "./estimates.js";
import { numbersSheet } from "./numbers-sheet.js";
import { inUnits, type Numbered, numbersObjective, Targets } from "./targets.js";

/** Predicted numbers in the unit of their columns, float32[N, T]. */
export interface NumberPredictions {
  readonly test: Float32Array;
  /** For the validation split, on which prediction intervals are fitted. */
  readonly held?: Float32Array;
}

export interface NumberFacts {
  readonly conformal: Conformal;
}

type NumberRunModel = RunModel<NumberPredictions, Solved<NumberPredictions>, NumberFacts>;

/** Samples with numbers. */
export type NumberData = Pick<TargetDataset, "root" | "fingerprint" | "testFingerprint" | "targets"> & {
  readonly items: readonly (Numbered & Pick<TargetItem, "part" | "sha256">)[];
};

/** Returns a head with one output per number. It trains on standardised numbers; the saved model predicts in their units. */
export function numbersHead(data: NumberData, options: RecipeOptions): TrainingHead {
  const targets = targetsOf(data);
  const { count } = targets;
  return {
    outputs: count,
    objective: (plan) => numbersObjective(plan, count, options),
    guessing: answeringMean,
    targets: (items: readonly TargetItem[]) => {
      const scaled = targets.scaled(items);
      return async ({ indices }) => {
        const rows = new Float32Array(indices.length * count);
        indices.forEach((index, i) => {
          rows.set(scaled.subarray(index * count, (index + 1) * count), i * count);
        });
        return { targets: float32([indices.length, count], rows) };
      };
    },
    validate: async (evaluate, held: HeldSource<TargetItem>, signal) => {
      const logits = await predictAll(evaluate, { ...held, signal }, count);
      return targets.validation(logits, held.items);
    },
    metric: "r2",
    savedWeights: (weights) => inUnits(weights, targets),
  };
}

/** Returns the task of regression: one or more numbers per sample. @param input of the samples; rows are explained and saved by their own tasks */
export function numbersTask(
  data: NumberData,
  task: RegressionResultEvent["task"],
  { added, input }: { readonly added?: AddedSums; readonly input?: Input } = {},
): TrainableTask<NumberPredictions, Solved<NumberPredictions>, NumberFacts, RegressionResultEvent> {
  const itemsIn = (split: TargetItem["part"]) => data.items.filter(({ part }) => part === split);
  const [validation, test] = [itemsIn("validation"), itemsIn("test")];
  const targets = targetsOf(data, added, task);
  const scores = (answers: NumberPredictions) => targets.score(answers.test, test);
  /** A holder that is left out adds no numbers. */
  const learntTargets = ({ solved: { extended } }: NumberRunModel): Targets => {
    const left = extended?.holders?.flatMap((one) => (one.left_out ? [one.name] : [])) ?? [];
    if (!added || left.length === 0) return targets;
    const holders = added.holders.filter(({ name }) => !left.includes(name));
    return targetsOf(data, { ...added, holders }, task);
  };
  const withoutTraining = (own: NumberRunModel): RegressionResultEvent["baselines"] => ({
    mean: learntTargets(own).meanBaseline(test),
    ...(own.probe && { probe: probeBaseline(scores(own.probe), own.solved) }),
  });
  return {
    ...everyTask,
    score: "r2",
    samples: `${factsOf(task).sample}s`,
    solve: (context, trunk) =>
      context.options.strategy === "sums"
        ? solveSums(context, trunk, { data, targets, task })
        : solveRidge(context, trunk, data, targets),
    predict: (context, model, role) => predict(context, model, role, targets.count),
    calibrate: async ({ options }, model, answers, _solved, choice) => {
      const { coverage = defaults.coverage } = options;
      const conformal = targets.conformal(answers.held!, validation, { coverage, choice });
      return { model, answers, facts: { conformal } };
    },
    scored: (answers) => readScores(scores(answers))!,
    scoredOnValidation: ({ held }) => readScores(targets.score(held!, validation))!,
    result: async (common: CommonResult, own) => ({
      ...common,
      ...(own.solved.extended && extendedFields(common, own.solved.extended)),
      task,
      targets: learntTargets(own).facts,
      test: targets.score(own.answers.test, test, own.facts.conformal),
      ...(await scoredViews(own, "number", targets.count, (answers) => targets.score(answers, test))),
      validation: { n: validation.length, ...namedValidation("r2", own.validation) },
      baselines: withoutTraining(own),
    }),
    baselines: async (own, scratch) => {
      const items = { train: itemsIn("train"), validation, test };
      const trivial =
        input && (await (await import("./trivial-ridge.js")).trivialRidge(own.context, targets, items));
      return {
        baselines: {
          ...withoutTraining(own),
          ...(trivial && { [trivial.key]: trivial.baseline }),
          ...(scratch && { scratch: { test: scores(scratch.answers), ...scratch.report } }),
        },
        validation: {
          mean: targets.validationR2(targets.means(validation), validation),
          probe: own.solved.validation.score,
          ...(trivial && { [trivial.key]: trivial.validation }),
        },
      };
    },
    ...(input && { explain: explainedBy(input) }),
    save: (saved) => save(saved, data, learntTargets(saved.own)),
  };
}

/** Saves the model folder, the report and the record of a run. */
async function save(
  {
    own,
    onnx,
    files,
    ...saved
  }: Saved<NumberPredictions, Solved<NumberPredictions>, NumberFacts, RegressionResultEvent>,
  data: NumberData,
  targets: Targets,
): Promise<void> {
  const { context, answers, facts } = own;
  const { base, made } = context.opened;
  const { coverage, bands } = facts.conformal;
  const { result } = saved;
  const { n, r2, r2_ci95 } = result.test;
  // Rows write their own files, besides the preprocessing of their pictures.
  const ofRows = base.preprocessing === noPictures ? {} : { preprocessing: base.preprocessing };
  const its: Partial<ReturnType<typeof inputFilesOf>> = made
    ? {}
    : base.inputStage
      ? ofRows
      : inputFilesOf(base);
  await saveTask(numbersSheet, {
    ...saved,
    context,
    data,
    predictions: numberPredictions(
      data.items.filter(({ part }) => part === "test"),
      answers.test,
    ),
    content: {
      onnx,
      classes: targets.names,
      preprocessing: its.preprocessing,
      config: its.config && { problem_type: "regression", ...its.config },
      files: { ...its.files, ...files },
    },
    engraft: {
      task: result.task,
      test: { n, r2, r2_ci95 },
      ...(!base.inputStage && base.text?.pairs && { pairs: true as const }),
      regression: { targets: targets.facts, coverage, bands },
    },
  });
}

/**
 * @param added sums of samples that are not, or not all, among the data
 * @param task its scores may have a rank correlation. Default: they have none
 */
export function targetsOf(data: NumberData, added?: AddedSums, task?: string): Targets {
  const train = data.items.filter(
    (item) => item.part === "train" && added?.includes(item as TargetItem) !== true,
  );
  const all = added ? [...(added.sums ? [added.sums] : []), ...added.holders.map(({ sums }) => sums)] : [];
  const numbers = all.flatMap(({ count, targets }) =>
    "numbers" in targets ? [{ ...targets.numbers, count }] : [],
  );
  return Targets.of(data.targets, train, numbers, hasRanks(task));
}

/** Computes features of all samples, and solves the head from their sums. */
const solveSums = (
  context: Context,
  trunk: Trunk,
  { data, targets, task }: { readonly data: NumberData; readonly targets: Targets; readonly task: string },
): Promise<Solved<NumberPredictions>> =>
  withFeatures(context, trunk, context.dataset.items, async ({ of, seconds }) => {
    const begin = performance.now();
    const { solveFromSums } = await import("../sums/solve-from-sums.js");
    const { holderFields, requireLikeLengths } = await import("../sums/score-holders.js");
    const [train, validation, test] = [of("train"), of("validation"), of("test")];
    const learns = { task, names: data.targets, areNumbers: true };
    await requireLikeLengths(context, test, learns);
    const solved = await solveFromSums(context, { train, validation }, learns);
    const { head, ofTrain, sums: _sums, holders: _holders, ...how } = solved;
    const held = applyHead(ofTrain, validation.features);
    const { signal } = context.options;
    const joint = context.besides?.sums?.joint
      ? await fitRidge(
          {
            train: numbered(train),
            validation: numbered(validation),
            dims: context.opened.body.width,
            targets: targets.count,
          },
          { refit: true, signal },
        )
      : undefined;
    const { scoreOldNumbers } = await import("../sums/solve-and-compare.js");
    const old = scoreOldNumbers(context, test, { head, joint }, (predictions, items) => {
      const { r2, r2_ci95: ci95 } = targets.score(predictions, items as readonly TargetItem[]);
      return { score: r2, ...(ci95 && { ci95 }) };
    });
    const items = data.items.filter(({ part }) => part === "validation");
    return {
      head,
      start: targets.scaledHead(head),
      ...how,
      ...(context.besides?.sums && {
        extended: { ...(await holderFields(context, solved, test, learns)), ...(old && { old_test: old }) },
      }),
      answers: { test: applyHead(head, test.features), held },
      validation:
        items.length > 0
          ? targets.validation(targets.standardised(held), items)
          : { score: Number.NaN, loss: Number.NaN },
      seconds: { features: seconds, solving: (performance.now() - begin) / 1000 },
    };
  });

/** Returns features with their numbers. */
function numbered({ items, features }: PartFeatures): NumberedFeatures {
  const groups = groupsOfItems(items);
  return {
    features: wholeOf(features),
    values: valuesOf(items),
    count: items.length,
    ...(groups && { groups }),
  };
}

const valuesOf = (items: readonly Sample[]): Float64Array =>
  Float64Array.from((items as readonly TargetItem[]).flatMap((item) => item.values));

/** Computes features of all images, and solves a ridge regression on them. */
async function solveRidge(
  context: Context,
  trunk: Trunk,
  data: NumberData,
  targets: Targets,
): Promise<Solved<NumberPredictions>> {
  const { options, opened } = context;
  const { signal } = options;
  return withFeatures(context, trunk, context.dataset.items, async ({ of, seconds }) => {
    const begin = performance.now();
    const trials = await headTrials(context, ridgeStrengths.length);
    const [own, other] = [numbered(of("train")), numbered(of("validation"))];
    const refit = mayRefit(context);
    const ridge = await fitRidge(
      { train: own, validation: other, dims: opened.body.width, targets: targets.count },
      {
        refit,
        scaling: scalingOf(context),
        onStrength: trials.next,
        signal,
      },
    );
    await trials.end();
    const refitted = refit && other.count > 0;
    const validation = data.items.filter(({ part }) => part === "validation");
    const solving = (performance.now() - begin) / 1000;
    const probe = {
      head: ridge,
      refitted,
      start: targets.scaledHead(ridge.ofTrain),
      answers: { test: applyHead(ridge, of("test").features), held: ridge.held },
      validation: targets.validation(targets.standardised(ridge.held), validation),
      recipe: [
        message("linear-model", { model: "ridge", inputs: "features" }),
        message("ridge-alpha", { alpha: Number(ridge.strength.toPrecision(3)) }),
        ...fitSentences(ridge, refitted),
      ],
    };
    const joined = opened.base.joined && (await joinedNumbers(context, targets, of));
    const rival =
      areSounds(context.inputs) &&
      (await import("../../run/baselines/probe-rival.js")).probeRival(context, probe, solving);
    return {
      ...probe,
      ...(joined && { joined }),
      ...(rival && { rivals: [rival] }),
      seconds: { features: seconds, solving },
    };
  });
}

/** Returns the scale of features. Those of several inputs keep their proportions: one number counts as much as a picture. */
const scalingOf = ({ opened }: Context) => (opened.base.inputStage ? "common" : "each");

/** Compares joined bases with each of them alone, by ridge regressions. */
async function joinedNumbers(
  context: Context,
  targets: Targets,
  of: (part: Sample["part"]) => PartFeatures,
): Promise<JoinedFacts> {
  const { compareParts } = await import("../inputs/compare-parts.js");
  const parts = { train: of("train"), validation: of("validation"), test: of("test") };
  return compareParts(context, parts, "r2", async ({ train, validation, test }, dims, strength) => {
    const data = { train: numbered(train), validation: numbered(validation), dims, targets: targets.count };
    const { signal } = context.options;
    const share = strength === undefined ? undefined : [strength];
    const ridge = await fitRidge(data, {
      ...(share && { strengths: share }),
      scaling: scalingOf(context),
      refit: mayRefit(context),
      signal,
    });
    const held = validation.items as readonly TargetItem[];
    const scores = targets.score(applyHead(ridge, test.features), test.items as readonly TargetItem[]);
    return {
      strength: ridge.share,
      validation: held.length === 0 ? Number.NaN : targets.validationR2(ridge.held, held),
      test: scores.r2,
      ci95: scores.r2_ci95,
      shares: readScores(scores)!.shares,
    };
  });
}

async function predict(
  context: Context,
  model: Graph,
  role: Role,
  count: number,
): Promise<NumberPredictions> {
  const { machine, opened, options } = context;
  const fed = fedBy(opened, model);
  const predictOn = (split: "validation" | "test") =>
    predictWith(machine.runtime, fed, heldOf(context, split), count, options.signal);
  const test = await predictOn("test");
  return role === "own" ? { test, held: await predictOn("validation") } : { test };
}
