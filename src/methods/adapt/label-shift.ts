import type { Interval } from "../../core/events/events.js";
import { type Draws, draws, permutation } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { minimise } from "../../linalg/lbfgs.js";
import { quantile } from "../../linalg/quantile.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { studentQuantile } from "../../statistics/distributions.js";
import { membersOf } from "../../statistics/resample.js";
import { wilsonScore } from "../../statistics/wilson.js";
import { testShares } from "./test-shares.js";

/** Bias-corrected temperature scaling: p = softmax(scale · z + bias). */
export interface BiasCorrection {
  /** 1 / temperature. */
  readonly scale: number;
  /** One for each class. */
  readonly bias: Float64Array;
}

/** Variance of the normal prior on log scale and biases. It decides only where the samples do not. */
const priorVariance = 10;

/**
 * Fits one temperature and one bias for each class, so that probabilities are calibrated.
 *
 * min over u, c of  −Σ_i log softmax(e^u z_i + c)_{y_i} + (u² + Σ_k c_k²) / (2 · 10)
 *
 * @param logits float32[N, C] of samples that the weights have not seen
 * @see Alexandari, Kundaje & Shrikumar, "Maximum Likelihood with Bias-Corrected Calibration is Hard-To-Beat at Label Shift
 * Adaptation", 2020
 */
export function fitBiasCorrection(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  start: BiasCorrection = { scale: 1, bias: new Float64Array(classes) },
): BiasCorrection {
  const n = labels.length;
  const objective = (x: Float64Array, gradient: Float64Array): number => {
    const scale = Math.exp(x[0]!);
    const z = Float64Array.from(logits, (v, at) => scale * v + x[1 + (at % classes)]!);
    const p = softmaxRows(z, classes);
    let loss = 0;
    for (let k = 0; k < x.length; k++) {
      gradient[k] = x[k]! / priorVariance;
      loss += x[k]! ** 2 / (2 * priorVariance);
    }
    for (let i = 0; i < n; i++)
      for (let k = 0; k < classes; k++) {
        const at = i * classes + k;
        const isOwn = labels[i] === k;
        if (isOwn) loss -= Math.log(Math.max(p[at]!, Number.MIN_VALUE));
        const error = p[at]! - (isOwn ? 1 : 0);
        gradient[1 + k]! += error;
        gradient[0]! += error * scale * logits[at]!;
      }
    for (let k = 0; k < x.length; k++) gradient[k]! /= n;
    return loss / n;
  };
  const { x } = minimise(objective, Float64Array.of(Math.log(start.scale), ...start.bias), {
    tolerance: 1e-8,
  });
  return { scale: Math.exp(x[0]!), bias: x.slice(1) };
}

/** Returns calibrated probabilities, float64[N, C]. */
export const correctedProbabilities = (logits: Float32Array, { scale, bias }: BiasCorrection): Float64Array =>
  softmaxRows(
    Float64Array.from(logits, (v, at) => scale * v + bias[at % bias.length]!),
    bias.length,
  );

/** Converged if no share moves further. */
const smallestMove = 1e-6;
const mostSteps = 10_000;

/**
 * Estimates the shares of the classes in unlabelled data, by expectation maximisation.
 *
 * p(y | x) ∝ p_s(y | x) π_y / π_y^s,   π_y ← mean over x of p(y | x)
 *
 * @param probabilities calibrated for the source, float64[N, C]
 * @param source shares of the classes in the source; classes without samples keep a share of 0
 * @see Saerens, Latinne & Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities", 2002
 */
export function estimateShares(probabilities: Float64Array, source: Float64Array): Float64Array {
  const classes = source.length;
  const n = probabilities.length / classes;
  let shares = source;
  for (let step = 0; step < mostSteps; step++) {
    const ratio = shares.map((share, k) => (source[k]! > 0 ? share / source[k]! : 0));
    const next = new Float64Array(classes);
    for (let i = 0; i < n; i++) {
      const row = i * classes;
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += probabilities[row + k]! * ratio[k]!;
      if (sum > 0)
        for (let k = 0; k < classes; k++) next[k]! += (probabilities[row + k]! * ratio[k]!) / sum / n;
    }
    const moved = next.reduce((most, share, k) => Math.max(most, Math.abs(share - shares[k]!)), 0);
    shares = next;
    if (moved < smallestMove) break;
  }
  return shares;
}

