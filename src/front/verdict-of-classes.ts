import type { TrainResultEvent } from "../core/events.js";
import type { Context } from "./context.js";
import type { Rivals } from "./rivals.js";
import { correctOf, type Predictions } from "./scores.js";

/** Compares transfer with training from scratch by their predictions for the test split, one of each per seed. */
export async function verdictOfClasses(
  { dataset: { classes }, options, inputs }: Context,
  transfer: readonly Predictions[],
  scratch: readonly Predictions[],
  rivals: Rivals,
): Promise<NonNullable<TrainResultEvent["verdict"]>> {
  const [{ compareTrainings }, { beatsMajority }] = await Promise.all([
    import("../evidence/compare-trainings.js"),
    import("../statistics/tango.js"),
  ]);
  const right = (all: readonly Predictions[]): number[][] =>
    all.map((one) => correctOf(one, classes.length).map(Number));
  const { labels, groups } = transfer[0]!;
  const b = right(scratch);
  return compareTrainings({
    ...{ a: right(transfer), b, items: inputs ? "texts" : "pictures" },
    ...(groups && { groups }),
    ...(options.margin !== undefined && { margin: options.margin }),
    classes: classes.map((name, k) => ({ name, items: labels.filter((label) => label === k).length })),
    baselines: rivals.baselines,
    ...(rivals.validation !== undefined && { validation: rivals.validation }),
    scratch: {
      steps: rivals.scratchSteps ?? 0,
      learnt: !rivals.majority?.length || b.some((one) => beatsMajority(one, rivals.majority!)),
    },
  });
}
