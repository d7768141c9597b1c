import type { ScoreScaling } from "../../bases/detection/detection-settings.js";
import { EngraftError } from "../../core/errors.js";
import { expectedCalibrationError, type ReliabilityBin, reliability } from "../calibration.js";
import { type DetectionPicture, matchClasses } from "./match.js";

/** Options of {@link fitScoreScaling}. */
export interface ScoreScalingOptions {
  /** Detections with a lower score are left out. Default 0.02. */
  readonly lowest?: number;
  /** A class with fewer detections gets the scaling of all classes together. Default 50. */
  readonly fewest?: number;
}

/**
 * Fits the calibration of each class of a detector (Platt scaling): a score of 0.9 then means that 90 % of such boxes are right. A box is
 * right if its class is, and its IoU with a truth that no better box has is at least 0.5.
 *
 *     p = σ(slope · ln(s / (1 − s)) + offset)
 *
 * Fit it on detections of the validation split, after suppression. The order within a class stays.
 *
 * @param pictures detections with uncalibrated scores
 * @param classes number of classes
 * @returns a scaling for each class, for `DetectionOptions.scaling`; slope 1 and offset 0 with too few detections in all
 */
export function fitScoreScaling(
  pictures: readonly DetectionPicture[],
  classes: number,
  { lowest = 0.02, fewest = 50 }: ScoreScalingOptions = {},
): ScoreScaling[] {
  const samples = scoredDetections(pictures, classes, lowest);
  const fitOf = (own: readonly ScoredDetections[]): ScoreScaling =>
    fitPlatt(
      own.flatMap(({ scores }) => scores),
      own.flatMap(({ right }) => right),
    );
  const count = samples.reduce((sum, { scores }) => sum + scores.length, 0);
  const shared = count < fewest ? { slope: 1, offset: 0 } : fitOf(samples);
  return samples.map((own) => (own.scores.length < fewest ? shared : fitOf([own])));
}

/** Scores of the detections of a class that count, and whether each is right. */
interface ScoredDetections {
  readonly scores: readonly number[];
  readonly right: readonly boolean[];
}

/** Returns the detections of each class that count: without those of crowds and difficult objects. */
function scoredDetections(
  pictures: readonly DetectionPicture[],
  classes: number,
  lowest: number,
): ScoredDetections[] {
  // Bit 0 is the IoU of 0.5.
  return matchClasses(pictures, classes).map(({ scores, hits, ignored }) => {
    const kept = [...scores.keys()].filter((i) => scores[i]! >= lowest && (ignored[i]! & 1) === 0);
    return { scores: kept.map((i) => scores[i]!), right: kept.map((i) => (hits[i]! & 1) !== 0) };
  });
}

