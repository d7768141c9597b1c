import { EngraftError } from "../core/errors.js";
import type { Verdict, VerdictSubject } from "../core/events/run-outcome.js";
import type { ScoreName } from "../core/results/metric.js";
import {
  type Decision,
  type Difference,
  decide,
  difference,
  fewestSamples,
  fewestSeeds,
  holm,
  type Plan,
  planSeeds,
  type Scores,
} from "../statistics/index.js";
import { mean, seedMeans } from "../statistics/samples.js";
import { aheadOf, type ComparedBaseline, compareBaselines } from "./compare-baselines.js";
import { sentencesOf } from "./verdict-sentences.js";
import { sidesOf, verdictWords } from "./verdict-words.js";

export type { ComparedBaseline } from "./compare-baselines.js";

/** How training from scratch ended: reasons why a comparison with it may be unfair. */
export interface ScratchState {
  /** Steps of the run from scratch. */
  readonly steps: number;
  /** False if it is no better than always predicting the most frequent class. */
  readonly learnt: boolean;
  /** "budget": it was still improving when its steps or time ended. Missing: unknown. */
  readonly ended?: Verdict["scratch_ended"];
  /** Steps and seconds of each training. */
  readonly effort?: Verdict["effort"];
}

export interface ComparedTrainings {
  /** Transfer: scores[seed][sample]. Their mean is the metric. */
  readonly a: Scores;
  /** The training that it is compared with, on the same samples and with the same number of seeds. */
  readonly b: Scores;
  /** Default "accuracy". */
  readonly metric?: ScoreName;
  /** Test samples that count in the metric: for F1 those with a true or predicted label. Default: all. */
  readonly counted?: number;
  /** A gain within ± this counts as none, in the unit of the metric, default 0.01. */
  readonly margin?: number;
  /** What is judged. Default "transfer": b is the same training from scratch. */
  readonly subject?: VerdictSubject;
  /** Name of b if a is a model without pretrained weights. */
  readonly against?: string;
  /** Plural noun for the test samples, default "items". */
  readonly items?: string;
  /**
   * False for a task that trains with one seed only: the sentence then does not offer --seeds. "same": neither side depends on the seed, so
   * one training of each decides. Default true.
   */
  readonly repeatable?: boolean | "same";
  /** Group of each sample. */
  readonly groups?: readonly string[];
  /** Other methods for the same task: trivial methods, the linear probe. */
  readonly baselines?: readonly ComparedBaseline[];
  /** Validation score of b in the same metric: with those of the baselines it shows which one is best. */
  readonly validation?: number;
  readonly scratch?: ScratchState;
  /** True if a is a pretrained model, and nothing was trained from scratch: then it is not known whether transfer helped. Default false. */
  readonly withoutScratch?: boolean;
  /** True for each side whose trainings all kept their start, since no epoch improved on it. */
  readonly keptStart?: { readonly a: boolean; readonly b: boolean };
  /** False if neither side is better than always predicting the most frequent class. Default true. */
  readonly learnt?: boolean;
  /** The test samples of each class, so that the sentence can say if there are too few. */
  readonly classes?: readonly { readonly name: string; readonly items: number }[];
}

/** Fewest test samples of a class; below, the sentence warns. */
const fewOfClass = 10;

/**
 * Compares two training methods on the same test samples, and decides by {@link decide}.
 *
 * "positive": better than b, and no baseline without a pretrained model is ahead. Holm's correction is over b and the
 * best of those baselines by validation. "negative": worse than b, or significantly worse than that baseline. "neutral":
 * no difference larger than the margin. Everything else is "inconclusive": always with fewer than 3 seeds or 20
 * samples, and if the run from scratch has not learnt, or was still improving.
 *
 * @throws DataError for no samples, ShapeError if a and b do not fit, NumericError for a non-finite score, OptionError
 * for a margin that is not 0 … 1
 * @example compareTrainings({ a: [right], b: [scratchRight] }).kind // "one training"
 */
