import type { Verdict } from "../../core/beside-events.js";
import type { Context } from "../context.js";
import { itemsOf } from "../planned.js";
import type { Rivals } from "../rivals.js";
import { factsOf } from "../scores.js";
import { verdictOfScores } from "../verdict-of-scores.js";
import type { RunResult, Solved, TrainableTask } from "./trainable-task.js";

/** Compares transfer with training from scratch by their predictions for the test split, one training of each per seed. */
export async function verdictOfRun<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { transfer, scratch }: Readonly<Record<"transfer" | "scratch", readonly Answers[]>>,
  { majority, scratchSteps, baselines, validation }: Rivals,
): Promise<Verdict> {
  const { options, dataset } = context;
  const { groups, labels } = factsOf(itemsOf(context, "test"));
  const others = scratch.map((answers) => task.scored(answers));
  const { beatsMajority } = await import("../../statistics/tango.js");
  return verdictOfScores(
    transfer.map((answers) => task.scored(answers)),
    others,
    {
      ...{ items: task.samples, baselines },
      ...(validation !== undefined && { validation }),
      ...(groups && { groups }),
      ...(options.margin !== undefined && { margin: options.margin }),
      ...(task.score === "accuracy" && {
        classes: dataset.classes.map((name, k) => ({
          name,
          items: labels.filter((label) => label === k).length,
        })),
        scratch: {
          steps: scratchSteps ?? 0,
          learnt: !majority?.length || others.some(({ shares }) => beatsMajority(shares, majority)),
        },
      }),
    },
  );
}
