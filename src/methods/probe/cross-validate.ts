import { type Rows, rowsAt, rowsOf, wholeOf } from "../../core/results/rows.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { spanOf } from "../../linalg/span.js";
import { type Fold, isSmall, stratifiedFolds } from "./folds.js";
import { fitProbeInTurns, type Probe } from "./probe.js";

/** Samples as a linear probe takes them. */
export interface ProbeSamples {
  /** float32[N, D] */
  readonly rows: Rows;
  /** int32[N] */
  readonly labels: Int32Array;
  /** Group of each sample. Missing: each is its own. */
  readonly groups?: readonly string[] | undefined;
  /** C */
  readonly classes: number;
}

/** Returns some of the samples. */
function samplesAt({ rows, labels, groups }: ProbeSamples, places: readonly number[]) {
  return {
    features: rowsOf(rowsAt(rows, places), rows.width),
    labels: Int32Array.from(places, (i) => labels[i]!),
    ...(groups && { groups: places.map((i) => groups[i]!) }),
  };
}

/**
 * Fits a linear probe on some of the samples. With many samples, a fifth of them chooses its strength before a fit on all. With few
 * samples, cross-validation chooses it, as in a run whose validation split is small.
 */
export function solveProbe(
  samples: ProbeSamples,
  places: readonly number[],
  signal?: AbortSignal,
): Promise<Probe> {
  const own = samplesAt(samples, places);
  const [fold] = stratifiedFolds(own.labels, own.groups);
  const isLarge = fold !== undefined && !isSmall(fold.held.length);
  const [learned, held] = isLarge ? [fold.train, fold.held] : [[...places.keys()], []];
  const part = (of: readonly number[]) =>
    samplesAt(
      samples,
      of.map((i) => places[i]!),
    );
  const data = { train: part(learned), validation: part(held), dims: samples.rows.width };
  return fitProbeInTurns({ ...data, classes: samples.classes }, { refit: true, ...(signal && { signal }) });
}

/**
 * Returns the samples in an orthonormal basis of their span, if it has fewer dimensions than the features. Lengths and angles are the same,
 * and so are the predictions of a probe. It learns several times faster.
 */
function inSpan(samples: ProbeSamples): ProbeSamples {
  const { count, width } = samples.rows;
  if (count >= width) return samples;
  const { coordinates, rank } = spanOf(wholeOf(samples.rows), count, width);
  return { ...samples, rows: rowsOf(Float32Array.from(coordinates), rank) };
}

/**
 * Predicts each sample by a probe that was fitted without the sample and without its group. Folds also keep the sample from choosing
 * the probe's strength.
 *
 * @returns float32[N, C]: logits
 */
export async function crossValidate(
  given: ProbeSamples,
  folds: readonly Fold[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const samples = inSpan(given);
  const { rows, labels, classes } = samples;
  const logits = new Float32Array(labels.length * classes);
  for (const { train, held } of folds) {
    const head = await solveProbe(samples, train, signal);
    const own = applyHead(head, rowsOf(rowsAt(rows, held), rows.width));
    held.forEach((i, k) => {
      logits.set(own.subarray(k * classes, (k + 1) * classes), i * classes);
    });
  }
  return logits;
}
