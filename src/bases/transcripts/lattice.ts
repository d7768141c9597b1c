import { addLogs, type FrameScores, logProbabilities } from "./greedy.js";

/** Frames of one character on the best alignment, both inclusive. */
export interface CharacterFrames {
  readonly first: number;
  readonly last: number;
}

const never = Number.NEGATIVE_INFINITY;

/** Class of each state: a blank, then each label and a blank. */
function statesOf(target: readonly number[]): number[] {
  const states = [0];
  for (const label of target) states.push(label, 0);
  return states;
}

/** True if state s may follow state s − 2: a label other than the one before. */
const maySkip = (states: readonly number[], s: number): boolean =>
  s >= 2 && states[s] !== 0 && states[s] !== states[s - 2];

/** Returns −ln P(target | frames), in float64; Infinity if the frames cannot hold the target. See `ctcLoss`. */
export function negativeLogLikelihood(scores: FrameScores, target: readonly number[]): number {
  const logP = logProbabilities(scores);
  const states = statesOf(target);
  let alpha = states.map((_, s) => (s === 0 ? 0 : never));
  for (let t = 0; t < scores.frames; t++) {
    const before = alpha;
    alpha = states.map((c, s) => {
      let sum = before[s]!;
      if (s > 0) sum = addLogs(sum, before[s - 1]!);
      if (maySkip(states, s)) sum = addLogs(sum, before[s - 2]!);
      return sum + logP[t * scores.classes + c]!;
    });
  }
  return -addLogs(alpha.at(-1)!, alpha.at(-2) ?? never);
}

/**
 * Returns the frames of each character on the most probable alignment of a target (Viterbi), or undefined if the frames cannot
 * hold it. Of equal alignments, the one that stays longest in a state wins.
 */
export function alignTarget(
  scores: FrameScores,
  target: readonly number[],
): readonly CharacterFrames[] | undefined {
  const { frames, classes } = scores;
  const logP = logProbabilities(scores);
  const states = statesOf(target);
  const steps: Uint8Array[] = [];
  let best = states.map((_, s) => (s === 0 ? 0 : never));
  for (let t = 0; t < frames; t++) {
    const step = new Uint8Array(states.length);
    const before = best;
    best = states.map((c, s) => {
      let most = before[s]!;
      for (const by of [1, 2]) {
        const allowed = by === 1 ? s > 0 : maySkip(states, s);
        if (!allowed || !(before[s - by]! > most)) continue;
        most = before[s - by]!;
        step[s] = by;
      }
      return most + logP[t * classes + c]!;
    });
    steps.push(step);
  }
  const last = states.length - 1;
  let s = last > 0 && best[last - 1]! > best[last]! ? last - 1 : last;
  if (best[s] === never) return undefined;
  const found: { first: number; last: number }[] = target.map(() => ({ first: 0, last: -1 }));
  for (let t = frames - 1; t >= 0; t--) {
    if (s % 2 === 1) {
      const character = found[(s - 1) / 2]!;
      character.first = t;
      if (character.last < 0) character.last = t;
    }
    s -= steps[t]![s]!;
  }
  return found;
}
