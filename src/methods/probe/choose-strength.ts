import { stopIf } from "../../core/errors.js";
import { lossOrWorst } from "../../core/results/metric.js";

/** Samples that a model predicts without having been fitted on them. */
export interface HeldOut {
  /** Places of the samples among those of both splits, training samples first. */
  readonly places: readonly number[];
  /** Predictions of the model of the other samples, float[places, outputs]. */
  predict(strength: number): ArrayLike<number>;
}

export interface ChoiceOptions {
  /** Numbers that are predicted for a sample. */
  readonly outputs: number;
  /** Mean loss of predictions of the samples at `places`. */
  readonly lossOf: (predictions: ArrayLike<number>, places: readonly number[]) => number;
  /** Number of consecutive strengths without improvement after which the rest is skipped; default none. */
  readonly patience?: number | undefined;
  /** Called after each strength. If it returns true, no other one is tried. */
  readonly onStrength?: (() => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A chosen strength. */
export interface ChosenStrength {
  readonly strength: number;
  /** Mean loss of all held-out samples. */
  readonly loss: number;
  /** Predictions of the samples from place `from` on, float32[samples, outputs]. Each must be held out once. */
  heldFrom(from: number): Float32Array;
}

/**
 * Chooses the strength with the lowest loss of held-out samples: the validation split, or each fold of a cross-validation.
 * Yields to other work after each strength.
 *
 * @returns undefined if nothing is held out
 * @throws Interrupted if the signal is aborted
 */
export async function chooseStrength(
  strengths: readonly number[],
  parts: readonly HeldOut[],
  { outputs, lossOf, patience = strengths.length, onStrength, signal }: ChoiceOptions,
): Promise<ChosenStrength | undefined> {
  const samples = parts.reduce((n, { places }) => n + places.length, 0);
  if (samples === 0) return undefined;
  let best: (Pick<ChosenStrength, "strength" | "loss"> & { predicted: ArrayLike<number>[] }) | undefined;
  let worse = 0;
  for (const strength of strengths) {
    const predicted = parts.map((part) => part.predict(strength));
    const loss =
      parts.reduce((sum, { places }, f) => sum + lossOf(predicted[f]!, places) * places.length, 0) / samples;
    if (best === undefined || lossOrWorst(loss) < lossOrWorst(best.loss))
      [best, worse] = [{ strength, loss, predicted }, 0];
    else worse++;
    const isEnough = onStrength?.() === true;
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
    if (isEnough || worse >= patience) break;
  }
  if (best === undefined) return undefined;
  const { predicted, ...chosen } = best;
  const heldFrom = (from: number): Float32Array => {
    const all = parts.flatMap(({ places }, f) => places.map((place, k) => ({ place, f, k })));
    const wanted = all.filter(({ place }) => place >= from);
    const held = new Float32Array(wanted.length * outputs);
    for (const { place, f, k } of wanted)
      for (let o = 0; o < outputs; o++) held[(place - from) * outputs + o] = predicted[f]![k * outputs + o]!;
    return held;
  };
  return { ...chosen, heldFrom };
}
