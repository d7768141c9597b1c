import { EngraftError } from "../../core/errors.js";
import { whyUnscored } from "../../data/split/why-unscored.js";
import { isPlanned } from "../../options/is-planned.js";
import type { RecipeOptions } from "../../options/options.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";

/** Options whose result is chosen or measured by scores. */
const scoredOptions = ["safe", "seeds", "tta", "test"] as const satisfies readonly (keyof RecipeOptions)[];

/**
 * Returns a run whose groups cannot be divided: a linear probe on all samples. Nothing is held out that could choose an epoch, or a model.
 * @throws OptionError for options that need validation or test samples
 */
export function withoutScore(context: OfClasses): OfClasses {
  const { options, dataset } = context;
  const { message, sentence } = whyUnscored(dataset.warnings)!;
  const [refused] = [
    ...(options.strategy === "probe" || isPlanned(options) ? [] : [options.strategy ?? "finetune"]),
    ...(options.baselines === true ? ["baselines"] : []),
    ...scoredOptions.filter(
      (name) => options[name] !== undefined && options[name] !== false && options[name] !== 1,
    ),
  ];
  if (refused !== undefined)
    throw new EngraftError("OptionError", `not possible without a score: ${refused}; ${message}`, {
      help: "leave the option out: a linear probe trains on all samples, without a score",
      code: "needs-score",
      details: { option: refused },
    });
  return {
    ...context,
    options: { ...options, strategy: "probe", reasons: sentence ? [sentence] : [], baselines: false },
  };
}
