import { EngraftError } from "../core/errors.js";
import type { AugmentOptions } from "../data/augment/augmenter.js";
import {
  type Augmentation,
  augmentations,
  type TextAugmentation,
  textAugmentations,
} from "../data/dataset.js";
import type { Asked } from "../methods/settings.js";
import type { Check } from "./option-checks.js";

/** How training items are changed at random: one way of pictures, or some ways of texts with commas between. */
export type Augment = Augmentation | TextAugmentation | `${TextAugmentation},${string}`;

/** What pictures get where nothing was asked for. */
export const usualAugmentation = "light" satisfies Augmentation;

/** The ways to change texts that are named, each once; undefined where that is not what is named. */
export function textAugmentationsOf(augment: unknown): readonly TextAugmentation[] | undefined {
  if (typeof augment !== "string") return undefined;
  const names = augment.split(",").map((name) => name.trim());
  const known = textAugmentations.filter((name) => names.includes(name));
  return known.length === names.length ? known : undefined;
}

/** In words. */
export const ofTexts = `some of ${textAugmentations.join(", ")} with commas between`;

export const augmentCheck: Check = [
  `one of ${augmentations.join(", ")}; for texts none, or ${ofTexts}`,
  (v) => (augmentations as readonly unknown[]).includes(v) || textAugmentationsOf(v) !== undefined,
];

/** What was asked of the augmentation of pictures among the options of the loop. */
export function augmentOptionsOf(asked: Asked = {}): AugmentOptions {
  const { magnitude, erasing } = asked;
  return {
    ...(typeof magnitude === "number" && { magnitude }),
    ...(typeof erasing === "number" && { erasing }),
  };
}

/** What is asked of an augmentation. */
export interface AugmentRequest {
  readonly augment?: Augment;
  readonly option?: Asked;
}

/** How pictures are changed. @throws OptionError for what changes texts */
export function pictureAugmentation({ augment = usualAugmentation }: AugmentRequest): Augmentation {
  const known = augmentations.find((name) => name === augment);
  if (known !== undefined) return known;
  throw new EngraftError(
    "OptionError",
    `augment ${JSON.stringify(augment)} changes texts, and these are none`,
    {
      help: `use one of ${augmentations.join(", ")}`,
      details: { augment },
    },
  );
}

/** @throws OptionError for a strength without what it is the strength of */
export function checkAugment(options: Readonly<Record<string, unknown>>): void {
  const { augment = usualAugmentation, option } = options as AugmentRequest;
  if (option?.magnitude !== undefined && augment !== "randaugment" && augment !== "strong")
    throw new EngraftError("OptionError", `option magnitude has no effect with --augment ${augment}`, {
      help: "it is the strength of --augment randaugment and --augment strong",
      details: { option: "magnitude", augment },
    });
}