/** Mean of the rows of float64[N, C]. */
export function meanRow(rows: Float64Array, classes: number): Float64Array {
  const mean = new Float64Array(classes);
  rows.forEach((p, at) => {
    mean[at % classes]! += (p * classes) / rows.length;
  });
  return mean;
}

/** Labelled held-out answers of the source, and answers for the unlabelled target. */
export interface AnswersOfDomains {
  /** float32[N, C] and int[N]; group of each sample, default each is its own. */
  readonly held: {
    readonly logits: Float32Array;
    readonly labels: ArrayLike<number>;
    readonly groups?: readonly string[] | undefined;
  };
  /** float32[M, C] */
  readonly target: Float32Array;
  /** Group of each target sample; default each is its own. */
  readonly targetGroups?: readonly string[] | undefined;
  readonly classes: number;
  readonly seed?: number;
}

/** Shares of the classes in source and target. */
export interface LabelShift {
  readonly correction: BiasCorrection;
  readonly old: Float64Array;
  readonly shares: Float64Array;
  /** Simultaneous 95 % bootstrap interval of each share. */
  readonly intervals: readonly Interval[];
  /** Of the test that the shares are those of the source. */
  readonly p: number;
  /** True if p is at most 0.05. */
  readonly seen: boolean;
}

const replicates = 200;

/** Draws as many groups as there are, with replacement, and returns their samples. */
const redrawn = (members: readonly (readonly number[])[], draw: Draws): number[] =>
  members.flatMap(() => members[draw.integer(members.length)]!);

/**
 * Estimates the shares of the classes in the target, with intervals.
 *
 * The bootstrap draws held-out answers within each class, and answers of the target, and fits both steps again. Groups are drawn as a
 * whole, from all classes. On the scale g = asin √π, where a share near 0 or 1 varies as much as others, the intervals are g_k ± q s_k:
 * s_k is the deviation of the replicates, q the 95 % quantile of max_k |g*_k − g_k| / s_k. So all of them hold at once.
 * Each also holds Wilson's interval, at Šidák's level, of as many samples as the predictions are worth: M · var(p_k) / (π_k (1 − π_k))
 * in the source.
 */
export function estimateLabelShift({
  held,
  target,
  targetGroups,
  classes,
  seed = 0,
}: AnswersOfDomains): LabelShift {
  const { logits, labels, groups } = held;
  const correction = fitBiasCorrection(logits, labels, classes);
  const ofSource = correctedProbabilities(logits, correction);
  const probabilities = correctedProbabilities(target, correction);
  const old = meanRow(ofSource, classes);
  const shares = estimateShares(probabilities, old);
  const strata = groups
    ? [membersOf(groups)]
    : Array.from({ length: classes }, (_, k) =>
        Array.from(labels, (label, i) => (label === k ? [i] : [])).filter(({ length }) => length > 0),
      );
  const targetMembers = membersOf(targetGroups ?? [...Array(target.length / classes).keys()]);
  const drawn = Array.from({ length: replicates }, (_, replicate) => {
    const draw = draws(seed, "label-shift", replicate);
    const again = strata.flatMap((members) => redrawn(members, draw));
    const rows = rowsAt(rowsOf(logits, classes), again);
    const fitted = fitBiasCorrection(
      rows,
      again.map((i) => labels[i]!),
      classes,
      correction,
    );
    const others = redrawn(targetMembers, draw);
    const before = meanRow(correctedProbabilities(rows, fitted), classes);
    return estimateShares(correctedProbabilities(rowsAt(rowsOf(target, classes), others), fitted), before);
  });
  const intervals = intervalsOf(shares, drawn, worthOf(ofSource, old, targetMembers.length));
  const p = testShares(ofSource, probabilities, classes, { seed, groups: [groups, targetGroups] });
  return { correction, old, shares, intervals, p, seen: p <= level };
}