/** How far the scores of detections are from the share of right boxes. */
export interface DetectionCalibration {
  /** Number of detections that count. */
  readonly n: number;
  /** Expected calibration error, 0 … 1; null without a detection. */
  readonly ece: number | null;
  /** Mean score and share of right boxes in bins of equal width. */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Compares the scores of detections with the share of right boxes, all classes together. A box is right if its class is, and its IoU with
 * a truth that no better box has is at least 0.5. The error does not count truths that no box found.
 *
 *     D-ECE = Σ_b (n_b / N) |share of right boxes − mean score|
 *
 * @param lowest detections with a lower score are left out. Default 0.02
 * @see Küppers et al. 2020, Multivariate confidence calibration for object detection, section 3
 */
export function detectionCalibration(
  pictures: readonly DetectionPicture[],
  classes: number,
  { lowest = 0.02, bins = 15 }: { readonly lowest?: number; readonly bins?: number } = {},
): DetectionCalibration {
  const samples = scoredDetections(pictures, classes, lowest);
  const scores = samples.flatMap((own) => own.scores);
  const right = samples.flatMap((own) => own.right);
  return {
    n: scores.length,
    ece: scores.length === 0 ? null : expectedCalibrationError(scores, right, bins),
    bins: reliability(scores, right, bins),
  };
}

/** Least slope, so that the order of the scores stays. */
export const leastSlope = 0.01;
/** Scores closer to 0 or 1 have no finite logit. */
const nearest = 1e-7;

/**
 * Fits slope and offset by the least logistic loss with targets that Platt's prior keeps from 0 and 1:
 *
 *     z = ln(s / (1 − s)),   t⁺ = (n⁺ + 1) / (n⁺ + 2),   t⁻ = 1 / (n⁻ + 2)
 *     L = Σ softplus(slope · z + offset) − t (slope · z + offset)
 *
 * The loss is convex, and Newton's steps are halved until it falls. If it falls toward a slope below {@link leastSlope}, the slope stays
 * there and the offset alone is fitted.
 *
 * @param scores uncalibrated, 0 … 1
 * @param right whether each detection is right
 * @throws ShapeError if lengths differ
 * @see Platt 1999, Probabilistic outputs for support vector machines; Lin, Lin and Weng 2007, A note on Platt's probabilistic outputs
 */
export function fitPlatt(scores: ArrayLike<number>, right: ArrayLike<boolean>): ScoreScaling {
  const n = scores.length;
  if (right.length !== n)
    throw new EngraftError("ShapeError", `${n} scores need ${n} answers, got ${right.length}`);
  let hits = 0;
  for (let i = 0; i < n; i++) if (right[i]) hits++;
  const [high, low] = [(hits + 1) / (hits + 2), 1 / (n - hits + 2)];
  const z = Float64Array.from(scores, (s) => {
    const p = Math.min(1 - nearest, Math.max(nearest, s));
    return Math.log(p / (1 - p));
  });
  const targets = Float64Array.from(right, (r) => (r ? high : low));
  const zeros = new Float64Array(n);
  const free = newton({ z, base: zeros, targets }, { slope: 1, offset: 0 });
  if (free.slope >= leastSlope) return free;
  const base = z.map((v) => leastSlope * v);
  return { ...newton({ z: zeros, base, targets }, free), slope: leastSlope };
}

/** Samples of the model u_i = base_i + slope · z_i + offset. */
interface Samples {
  readonly z: Float64Array;
  readonly base: Float64Array;
  readonly targets: Float64Array;
}

function newton(samples: Samples, start: ScoreScaling): ScoreScaling {
  const enough = 1e-12 * samples.z.length;
  let now = lossAt(samples, start);
  for (let step = 0; step < 100 && Math.max(Math.abs(now.gs), Math.abs(now.go)) > enough; step++) {
    const { at, gs, go, so } = now;
    // Equal scores leave the slope undetermined: a small ridge keeps the matrix invertible.
    const [ss, oo] = [now.ss + ridge, now.oo + ridge];
    const determinant = ss * oo - so * so;
    const [ds, dOffset] = [(oo * gs - so * go) / determinant, (ss * go - so * gs) / determinant];
    const after = (share: number) =>
      lossAt(samples, { slope: at.slope - share * ds, offset: at.offset - share * dOffset });
    let next = after(1);
    for (let share = 0.5; next.loss > now.loss && share > 1e-10; share /= 2) next = after(share);
    // Nothing is left but rounding.
    if (next.loss >= now.loss) break;
    now = next;
  }
  return now.at;
}

const ridge = 1e-9;

/** Returns the loss, its gradient (gs, go) and its second derivatives (ss, so, oo) by slope and offset. */
function lossAt({ z, base, targets }: Samples, at: ScoreScaling) {
  const { slope, offset } = at;
  let [loss, gs, go, ss, so, oo] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < z.length; i++) {
    const u = base[i]! + slope * z[i]! + offset;
    const p = 1 / (1 + Math.exp(-u));
    // softplus(u) without overflow
    loss += Math.log1p(Math.exp(-Math.abs(u))) + Math.max(u, 0) - targets[i]! * u;
    const [d, w] = [p - targets[i]!, p * (1 - p)];
    gs += d * z[i]!;
    go += d;
    ss += w * z[i]! * z[i]!;
    so += w * z[i]!;
    oo += w;
  }
  return { at, loss, gs, go, ss, so, oo };
}
