import type { ComparedMetric } from "../core/comparison.js";
import { EngraftError } from "../core/errors.js";
import type { Verdict } from "../core/events.js";
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
import { verdictWords } from "./verdict-words.js";

/** A method that needs no pretrained model, on the same test samples. */
export interface TrivialMethod {
  /** As the sentence says it: "TF-IDF with logistic regression". */
  readonly name: string;
  /** Score of each sample. */
  readonly scores: ArrayLike<number>;
}

/** How training from scratch went: what can make the comparison with it unfair. */
export interface ScratchState {
  /** Steps of the run from scratch. */
  readonly steps: number;
  /** False if it is no better than always the most frequent class. */
  readonly learnt: boolean;
  /** "budget": it was still improving when its steps or its time were up. Missing: not known. */
  readonly ended?: Verdict["scratch_ended"];
  /** What each took. */
  readonly effort?: Verdict["effort"];
}

export interface ComparedTrainings {
  /** Transfer: scores[seed][sample]. Their mean is the metric. */
  readonly a: Scores;
  /** What it is compared with, on the same samples and with the same number of seeds. */
  readonly b: Scores;
  /** Default "accuracy". */
  readonly metric?: ComparedMetric;
  /** A gain within ± this counts as none, in the unit of the metric, default 0.01. */
  readonly margin?: number;
  /** Default "transfer" and "from scratch". */
  readonly names?: { readonly a: string; readonly b: string };
  /** What the test set holds, default "items". */
  readonly items?: string;
  /** False for a task that trains with one seed only: the sentence then offers no --seeds. Default true. */
  readonly repeatable?: boolean;
  /** Group of each sample. */
  readonly groups?: readonly string[];
  readonly trivial?: readonly TrivialMethod[];
  readonly scratch?: ScratchState;
  /** The test samples of each class, so that the sentence can say where they are too few. */
  readonly classes?: readonly { readonly name: string; readonly items: number }[];
}

/** Below this many test samples of a class, the sentence says how little can be said. */
const fewOfClass = 10;

/**
 * Compares two ways of training on the same test samples, and decides by {@link decide}.
 *
 * "positive" means: better than b, and no method without a pretrained model is ahead; Holm's correction over all of them.
 * "negative": worse than b, or shown to be worse than such a method. "neutral": no difference larger than the margin.
 * Everything else is "inconclusive", always with fewer than 3 seeds, fewer than 20 samples, and where the run from scratch
 * has not learnt, or was still improving.
 *
 * @throws DataError for no samples, ShapeError when a and b do not fit, OptionError for a margin that is not 0 … 1
 * @example compareTrainings({ a: [right], b: [scratchRight] }).kind // "one training"
 */
export function compareTrainings(options: ComparedTrainings): Verdict {
  const { a, b, metric = "accuracy", margin = 0.01, groups, trivial = [], scratch, classes = [] } = options;
  const { names = { a: "transfer", b: "from scratch" }, items = "items", repeatable = true } = options;
  if (!(margin >= 0 && margin < 1))
    throw new EngraftError(
      "OptionError",
      `margin must be from 0 to below 1 (0.01 is one point), got ${margin}`,
    );
  const by = groups && { groups };
  const found = difference(a, b, by);
  const beside = trivial.map(({ name, scores }) => ({
    name,
    ...difference(
      a,
      a.map(() => scores),
      by,
    ),
  }));
  const corrected = holm([found, ...beside].map(({ p }) => p ?? 1));
  const ahead = beside
    .map((one, i) => ({ ...one, decision: decide(one, { margin: 0, p: corrected[i + 1]! }) }))
    .filter(({ gain }) => gain < 0)
    .sort((x, y) => x.gain - y.gain)[0];
  const decision = decide(found, { margin, p: found.p === null ? null : corrected[0]! });
  const worth = Math.max(0.02, 2 * margin);
  const needed = decision === "undecided" && found.squares ? planSeeds(found.squares, worth) : undefined;
  const few = fewOf(found.samples, classes);
  const kind = kindOf(found, decision, ahead, scratch);
  const facts = {
    ...{ transfer: transferOf(kind), kind, gain: found.gain, ci95: found.interval, margin, p: found.p },
    ...{ seeds: found.seeds, items: found.samples, of: found.of },
    values: { a: mean(seedMeans(a)), b: mean(seedMeans(b)) },
    ...(found.groups !== undefined && { groups: found.groups }),
    ...(found.why && { why: found.why }),
    ...(few && { few: true as const }),
    ...(needed && found.of === "trainings" && { needed: neededOf(needed) }),
    ...(ahead && { ahead: aheadOf(ahead) }),
    ...(scratch && {
      scratch_steps: scratch.steps,
      ...(scratch.ended && { scratch_ended: scratch.ended }),
      ...(scratch.effort && { effort: scratch.effort }),
    }),
  };
  return {
    ...facts,
    words: verdictWords(facts, { metric, names, items, few, interval90: found.interval90, repeatable }),
  };
}

/** The first reason that decides what is said. */
function kindOf(
  found: Difference,
  decision: Decision,
  ahead: { readonly decision: Decision } | undefined,
  scratch: ScratchState | undefined,
): NonNullable<Verdict["kind"]> {
  if (found.samples < fewestSamples || found.interval === null) return "no interval";
  if (scratch && !scratch.learnt && found.gain > 0) return "scratch not learnt";
  if (found.seeds < fewestSeeds) return "one training";
  if (ahead?.decision === "worse") return "baseline better";
  if (decision === "better" && ahead) return "baseline ahead";
  if (decision === "better" && scratch?.ended === "budget") return "scratch improving";
  return decision;
}

/** What programs read: one of four words. */
function transferOf(kind: NonNullable<Verdict["kind"]>): Verdict["transfer"] {
  if (kind === "better") return "positive";
  if (kind === "worse" || kind === "baseline better") return "negative";
  return kind === "equivalent" ? "neutral" : "inconclusive";
}

function fewOf(
  samples: number,
  classes: NonNullable<ComparedTrainings["classes"]>,
): "all" | { readonly name: string; readonly items: number } | undefined {
  if (samples < fewestSamples) return "all";
  return classes.filter(({ items }) => items < fewOfClass).sort((x, y) => x.items - y.items)[0];
}

const neededOf = ({ worth, seeds, samples }: Plan): NonNullable<Verdict["needed"]> => ({
  ...{ worth, seeds, items: samples },
});

const aheadOf = ({
  name,
  gain,
  interval,
  decision,
}: Difference & { readonly name: string; readonly decision: Decision }): NonNullable<Verdict["ahead"]> => ({
  ...{ name, gain: -gain, shown: decision === "worse" },
  ci95: interval && [-interval[1], -interval[0]],
});
