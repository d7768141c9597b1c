import type { Verdict } from "../core/events/events.js";
import { type Decision, type Difference, decide, difference, type Scores } from "../statistics/index.js";
import { mean } from "../statistics/samples.js";

/** A baseline method on the same test samples. Its predictions do not depend on the seed. */
export interface ComparedBaseline {
  /** Name in the sentence: "TF-IDF with logistic regression". */
  readonly name: string;
  /** Score of each test sample. */
  readonly scores: ArrayLike<number>;
  /** Its validation score in the same metric. Missing: unknown. */
  readonly validation?: number;
  /** Seconds of its training. */
  readonly seconds?: number;
  /** "linear probe": only the head is trained. "other": uses the pretrained model in another way. Default: needs none. */
  readonly pretrained?: "linear probe" | "other";
}

/** A baseline with its difference, transfer minus baseline. */
interface BaselineDifference extends ComparedBaseline {
  readonly found: Difference;
}

/** Differences of transfer and the baselines. */
export interface BaselineComparison {
  /** Baselines without a pretrained model. */
  readonly free: readonly BaselineDifference[];
  /** Of those: the best by validation, and each without a validation score. One family with from scratch. */
  readonly tested: readonly BaselineDifference[];
  readonly best?: Verdict["best_baseline"];
  readonly probe?: Verdict["probe"];
  /** Baselines whose scores are no finite numbers. */
  readonly leftOut: readonly string[];
}

/** Transfer, the training that it is compared with, and the baselines. */
export interface BaselineComparisonInput {
  readonly a: Scores;
  /** The training that transfer is compared with: its name, mean test score, validation score and difference. */
  readonly b: {
    readonly name: string;
    readonly value: number;
    readonly validation: number | undefined;
    readonly found: Pick<Difference, "gain" | "interval">;
  };
  readonly baselines: readonly ComparedBaseline[];
  readonly margin: number;
  readonly groups?: readonly string[];
}

/**
 * Compares transfer with each baseline on the same samples.
 *
 * The best baseline is chosen by validation, never by test. Baselines without a validation score are all tested, and
 * Holm's correction counts them.
 */
export function compareBaselines({
  a,
  b,
  baselines,
  margin,
  groups,
}: BaselineComparisonInput): BaselineComparison {
  const all = baselines.filter(hasFiniteScores).map((one): BaselineDifference => {
    const rows = a.map(() => one.scores);
    return { ...one, found: difference(a, rows, groups && { groups }) };
  });
  const free = all.filter(({ pretrained }) => pretrained === undefined);
  const first = byValidation(free)[0];
  const probe = all.find(({ pretrained }) => pretrained === "linear probe");
  const best = bestOf(b, all);
  return {
    free,
    tested: free.filter((one) => one === first || !isKnown(one.validation)),
    ...(best && { best }),
    ...(probe && { probe: probeOf(probe, margin) }),
    leftOut: baselines.filter((one) => !hasFiniteScores(one)).map(({ name }) => name),
  };
}

/**
 * Returns the baseline without a pretrained model that is better than transfer on the test samples: first one whose
 * lead is significant, else the best by validation.
 * @param corrected Holm's p of the tested baselines, in their order
 */
export function aheadOf(
  { free, tested }: BaselineComparison,
  corrected: readonly number[],
): Verdict["ahead"] | undefined {
  const decisionOf = (one: BaselineDifference): Decision => {
    const at = tested.indexOf(one);
    const { p, seeds } = one.found;
    if (at < 0 || p === null) return "undecided";
    return decide(one.found, { margin: 0, p: corrected[at]!, of: seeds === 1 ? "models" : "trainings" });
  };
  const leading = byValidation(free.filter(({ found }) => found.gain < 0)).map((one) => ({
    ...one,
    shown: decisionOf(one) === "worse",
  }));
  const one = leading.find(({ shown }) => shown) ?? leading[0];
  if (!one) return undefined;
  const { name, seconds, shown, found } = one;
  return {
    name,
    value: meanOf(one),
    gain: -found.gain,
    shown,
    ci95: found.interval && [-found.interval[1], -found.interval[0]],
    ...(seconds !== undefined && { seconds }),
  };
}

/** Returns the highest validation score of all; undefined if one is unknown. */
function bestOf(
  b: BaselineComparisonInput["b"],
  all: readonly BaselineDifference[],
): Verdict["best_baseline"] {
  if (all.length === 0) return undefined;
  const rows = [
    { name: b.name, validation: b.validation, value: b.value, found: b.found, needs_base: false },
    ...all.map((one) => ({
      name: one.name,
      validation: one.validation,
      value: meanOf(one),
      found: one.found,
      needs_base: one.pretrained !== undefined,
    })),
  ];
  if (!rows.every(({ validation }) => isKnown(validation))) return undefined;
  const { name, value, validation, needs_base, found } = byValidation(rows)[0]!;
  return { name, value, validation: validation!, needs_base, gain: found.gain, ci95: found.interval };
}

function probeOf(one: BaselineDifference, margin: number): NonNullable<Verdict["probe"]> {
  const { found } = one;
  const finding = decide(found, { margin, of: found.seeds === 1 ? "models" : "trainings" });
  const { gain, interval, interval90 } = found;
  return { value: meanOf(one), gain, ci95: interval, ci90: interval90, finding };
}

/** Highest validation score first; those without one last, in the order given. */
function byValidation<T extends { readonly validation?: number | undefined }>(all: readonly T[]): T[] {
  const of = ({ validation }: T): number => (isKnown(validation) ? validation : Number.NEGATIVE_INFINITY);
  return [...all].sort((x, y) => (of(x) === of(y) ? 0 : of(y) - of(x)));
}

const isKnown = (score: number | undefined): score is number => score !== undefined && Number.isFinite(score);
const meanOf = ({ scores }: ComparedBaseline): number => mean(Array.from(scores));
const hasFiniteScores = ({ scores }: ComparedBaseline): boolean =>
  Array.prototype.every.call(scores, (score) => Number.isFinite(score));