/** Level of the test, and of what the intervals leave out together. */
const level = 0.05;

/** Returns simultaneous intervals of shares from their replicates. @param worth number of samples that the predictions are worth, for each class */
function intervalsOf(
  shares: Float64Array,
  drawn: readonly Float64Array[],
  worth: readonly number[],
): readonly Interval[] {
  const scaled = shares.map(angleOf);
  const replicate = drawn.map((one) => one.map(angleOf));
  // A share is estimated to the smallest move, also if all replicates are alike.
  const deviation = scaled.map((own, k) =>
    Math.max(
      smallestMove,
      Math.sqrt(replicate.reduce((sum, g) => sum + (g[k]! - own) ** 2, 0) / drawn.length),
    ),
  );
  const apart = replicate.map((g) =>
    scaled.reduce((most, own, k) => Math.max(most, Math.abs(g[k]! - own) / deviation[k]!), 0),
  );
  // Two shares are one number.
  const z = studentQuantile((1 - level) ** (1 / Math.max(1, shares.length - 1)), Number.POSITIVE_INFINITY);
  const q = Math.max(
    z,
    quantile(
      apart.sort((a, b) => a - b),
      1 - level,
    ),
  );
  // Draws of samples that all have one class are alike, however few they are: an interval holds Wilson's, too.
  return Array.from(shares, (share, k): Interval => {
    const [low, high] = wilsonScore(share, worth[k]!, z);
    return [
      Math.min(low, shareOf(scaled[k]! - q * deviation[k]!)),
      Math.max(high, shareOf(scaled[k]! + q * deviation[k]!)),
    ];
  });
}

/** asin √π: about equally uncertain for all shares. */
const angleOf = (share: number): number => Math.asin(Math.sqrt(Math.min(1, Math.max(0, share))));
const shareOf = (angle: number): number => Math.sin(Math.min(Math.PI / 2, Math.max(0, angle))) ** 2;

/**
 * Returns how many samples whose class is known say as much of each share as `n` predictions: n · var(p_k) / (π_k (1 − π_k)).
 * Certain predictions are worth n, equal ones nothing.
 */
function worthOf(probabilities: Float64Array, shares: Float64Array, n: number): readonly number[] {
  const classes = shares.length;
  const variance = new Float64Array(classes);
  probabilities.forEach((p, at) => {
    variance[at % classes]! += ((p - shares[at % classes]!) ** 2 * classes) / probabilities.length;
  });
  return Array.from(shares, (share, k) =>
    share > 0 && share < 1 ? (n * variance[k]!) / (share * (1 - share)) : n,
  );
}

/** A share of 0 would exclude a class for ever. */
const smallestShare = 1e-6;

/** scale · z + bias + log(π / π^s): changes the last layer, so that its logits are calibrated for the new shares. */
export function correctedHead(
  { weight, bias }: { readonly weight: Float32Array; readonly bias: Float32Array },
  { correction, old, shares }: Pick<LabelShift, "correction" | "old" | "shares">,
): { readonly weight: Float32Array; readonly bias: Float32Array } {
  const { scale, bias: own } = correction;
  const least = (share: number): number => Math.max(share, smallestShare);
  return {
    weight: weight.map((w) => scale * w),
    bias: bias.map((b, k) => scale * b + own[k]! + Math.log(least(shares[k]!) / least(old[k]!))),
  };
}

/**
 * Draws samples of the source, so that their classes have the shares of the target: as many as there are without drawing one twice.
 * @returns places, in random order
 */
export function drawByShares(labels: ArrayLike<number>, shares: ArrayLike<number>, seed = 0): number[] {
  const order = permutation(labels.length, seed, "by-shares");
  const places = Array.from(shares, (_, k) => order.filter((place) => labels[place] === k));
  const total = Math.min(
    ...places.map((own, k) => (shares[k]! > 0 ? own.length / shares[k]! : Number.POSITIVE_INFINITY)),
  );
  const drawn = new Set(places.flatMap((own, k) => own.slice(0, Math.round(total * shares[k]!))));
  return order.filter((place) => drawn.has(place));
}
