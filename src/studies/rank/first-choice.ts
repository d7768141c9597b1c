// What a ranking says of its first bases: whether their probes are better than guessing, and differ by more than chance.
import type { Interval } from "../../core/events/events.js";
import { wordsInRun } from "../../core/messages/metric-en.js";
import { baselineNames } from "../../core/results/baseline-names.js";
import type { ShownScore } from "../../core/results/shown-score.js";
import { type BaseClassification, defaultTask } from "../../core/results/task.js";
import { estimateOf, groupFacts } from "../../evaluate/share-interval.js";
import { shownScore } from "../../evaluate/shown-score.js";
import { difference } from "../../statistics/index.js";
import { unitOfClasses } from "../../tasks/inputs/open-class-data.js";
import { type HeldOutProbe, shareRight } from "../../transferability/probe-accuracy.js";

/** The probe of the first base against that of the second, on the same samples that neither had seen. */
export interface FirstTwo {
  /** Accuracy of the first minus that of the second. null: groups leave nothing to score. */
  readonly gain: number | null;
  /** 95 % confidence interval, over other samples and folds. null: none, as with fewer than 10 groups. */
  readonly ci95: Interval | null;
  /** True: the first is better beyond the interval. */
  readonly told_apart: boolean;
}

/** Returns what shows the cross-validated accuracy of a probe beside that of guessing. Samples of one group count as one. */
export function shownProbe(labels: Int32Array, classes: number, groups: readonly string[] | undefined) {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  const common = { n: labels.length, per_class: counts.map((n) => ({ n })) };
  return (held: HeldOutProbe | undefined): ShownScore => {
    if (!held) {
      const none = shownScore({ ...common, metric: { name: "accuracy", value: Number.NaN, ci95: null } });
      return { ...none, value: null };
    }
    const found = estimateOf("accuracy", held.right, groups, held.folds);
    const metric = { name: "accuracy", value: shareRight(held), ci95: found.interval } as const;
    return shownScore({ ...common, ...groupFacts(found, groups), metric });
  };
}

/** Compares the probes of two bases, which were trained and tested on the same folds. */
export function compareFirstTwo(
  first: HeldOutProbe | undefined,
  second: HeldOutProbe | undefined,
  groups: readonly string[] | undefined,
): FirstTwo {
  if (!first || !second) return { gain: null, ci95: null, told_apart: false };
  const { folds } = first;
  const { gain, interval } = difference([first.right], [second.right], { groups, folds });
  return { gain, ci95: interval, told_apart: interval !== null && interval[0] > 0 };
}

/** What the advice reads of a ranked base. */
interface Ranked {
  readonly name: string;
  readonly mean_rank: number;
  readonly shown: ShownScore;
  readonly scores: { readonly probe: { readonly value: number | null } };
}

/** Returns the advice for a ranking. Its check on six datasets is in docs/results.md, "Ranking checked". */
export function firstChoice(
  bases: readonly Ranked[],
  two: FirstTwo | undefined,
  task: BaseClassification,
): string | undefined {
  const unit = unitOfClasses(task);
  const [first, second] = bases as readonly [Ranked, Ranked?];
  const { guessing } = first.shown;
  if (guessing && bases.every(({ shown }) => shown.better_than_guessing !== true))
    return `No base is clearly better than guessing (${baselineNames[guessing.name]}), so these ${unit} show nothing that was learnt. Check the labels, or label more.`;
  if (!second || !two) return undefined;
  if (first.mean_rank === second.mean_rank && first.scores.probe.value === second.scores.probe.value)
    return `${first.name} and ${second.name} have equal scores: train both.`;
  const { signed, unit: points } = wordsInRun("accuracy");
  const range = two.ci95
    ? `${signed(two.gain!)}${points} by the probe, 95 % confidence interval ${two.ci95.map(signed).join(" to ")}`
    : `too few groups for an interval`;
  if (!two.told_apart) return `${first.name} is not told apart from ${second.name} (${range}): train both.`;
  const checked =
    task === defaultTask
      ? "Six sets of pictures were too few to tell this order from others"
      : `The order was not checked on ${unit}`;
  return `First choice: ${first.name}, ahead of ${second.name} (${range}). ${checked}: train the first two.`;
}
