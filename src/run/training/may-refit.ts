import { message, type Sentence } from "../../core/messages/message.js";
import type { Context } from "../context.js";

/**
 * True if a solved head is fitted again on training and validation samples once its strength is chosen. With `--train-size`
 * or `--shots`, the number of samples to learn from is given. Rows of an old head compete with the probe on the validation split.
 */
export const mayRefit = ({ options, opened }: Pick<Context, "options" | "opened">): boolean =>
  options.trainSize === undefined && options.shots === undefined && opened.oldHead === undefined;

/** Returns the sentences of a recipe on cross-validation of the strength, and on the final fit. */
export const fitSentences = (
  { folds }: { readonly folds?: number },
  refitted: boolean,
): readonly Sentence[] => [
  ...(folds === undefined ? [] : [message("chosen-by-folds", { folds })]),
  ...(refitted ? [message("refitted")] : []),
];
