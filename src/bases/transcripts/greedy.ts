import { blank } from "../../data/transcripts/vocabulary.js";

/** Logits or log probabilities of a recording: float32[frames, classes]. */
export interface FrameScores {
  readonly frames: number;
  readonly classes: number;
  readonly data: Float32Array;
}

/**
 * Returns the classes of greedy decoding: the best class of each frame, repeats merged, blanks dropped. Of equal scores the
 * lowest class wins. The pipeline of Transformers.js serves the same.
 */
export function decodeGreedily({ frames, classes, data }: FrameScores): number[] {
  const found: number[] = [];
  let before = blank;
  for (let t = 0; t < frames; t++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (data[t * classes + c]! > data[t * classes + best]!) best = c;
    if (best !== before && best !== blank) found.push(best);
    before = best;
  }
  return found;
}

/** Returns the log softmax of each frame, float64[frames, classes]. */
export function logProbabilities({ frames, classes, data }: FrameScores): Float64Array {
  const logP = new Float64Array(frames * classes);
  for (let t = 0; t < frames; t++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) most = Math.max(most, data[t * classes + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(data[t * classes + c]! - most);
    const total = most + Math.log(sum);
    for (let c = 0; c < classes; c++) logP[t * classes + c] = data[t * classes + c]! - total;
  }
  return logP;
}

/** ln(eᵃ + eᵇ). */
export function addLogs(a: number, b: number): number {
  const most = Math.max(a, b);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log1p(Math.exp(Math.min(a, b) - most));
}
