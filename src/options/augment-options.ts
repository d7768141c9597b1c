import type { AugmentOptions } from "../data/augment/augmenter.js";
import {
  type Augmentation,
  augmentations,
  type TextAugmentation,
  textAugmentations,
} from "../data/dataset.js";
import type { RequestedOptions } from "../methods/settings.js";
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

export const augmentCheck: Check = {
  allowed: `one of ${augmentations.join(", ")}; for texts none, or ${ofTexts}`,
  placeholder: "NAME,...",
  read: (word) => textAugmentationsOf(word)?.join(",") ?? word,
  holds: (v) => (augmentations as readonly unknown[]).includes(v) || textAugmentationsOf(v) !== undefined,
};

/** What was asked of the augmentation of pictures among the options of the loop. */
export function augmentOptionsOf(asked: RequestedOptions = {}): AugmentOptions {
  const { magnitude, erasing } = asked;
  return {
    ...(typeof magnitude === "number" && { magnitude }),
    ...(typeof erasing === "number" && { erasing }),
  };
}

/** What is asked of an augmentation. */
export interface AugmentRequest {
  readonly augment?: Augment;
  readonly option?: RequestedOptions;
}

/** Returns how pictures are changed. What changes texts is refused before a run begins. */
export function pictureAugmentation({ augment = usualAugmentation }: AugmentRequest): Augmentation {
  return augmentations.find((name) => name === augment) ?? "none";
}

/** Returns how texts are changed, and how much of them. No kinds: not at all. */
export function textAugmentation({ augment = "none", option = {} }: AugmentRequest): {
  readonly kinds: readonly TextAugmentation[];
  readonly share?: number;
} {
  const { noise } = option;
  return {
    kinds: textAugmentationsOf(augment) ?? [],
    ...(typeof noise === "number" && { share: noise }),
  };
}
