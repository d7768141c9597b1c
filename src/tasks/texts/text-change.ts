import { EngraftError } from "../../core/errors.js";
import { textAugmentation } from "../../options/augment-options.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import type { OpenedBase } from "../../run/setup.js";

/** Returns the changed form of a text in an epoch. */
export type TextChange = (text: string, epoch: number, item: string) => string;

/**
 * Returns the augmentation that the option `augment` names; undefined without augmentation.
 * @throws OptionError for masks if the base has no mask token
 */
export async function textChangeOf(
  options: Pick<RecipeOptions, "augment" | "option" | "seed">,
  { base }: OpenedBase,
): Promise<TextChange | undefined> {
  const changes = textAugmentation(options);
  if (changes.kinds.length === 0) return undefined;
  const { tokenizer } = base.text!;
  if (tokenizer.joined)
    throw new EngraftError("OptionError", "texts are augmented for one encoder, and 2 are joined", {
      help: "leave augment out, or give one base",
      details: { augment: options.augment },
    });
  const mask = tokenizer.mask === undefined ? undefined : tokenizer.tokenOf(tokenizer.mask);
  if (changes.kinds.includes("mask") && mask === undefined)
    throw new EngraftError("OptionError", `augment "mask": the tokenizer of ${base.name} has no mask`, {
      help: "use delete, swap or typo, or another base",
      details: { augment: options.augment },
    });
  const { augmentText } = await import("../../data/texts/augment-text.js");
  const { seed = defaults.seed } = options;
  const how = { ...changes, ...(mask !== undefined && { mask }) };
  return (text, epoch, item) => augmentText(text, how, { seed, epoch, item });
}
