import { EngraftError } from "../core/errors.js";
import { ofTexts, textAugmentationsOf } from "./augment-options.js";
import type { TrainOptions } from "./options.js";

/** Condition under which an option has an effect. */
interface Companion {
  readonly holds: (options: TrainOptions) => boolean;
  /** Ends the sentence: `the option margin has no effect without …`. */
  readonly without: string;
  /** Default: add that, or leave the option out. */
  readonly help?: string;
}

/** Options and settings of the training loop that have an effect only together with another option. */
const companions: Readonly<Record<string, Companion>> = {
  margin: {
    holds: ({ baselines, safe }) => baselines !== undefined || safe === true,
    without: "a verdict",
    help: "add --baselines, or leave --margin out",
  },
  scratchSteps: {
    holds: ({ baselines, safe, initFrom }) =>
      baselines !== undefined || safe === true || initFrom !== undefined,
    without: "a training from scratch",
    help: "add --baselines, or leave --scratch-steps out",
  },
  gap: { holds: ({ splitBy }) => splitBy !== undefined, without: "--split-by" },
  season: { holds: ({ splitBy }) => splitBy !== undefined, without: "--split-by" },
  huberDelta: { holds: ({ loss }) => loss === "huber", without: "--loss huber" },
  lmOrder: { holds: ({ decoder }) => decoder === "beam", without: "--decoder beam" },
  lmWeight: {
    holds: ({ decoder, lmOrder }) => decoder === "beam" && lmOrder !== 0,
    without: "a language model",
    help: "use --decoder beam and leave --lm-order 0 out, or leave --lm-weight out",
  },
  magnitude: {
    holds: ({ augment }) => augment === "randaugment" || augment === "strong",
    without: "--augment randaugment or strong",
  },
  noise: {
    holds: ({ augment }) => augment !== "none" && textAugmentationsOf(augment) !== undefined,
    without: "--augment",
    help: `it is the share of a text's words that --augment with ${ofTexts} changes`,
  },
  swaFrom: { holds: ({ average }) => average === "swa", without: "--average swa" },
  soupSize: { holds: ({ average }) => average === "soup", without: "--average soup" },
};

/** Returns the option without which another one has no effect, in words; undefined if there is none. */
export const companionOf = (name: string): string | undefined =>
  Object.hasOwn(companions, name) ? companions[name]!.without : undefined;

/** Refuses an option without the other option that it needs, and two that exclude each other. @throws OptionError */
export function requireCompanions(options: TrainOptions): void {
  const { shots, trainSize } = options;
  if (shots !== undefined && trainSize !== undefined)
    throw new EngraftError("OptionError", "shots and trainSize both say how many samples to learn from", {
      help: "leave one of them out",
      details: { shots, trainSize },
    });
  const given: Readonly<Record<string, unknown>> = { ...options.option, ...options };
  for (const [name, { holds, without, help }] of Object.entries(companions))
    if (given[name] !== undefined && !holds(options))
      throw new EngraftError("OptionError", `the option ${name} has no effect without ${without}`, {
        help: help ?? `add ${without}, or leave the option out`,
        details: { option: name },
      });
}
