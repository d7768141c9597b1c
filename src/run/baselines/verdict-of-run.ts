import type { Verdict } from "../../core/events/run-outcome.js";
import { factsOf } from "../../tasks/classes/scores.js";
import type { Context } from "../context.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "../trainable-task.js";
import { effortOf } from "../training/kept-epoch.js";
import { itemsOf } from "../training/planned.js";
import type { Trained } from "../training/train-from.js";
import type { Rivals } from "./rivals.js";
import { stateOf } from "./scratch.js";
import { verdictOfScores } from "./verdict-of-scores.js";

/** Trainings of a run with and without the pretrained weights, one of each per seed. */
interface ComparedSides<Answers> {
  readonly transfer: readonly Answers[];
  readonly scratch: readonly ScratchAnswers<Answers>[];
  /** The run's own training. Missing where a head was solved. */
  readonly fitted: Trained | undefined;
}

/** Compares transfer with training from scratch by their predictions for the test split, one training of each per seed. */
export async function verdictOfRun<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { transfer, scratch, fitted }: ComparedSides<Answers>,
  { majority, baselines, validation }: Rivals,
): Promise<Verdict> {
  const { options, dataset } = context;
  const { groups, labels } = factsOf(itemsOf(context, "test"));
  const others = scratch.map(({ answers }) => task.scored(answers));
  const trainings = scratch.flatMap(({ told }) => told.training ?? []);
  const state = trainings.length > 0 ? stateOf(trainings, effortOf(fitted)) : undefined;
  const names = task.comparison?.names;
  const { beatsMajority } = await import("../../statistics/tango.js");
  return verdictOfScores(
    transfer.map((answers) => task.scored(answers)),
    others,
    {
      items: task.samples,
      ...(names ? { names } : { baselines, ...(validation !== undefined && { validation }) }),
      ...(groups && { groups }),
      ...(options.margin !== undefined && { margin: options.margin }),
      ...(task.score === "accuracy" && {
        classes: dataset.classes.map((name, k) => ({
          name,
          items: labels.filter((label) => label === k).length,
        })),
      }),
      ...(state && {
        scratch: {
          ...state,
          ...(majority?.length && { learnt: others.some(({ shares }) => beatsMajority(shares, majority)) }),
        },
      }),
    },
  );
}
