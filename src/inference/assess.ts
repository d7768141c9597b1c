import { readTrust } from "../bases/model-folder/trust-facts.js";
import { readJson } from "../bases/open/read-json.js";
import { EngraftError } from "../core/errors.js";
import { whyNoThreshold } from "../core/results/trust-words.js";
import { predictionSet, type SetMethod, setMethods } from "../evaluate/prediction-sets.js";
import { energies, strangeness, unusualLevel } from "../evaluate/unusual.js";
import { softmaxRows } from "../linalg/softmax.js";
import type { Platform } from "../platform/platform.js";
import type { Answer } from "./answer.js";

/** Options of an assessment. */
export interface AssessOptions {
  /** Method of prediction sets. Default "lac": the smallest; "aps" has larger ones for harder items. */
  readonly sets?: SetMethod;
  /** Most predictions. Default: all classes. */
  readonly top?: number;
}

/** A prediction with its trust, from the model's validation split. */
export interface Assessment {
  /** The most probable class first. */
  readonly answers: readonly Answer[];
  /** Classes that contain the true one with probability `coverage`; at least the first prediction. */
  readonly set: readonly Answer[];
  readonly coverage: number;
  /** True if the first prediction is below the threshold. */
  readonly unsure: boolean;
  /** That threshold; null if none is accepted. */
  readonly threshold: number | null;
  /** Why there is no threshold. */
  readonly whyNoThreshold?: string;
  /** Share of validation items with at least this energy: small for an item unlike them. */
  readonly p: number;
  /** p is at most 0.05. */
  readonly unusual: boolean;
}

/** Returns the trust facts of a model folder; undefined if there are none. */
export async function trustIn(platform: Platform, dir: string): Promise<unknown> {
  const file = platform.files.join(dir, "engraft.json");
  if (!(await platform.files.stat(file))) return undefined;
  return ((await readJson(platform, file)) as { trust?: unknown } | null)?.trust;
}

/**
 * Assesses logits.
 * @param model with `trust` from its engraft.json
 * @param logits float32[C]
 * @throws ModelError if the model has no trust facts; OptionError for an unknown kind of sets
 */
export function assess(
  model: { readonly dir: string; readonly classes: readonly string[]; readonly trust: unknown },
  logits: ArrayLike<number>,
  { sets = "lac", top }: AssessOptions = {},
): Assessment {
  if (!setMethods.includes(sets))
    throw new EngraftError("OptionError", `sets is ${JSON.stringify(sets)}`, {
      help: `give one of ${setMethods.join(", ")}`,
    });
  const facts = readTrust(model.trust, model.dir);
  if (!facts)
    throw new EngraftError(
      "ModelError",
      "the model's folder does not say what its probabilities are good for",
      {
        at: model.dir,
        help: "a classifier that `engraft train` makes with a validation part does; predict without --sets and --abstain works with any",
      },
    );
  const { classes } = model;
  const p = softmaxRows(logits, classes.length);
  const answer = (k: number): Answer => ({ label: classes[k]!, score: p[k]! });
  const answers = classes.map((_, k) => answer(k)).sort((a, b) => b.score - a.score);
  const { threshold } = facts.abstain;
  const strange = strangeness(facts.energies, energies(logits, classes.length)[0]!);
  return {
    answers: answers.slice(0, Math.max(1, top ?? classes.length)),
    set: predictionSet(p, 0, classes.length, { quantile: facts.sets[sets], method: sets }).map(answer),
    coverage: facts.sets.coverage,
    unsure: threshold === null || answers[0]!.score < threshold,
    threshold,
    ...(threshold === null && { whyNoThreshold: whyNoThreshold(facts.n, facts.abstain) }),
    p: strange,
    unusual: strange <= unusualLevel,
  };
}
