import { EngraftError } from "../core/errors.js";
import type { ExplainMethod, HeatMap, WordWeight } from "../core/insights.js";
import { argmax, logProbability, softmax } from "../linalg/softmax.js";

export interface ExplainOptions {
  /** Default: Grad-CAM for a model of pictures that has a last feature map, else occlusion. */
  readonly method?: ExplainMethod;
  /** The class to explain. Default: the one that is answered. */
  readonly class?: string;
  /** Of LIME's draws. Default 0. */
  readonly seed?: number;
  /** Default: all cores. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** Why a model answers what it answers to one item. */
export interface Explanation {
  /** The path, the text, or "first | second" of a pair. */
  readonly input: string;
  /** The answer, and its probability. */
  readonly label: string;
  readonly score: number;
  /** What is explained: the answer, or the class that was asked for, with its probability. */
  readonly class: string;
  readonly class_score: number;
  readonly method: ExplainMethod;
  /**
   * Of a picture. Grad-CAM: not negative, in no unit. Occlusion: what log p of the class loses where a patch is grey.
   * LIME: what the class's probability gains by each cell.
   */
  readonly map?: HeatMap;
  /** Of a text: its pieces, with what log p of the class loses without each (occlusion), or its probability gains (LIME). */
  readonly words?: readonly WordWeight[];
  /** The same of the second text of a pair; {@link words} are the first's then. */
  readonly second?: readonly WordWeight[];
}

/** The answer, and which class is explained. */
export function answered(
  input: string,
  scores: Float32Array,
  classes: readonly string[],
  asked: number | undefined,
) {
  const p = softmax(scores);
  const best = argmax(p);
  const k = asked ?? best;
  return {
    k,
    said: { input, label: classes[best]!, score: p[best]!, class: classes[k]!, class_score: p[k]! },
  };
}

/** @throws OptionError when the model does not know it */
export function placeOf(classes: readonly string[], { class: asked }: ExplainOptions): number | undefined {
  if (asked === undefined) return undefined;
  const at = classes.indexOf(asked);
  if (at >= 0) return at;
  const some = classes.slice(0, 10).map((name) => `"${name}"`);
  throw new EngraftError("OptionError", `the model has no class ${JSON.stringify(asked)}`, {
    help: `it knows ${some.join(", ")}${classes.length > some.length ? `, and ${classes.length - some.length} more` : ""}`,
    details: { class: asked },
  });
}

/** Of one class, from raw scores of n items. */
export function probabilities(scores: Float32Array, n: number, k: number): number[] {
  const c = scores.length / n;
  return Array.from({ length: n }, (_, i) => Math.exp(logProbability(scores, k, i * c, c)));
}
