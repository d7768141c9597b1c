import { blank } from "../../data/transcripts/vocabulary.js";
import { type CharacterModel, end } from "./character-ngrams.js";
import { addLogs, type FrameScores, logProbabilities } from "./greedy.js";

/** Options of {@link searchBeams}. */
export interface BeamOptions {
  /** Prefixes that are kept after each frame. Default 32. */
  readonly width?: number;
  /** Language model of the characters. Default none. */
  readonly model?: CharacterModel;
  /** Weight of its log probability, ≥ 0. Default 0.5. */
  readonly weight?: number;
  /** Added to the score for each character, so that a language model does not prefer short texts. Default 1. */
  readonly bonus?: number;
}

/** Classes of a frame below this log probability are not followed … */
const leastLogP = -10;
/** … unless they are among the best of the frame. Hannun et al. cut in the same way. */
const mostClasses = 20;
const never = Number.NEGATIVE_INFINITY;

/** A prefix of the text, and the log probability of its alignments that end in a blank, and of the others. */
interface Prefix {
  readonly classes: readonly number[];
  readonly language: number;
  readonly children: Map<number, Prefix>;
  blank: number;
  label: number;
  nextBlank: number;
  nextLabel: number;
}

/**
 * Returns the best text of a prefix beam search: the sum of the probabilities of all its alignments, not of the best one alone.
 *
 * score = ln P(text | frames) + weight · ln P(text) + bonus · length
 *
 * Equal scores are ordered by their classes, so every machine finds the same text.
 * @see Hannun et al., "First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014, algorithm 1
 */
export function searchBeams(scores: FrameScores, options: BeamOptions = {}): number[] {
  const { width = 32, model, weight = 0.5, bonus = 1 } = options;
  const { frames, classes } = scores;
  const logP = logProbabilities(scores);
  const root: Prefix = { ...fresh([], 0), blank: 0 };
  let beam: readonly Prefix[] = [root];
  for (let t = 0; t < frames; t++) {
    const frame = logP.subarray(t * classes, (t + 1) * classes);
    const reached = new Set<Prefix>();
    const add = (prefix: Prefix, kind: "nextBlank" | "nextLabel", score: number): void => {
      prefix[kind] = addLogs(prefix[kind], score);
      reached.add(prefix);
    };
    const followed = followedClasses(frame);
    for (const prefix of beam) {
      const last = prefix.classes.at(-1);
      const all = addLogs(prefix.blank, prefix.label);
      for (const c of followed) {
        const p = frame[c]!;
        if (c === blank) {
          add(prefix, "nextBlank", all + p);
          continue;
        }
        const child = childOf(prefix, c, model, weight, bonus);
        if (c === last) {
          add(prefix, "nextLabel", prefix.label + p);
          add(child, "nextLabel", prefix.blank + p);
        } else add(child, "nextLabel", all + p);
      }
    }
    for (const prefix of reached) {
      [prefix.blank, prefix.label] = [prefix.nextBlank, prefix.nextLabel];
      [prefix.nextBlank, prefix.nextLabel] = [never, never];
    }
    beam = [...reached].sort(byScore(scoreOf)).slice(0, width);
  }
  const final = (prefix: Prefix): number =>
    scoreOf(prefix) + (model ? weight * model.logP(prefix.classes, end) : 0);
  return [...([...beam].sort(byScore(final))[0]?.classes ?? [])];
}

const fresh = (classes: readonly number[], language: number): Prefix => ({
  classes,
  language,
  children: new Map<number, Prefix>(),
  blank: never,
  label: never,
  nextBlank: never,
  nextLabel: never,
});

function childOf(
  prefix: Prefix,
  c: number,
  model: CharacterModel | undefined,
  weight: number,
  bonus: number,
): Prefix {
  const known = prefix.children.get(c);
  if (known) return known;
  const language = model ? weight * model.logP(prefix.classes, c) + bonus : 0;
  const child = fresh([...prefix.classes, c], prefix.language + language);
  prefix.children.set(c, child);
  return child;
}

const scoreOf = (prefix: Prefix): number => addLogs(prefix.blank, prefix.label) + prefix.language;

const byScore =
  (score: (prefix: Prefix) => number) =>
  (a: Prefix, b: Prefix): number =>
    score(b) - score(a) || compare(a.classes, b.classes);

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function followedClasses(frame: Float64Array): number[] {
  const order = Array.from(frame.keys()).sort((a, b) => frame[b]! - frame[a]! || a - b);
  return order.filter((c, rank) => rank < mostClasses || frame[c]! > leastLogP);
}
