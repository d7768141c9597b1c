import { readTrust } from "../bases/model-folder/trust-facts.js";
import { readJson } from "../bases/open/read-json.js";
import { EngraftError } from "../core/errors.js";
import { whyNoThreshold } from "../core/results/trust-words.js";
import { predictionSet, type SetMethod, setMethods } from "../evaluate/prediction-sets.js";
import { energies, strangeness, unusualLevel } from "../evaluate/unusual.js";
import { softmaxRows } from "../linalg/softmax.js";
import type { Platform } from "../platform/platform.js";
import type { Answer } from "./answer.js";

/** What is asked beside the answer. */
export interface AssessOptions {
  /** How prediction sets are made. Default "lac": the smallest; "aps" has larger ones for harder items. */
  readonly sets?: SetMethod;
  /** At most so many answers. Default: all classes. */
  readonly top?: number;
}

/** An answer with what it can be trusted with, by what the model's validation part showed. */
export interface Assessment {
  /** The most probable class first. */
  readonly answers: readonly Answer[];
  /** Classes that hold the true one with probability `coverage`, at least the first answer. */
  readonly set: readonly Answer[];
  readonly coverage: number;
  /** The first answer is less probable than answers must be to be right as often as was asked. */
  readonly unsure: boolean;
  /** That probability; null where none can be promised to be enough. */
  readonly threshold: number | null;
  /** Why there is no threshold. */
  readonly whyNoThreshold?: string;
  /** Share of validation items with an energy at least as high: small for an item unlike them. */
  readonly p: number;
  /** p is at most 0.05. */
  readonly unusual: boolean;
}

/** What a model folder says of its model's probabilities; undefined where it says nothing. */
export async function trustIn(platform: Platform, dir: string): Promise<unknown> {
  const file = platform.files.join(dir, "engraft.json");
  if (!(await platform.files.stat(file))) return undefined;
  return ((await readJson(platform, file)) as { trust?: unknown } | null)?.trust;
}

/**
 * What raw scores say, and how far to trust it.
 * @param model with `trust`, as its engraft.json has it. @param logits float32[C]
 * @throws ModelError when the model does not say what its probabilities are good for; OptionError for a kind of sets there is not
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
