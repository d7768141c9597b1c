import { EngraftError } from "../../core/errors.js";
import type { TextAugmentation } from "../../data/dataset.js";
import { ofTexts, textAugmentationsOf } from "../../options/augment-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { OpenedBase } from "../../run/setup.js";

type Asked = Pick<TrainOptions, "augment" | "option" | "strategy" | "baselines">;

/** How a text is changed in an epoch. */
export type TextChange = (text: string, epoch: number, item: string) => string;

/**
 * What `augment` asks for; undefined where texts stay as they are.
 * @throws OptionError for what changes pictures, and for masks where the base knows none
 */
export async function textChangeOf(
  options: Asked & Pick<TrainOptions, "seed">,
  { base }: OpenedBase,
): Promise<TextChange | undefined> {
  const changes = textAugmentation(options);
  if (changes.kinds.length === 0) return undefined;
  const { tokenizer } = base.text!;
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

/**
 * How texts are changed, and how much of them; no kinds: not at all.
 * @throws OptionError for what changes pictures, a strength of nothing, and where nothing trains on texts
 */
export function textAugmentation({ augment = "none", option = {}, strategy, baselines }: Asked): {
  readonly kinds: readonly TextAugmentation[];
  readonly share?: number;
} {
  const kinds = augment === "none" ? [] : textAugmentationsOf(augment);
  const refused = (message: string, help: string): EngraftError =>
    new EngraftError("OptionError", message, { help, details: { augment } });
  const said = `augment ${JSON.stringify(augment)}`;
  if (!kinds) throw refused(`${said} changes pictures, and these are texts`, `use none, or ${ofTexts}`);
  const { noise } = option;
  if (kinds.length === 0 && noise !== undefined)
    throw refused(
      "option noise has no effect without --augment",
      `it is the share of a text's words that --augment with ${ofTexts} changes`,
    );
  if (kinds.length > 0 && strategy === "probe" && baselines !== true)
    throw refused(
      `${said} means nothing for the strategy "probe"`,
      "a probe is solved on the features of the texts as they are: leave it out, or use another strategy",
    );
  return { kinds, ...(typeof noise === "number" && { share: noise }) };
}
