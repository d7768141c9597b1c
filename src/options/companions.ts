import { EngraftError } from "../core/errors.js";
import { ofTexts, textAugmentationsOf } from "./augment-options.js";
import type { TrainOptions } from "./options.js";

/** When an option has an effect. */
interface Companion {
  readonly beside: (options: TrainOptions) => boolean;
  /** Ends the sentence: `the option margin has no effect without …`. */
  readonly without: string;
  /** Default: add that, or leave the option out. */
  readonly help?: string;
}

/** Options, and settings of the training loop, that have an effect beside another option only. */
const companions: Readonly<Record<string, Companion>> = {
  margin: {
    beside: ({ baselines, safe }) => baselines !== undefined || safe === true,
    without: "a verdict",
    help: "add --baselines, or leave --margin out",
  },
  scratchSteps: {
    beside: ({ baselines, safe, initFrom }) =>
      baselines !== undefined || safe === true || initFrom !== undefined,
    without: "a training from scratch",
    help: "add --baselines, or leave --scratch-steps out",
  },
  huberDelta: { beside: ({ loss }) => loss === "huber", without: "--loss huber" },
  magnitude: {
    beside: ({ augment }) => augment === "randaugment" || augment === "strong",
    without: "--augment randaugment or strong",
  },
  noise: {
    beside: ({ augment }) => augment !== "none" && textAugmentationsOf(augment) !== undefined,
    without: "--augment",
    help: `it is the share of a text's words that --augment with ${ofTexts} changes`,
  },
  swaFrom: { beside: ({ average }) => average === "swa", without: "--average swa" },
  soupSize: { beside: ({ average }) => average === "soup", without: "--average soup" },
};

/** @throws OptionError for an option that has no effect without another one */
export function requireCompanions(options: TrainOptions): void {
  const given: Readonly<Record<string, unknown>> = { ...options.option, ...options };
  for (const [name, { beside, without, help }] of Object.entries(companions))
    if (given[name] !== undefined && !beside(options))
      throw new EngraftError("OptionError", `the option ${name} has no effect without ${without}`, {
        help: help ?? `add ${without}, or leave the option out`,
        details: { option: name },
      });
}
