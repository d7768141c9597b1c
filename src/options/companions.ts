import { EngraftError } from "../core/errors.js";
import { ofTexts, textAugmentationsOf } from "./augment-options.js";
import type { TrainOptions } from "./options.js";

/** An option, or a setting of the training loop, that has an effect beside another option only. */
interface Companion {
  readonly name: string;
  readonly given: (options: TrainOptions) => unknown;
  readonly beside: (options: TrainOptions) => boolean;
  /** Ends the sentence: `the option margin has no effect without …`. */
  readonly without: string;
  readonly help: string;
}

const setting =
  (name: string): Companion["given"] =>
  ({ option }) =>
    option?.[name];

const companions: readonly Companion[] = [
  {
    name: "margin",
    given: ({ margin }) => margin,
    beside: ({ baselines, safe }) => baselines !== undefined || safe === true,
    without: "a verdict",
    help: "add --baselines, or leave --margin out",
  },
  {
    name: "scratchSteps",
    given: ({ scratchSteps }) => scratchSteps,
    beside: ({ baselines, safe, initFrom }) =>
      baselines !== undefined || safe === true || initFrom !== undefined,
    without: "a training from scratch",
    help: "add --baselines, or leave --scratch-steps out",
  },
  {
    name: "huberDelta",
    given: ({ huberDelta }) => huberDelta,
    beside: ({ loss }) => loss === "huber",
    without: "Huber's loss",
    help: "add --loss huber, or leave --huber-delta out",
  },
  {
    name: "magnitude",
    given: setting("magnitude"),
    beside: ({ augment }) => augment === "randaugment" || augment === "strong",
    without: "--augment randaugment or strong",
    help: "add one of them, or leave the option out",
  },
  {
    name: "noise",
    given: setting("noise"),
    beside: ({ augment }) => augment !== "none" && textAugmentationsOf(augment) !== undefined,
    without: "--augment",
    help: `it is the share of a text's words that --augment with ${ofTexts} changes`,
  },
  {
    name: "swaFrom",
    given: setting("swaFrom"),
    beside: ({ average }) => average === "swa",
    without: "--average swa",
    help: "add --average swa, or leave the option out",
  },
  {
    name: "soupSize",
    given: setting("soupSize"),
    beside: ({ average }) => average === "soup",
    without: "--average soup",
    help: "add --average soup, or leave the option out",
  },
];

/** @throws OptionError for an option that has no effect without another one */
export function requireCompanions(options: TrainOptions): void {
  const alone = companions.find((one) => one.given(options) !== undefined && !one.beside(options));
  if (alone)
    throw new EngraftError("OptionError", `the option ${alone.name} has no effect without ${alone.without}`, {
      help: alone.help,
      details: { option: alone.name },
    });
}