export function compareTrainings(options: ComparedTrainings): Verdict {
  const { a, b, metric = "accuracy", margin = 0.01, groups, baselines = [], scratch, classes = [] } = options;
  const { subject = "transfer", against, items = "items", repeatable = true, keptStart } = options;
  const { withoutScratch = false } = options;
  const names = sidesOf({ subject, against });
  if (!(margin >= 0 && margin < 1))
    throw new EngraftError(
      "OptionError",
      `margin must be from 0 to below 1 (0.01 is one point), got ${margin}`,
    );
  checkFinite(a, names.a);
  checkFinite(b, names.b);
  const whole: Found = isUndefined(metric, a, b)
    ? undefinedMetric(a, b)
    : difference(a, b, groups && { groups });
  const found: Found = {
    ...whole,
    samples: Math.min(whole.samples, options.counted ?? whole.samples),
    ...(whole.why === "identical" && keptStart?.a && keptStart.b && { why: "untrained" }),
  };
  const values = { a: mean(seedMeans(a)), b: mean(seedMeans(b)) };
  const compared = compareBaselines({
    a,
    margin,
    baselines: found.why === "undefined" ? [] : baselines,
    b: { name: names.b, value: values.b, validation: options.validation, found },
    groups,
  });
  const corrected = holm([found.p ?? 1, ...compared.tested.map((one) => one.found.p ?? 1)]);
  const ahead = aheadOf(compared, corrected.slice(1));
  const of = repeatable === "same" && a.length === 1 ? "models" : "trainings";
  const decision = decide(found, { margin, p: found.p === null ? null : corrected[0]!, of });
  const worth = Math.max(0.02, 2 * margin);
  const needed = decision === "undecided" && found.squares ? planSeeds(found.squares, worth) : undefined;
  const few = classes.filter(({ items: n }) => n < fewOfClass).sort((x, y) => x.items - y.items)[0];
  const kind = kindOf(found, decision, ahead, options);
  const facts = {
    transfer: transferOf(kind, {
      isKnown: found.seeds >= fewestSeeds || repeatable === "same",
      withoutScratch,
    }),
    kind,
    gain: found.gain,
    ci95: found.interval,
    margin,
    ci90: found.interval90,
    subject,
    metric,
    samples: items,
    p: found.p,
    seeds: found.seeds,
    items: found.samples,
    of: found.of,
    values,
    ...(found.groups !== undefined && { groups: found.groups }),
    ...(against !== undefined && { against }),
    ...(found.why && { why: found.why }),
    ...(few && { few }),
    ...(keptStart &&
      keptStart.a !== keptStart.b && { kept_start: keptStart.a ? ("a" as const) : ("b" as const) }),
    ...(needed && found.of === "trainings" && { needed: neededOf(needed) }),
    ...(ahead && { ahead }),
    ...(compared.best && { best_baseline: compared.best }),
    ...(compared.probe && { probe: compared.probe }),
    ...(compared.leftOut.length > 0 && { left_out: compared.leftOut }),
    ...(withoutScratch && { without_scratch: true as const }),
    ...(scratch && {
      scratch_steps: scratch.steps,
      ...(scratch.ended && { scratch_ended: scratch.ended }),
      ...(scratch.effort && { effort: scratch.effort }),
    }),
    ...(scratch && !scratch.learnt && { scratch_learnt: false as const }),
  };
  const decided = { ...facts, ...sentencesOf(facts, repeatable) };
  return { ...decided, words: verdictWords(decided) };
}

/** @throws NumericError naming the sample */
function checkFinite(scores: Scores, name: string): void {
  for (const [seed, row] of scores.entries()) {
    const sample = Array.prototype.findIndex.call(row, (score) => !Number.isFinite(score));
    if (sample < 0) continue;
    throw new EngraftError(
      "NumericError",
      `the score of ${name} on test sample ${sample + 1} is ${row[sample]}, which is no finite number`,
      {
        at: `training ${seed + 1}`,
        help: "the training has diverged: use a smaller learning rate (--lr)",
        details: { seed, sample },
      },
    );
  }
}

/** True if all test values are equal: then R² is 0 or 1 by convention, the same for every sample. */
function isUndefined(metric: ScoreName, ...all: readonly Scores[]): boolean {
  const isConstant = (row: ArrayLike<number>): boolean =>
    Array.prototype.every.call(row, (score) => score === row[0]);
  return metric === "r2" && all.every((scores) => scores.every((row) => row.length > 1 && isConstant(row)));
}

/** A difference without an interval, with the reason of the metric. */
type Found = Omit<Difference, "why"> & { readonly why?: NonNullable<Verdict["why"]> };

function undefinedMetric(a: Scores, b: Scores): Found {
  return {
    gain: mean(seedMeans(a)) - mean(seedMeans(b)),
    interval: null,
    interval90: null,
    level: 0.95,
    p: null,
    seeds: a.length,
    samples: a[0]!.length,
    of: a.length > 1 ? "trainings" : "models",
    why: "undefined",
  };
}

/** Returns the first reason that determines the verdict. */
function kindOf(
  found: Found,
  decision: Decision,
  ahead: Verdict["ahead"],
  { scratch, learnt, repeatable }: Pick<ComparedTrainings, "scratch" | "learnt" | "repeatable">,
): Verdict["kind"] {
  if (found.samples < fewestSamples || found.why === "untrained") return "no interval";
  if (ahead?.shown) return "baseline better";
  if (learnt === false) return "neither learnt";
  if (found.interval === null) return "no interval";
  if (scratch && !scratch.learnt && found.gain > 0) return "scratch not learnt";
  if (found.seeds < fewestSeeds && repeatable !== "same") return "one training";
  if (decision === "better" && ahead) return "baseline ahead";
  if (decision === "better" && scratch?.ended === "budget") return "scratch improving";
  return decision;
}

/** Returns the verdict for programs: one of four words. @param isKnown true if other trainings would say the same */
function transferOf(
  kind: Verdict["kind"],
  { isKnown, withoutScratch }: { readonly isKnown: boolean; readonly withoutScratch: boolean },
): Verdict["transfer"] {
  if (kind === "better") return withoutScratch ? "inconclusive" : "positive";
  if (kind === "worse") return "negative";
  // With fewer trainings only this model is worse, not the training method.
  if (kind === "baseline better") return isKnown ? "negative" : "inconclusive";
  return kind === "equivalent" ? "neutral" : "inconclusive";
}

const neededOf = ({ worth, seeds, samples }: Plan): NonNullable<Verdict["needed"]> => ({
  worth,
  seeds,
  items: samples,
});
