import type { Verdict } from "../../core/events/run-outcome.js";
import { baselineNames } from "../../core/results/baseline-names.js";
import { scoreOrWorst } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { groupsOfItems } from "../../data/split/groups.js";
import type { ComparedBaseline, ComparedTrainings } from "../../evidence/compare-trainings.js";
import type { Context } from "../context.js";
import { usesPretrained } from "../setup.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "../trainable-task.js";
import { effortOf } from "../training/epoch-fields.js";
import { itemsOf } from "../training/planned.js";
import type { Trained } from "../training/train-from.js";
import { noClass } from "../training/train-source.js";
import type { Rivals } from "./rivals.js";
import { stateOf } from "./scratch.js";

/** Trainings of a run with and without pretrained weights, one of each per seed. */
interface ComparedSides<Answers> {
  readonly transfer: readonly Answers[];
  readonly scratch: readonly ScratchAnswers<Answers>[];
  /** The run's own training. Missing if only a head was solved. */
  readonly fitted: Trained | undefined;
}

/**
 * Compares transfer with training from scratch on the test split, one training of each per seed. If nothing is
 * pretrained, or nothing was trained from scratch, compares the model with the best baseline by validation.
 * @returns undefined if there is nothing to compare it with
 */
export async function verdictOfRun<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { transfer, scratch, fitted }: ComparedSides<Answers>,
  { majority, baselines, validation }: Rivals,
): Promise<Verdict | undefined> {
  const { options, dataset, training } = context;
  const test = itemsOf(context, "test");
  const groups = groupsOfItems(test);
  const labels = test.map(training.head.classOf ?? noClass);
  const own = transfer.map((answers) => task.scored(answers));
  const common = {
    items: task.samples,
    groups,
    margin: options.margin,
    ...(task.score === "accuracy" && {
      classes: dataset.classes.map((name, k) => ({
        name,
        items: labels.filter((label) => label === k).length,
      })),
    }),
  };
  if (scratch.length === 0)
    return verdictOnModel(own, baselines, fitted !== undefined, {
      ...common,
      isPretrained: usesPretrained(context),
    });
  const others = scratch.map(({ answers }) => task.scored(answers));
  const trainings = scratch.flatMap(({ report }) => report.training ?? []);
  const state = trainings.length > 0 ? stateOf(trainings, effortOf(fitted)) : undefined;
  const subject = task.comparison?.subject;
  const keptStart = { a: fitted?.bestEpoch === 0, b: scratch.every((one) => one.keptStart === true) };
  const { beatsMajority } = await import("../../statistics/tango.js");
  const hasLearnt = (scored: readonly Scored[]): boolean =>
    scored.some(({ shares }) => beatsMajority(shares, majority!));
  return verdictOfScores(own, others, {
    ...common,
    ...(subject
      ? {
          subject,
          // How the run's own trainings with other seeds ended is not known.
          ...((own.length === 1 || keptStart.a === keptStart.b) && { keptStart }),
          ...(task.score === "accuracy" && majority?.length && { learnt: hasLearnt([...own, ...others]) }),
        }
      : { baselines, ...(validation !== undefined && { validation }) }),
    ...(state && {
      scratch: {
        ...state,
        // Right or wrong for each sample: other scores of the majority say nothing about it.
        ...(task.score === "accuracy" && majority?.length && { learnt: hasLearnt(others) }),
      },
    }),
  });
}

/** Names of baselines that a training with another seed changes. */
const ofSeed: ReadonlySet<string> = new Set([baselineNames.network, baselineNames.target_alone]);

/**
 * Compares a model with the best baseline by validation; a pretrained one with the best that is not. The other baselines are its rivals.
 * @param isTrained false for trees and solved models, which no seed changes
 */
async function verdictOnModel(
  own: readonly Scored[],
  baselines: readonly ComparedBaseline[],
  isTrained: boolean,
  {
    isPretrained,
    ...more
  }: Omit<ComparedTrainings, "a" | "b" | "metric" | "counted"> & { readonly isPretrained: boolean },
): Promise<Verdict | undefined> {
  const valued = ({ validation = Number.NaN }: ComparedBaseline): number => scoreOrWorst(validation);
  const [first, ...others] = isPretrained
    ? baselines.filter(({ pretrained }) => pretrained === undefined)
    : baselines;
  if (first === undefined) return undefined;
  const best = others.reduce((a, b) => (valued(b) > valued(a) ? b : a), first);
  const { metric, n, value } = own[0]!;
  const other = { metric, n, value, shares: Float64Array.from(best.scores) };
  return verdictOfScores(
    own,
    own.map(() => other),
    {
      ...more,
      repeatable: isTrained || (ofSeed.has(best.name) ? false : "same"),
      subject: "model",
      against: best.name,
      ...(isPretrained && { withoutScratch: true }),
      // A baseline between the model and the best one would only distract from that one.
      baselines: baselines.filter(
        (one) => one !== best && !(mean(one.scores) > value && mean(one.scores) < mean(best.scores)),
      ),
      validation: best.validation,
    },
  );
}

const mean = (scores: ArrayLike<number>): number =>
  Array.from(scores).reduce((sum, score) => sum + score, 0) / scores.length;

/** Compares two training methods by their scores on the test samples, one row per seed. */
async function verdictOfScores(
  transfer: readonly Scored[],
  scratch: readonly Scored[],
  more: Omit<ComparedTrainings, "a" | "b" | "metric" | "counted">,
): Promise<Verdict> {
  const { compareTrainings } = await import("../../evidence/compare-trainings.js");
  return compareTrainings({
    a: transfer.map(({ shares }) => shares),
    b: scratch.map(({ shares }) => shares),
    metric: transfer[0]!.metric,
    counted: Math.max(...[...transfer, ...scratch].map(({ n }) => n)),
    ...more,
  });
}
