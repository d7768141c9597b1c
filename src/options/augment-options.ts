import type { AugmentOptions } from "../data/augment/augmenter.js";
import {
  type Augmentation,
  augmentations,
  type SoundAugmentation,
  soundAugmentations,
  type TextAugmentation,
  textAugmentations,
} from "../data/dataset.js";
import type { RequestedOptions } from "../methods/settings.js";
import type { FormCheck } from "./option-checks.js";

/** Augmentation of training samples: one name for pictures, or several names for texts or sounds, separated by commas. */
export type Augment =
  | Augmentation
  | TextAugmentation
  | `${TextAugmentation},${string}`
  | SoundAugmentation
  | `${SoundAugmentation},${string}`;

/** Default augmentation of pictures. */
export const usualAugmentation = "light" satisfies Augmentation;

/** Returns the names of a list that are in a text, each once; undefined if another word is among them. */
function namesIn<Name extends string>(all: readonly Name[], text: unknown): readonly Name[] | undefined {
  if (typeof text !== "string") return undefined;
  const names = text.split(",").map((name) => name.trim());
  const known = all.filter((name) => names.includes(name));
  return known.length === names.length ? known : undefined;
}

/** Returns the augmentations of texts that are named; undefined if another word is among them. */
export const textAugmentationsOf = (augment: unknown): readonly TextAugmentation[] | undefined =>
  namesIn(textAugmentations, augment);

/** Returns the augmentations of sounds that are named; undefined if another word is among them. */
export const soundAugmentationsOf = (augment: unknown): readonly SoundAugmentation[] | undefined =>
  namesIn(soundAugmentations, augment);

/** Allowed augmentations of texts, for messages. */
export const ofTexts = `some of ${textAugmentations.join(", ")} with commas between`;

/** Allowed augmentations of sounds, for messages. */
const ofSounds = `some of ${soundAugmentations.join(", ")} with commas between`;

export const augmentCheck: FormCheck = {
  allowed: `one of ${augmentations.join(", ")}; for texts none, or ${ofTexts}; for sounds none, or ${ofSounds}`,
  form: {
    kind: "choice",
    choices: [...new Set([...augmentations, ...textAugmentations, ...soundAugmentations])],
    joined: [...textAugmentations, ...soundAugmentations],
  },
  placeholder: "NAME,...",
  read: (word) => (textAugmentationsOf(word) ?? soundAugmentationsOf(word))?.join(",") ?? word,
  holds: (v) =>
    (augmentations as readonly unknown[]).includes(v) ||
    textAugmentationsOf(v) !== undefined ||
    soundAugmentationsOf(v) !== undefined,
};

/** Returns the requested settings of picture augmentation among the options of the loop. */
export function augmentOptionsOf(requested: RequestedOptions = {}): AugmentOptions {
  const { magnitude, erasing } = requested;
  return {
    ...(typeof magnitude === "number" && { magnitude }),
    ...(typeof erasing === "number" && { erasing }),
  };
}

/** Requested augmentation, with its settings. */
export interface AugmentRequest {
  readonly augment?: Augment;
  readonly option?: RequestedOptions;
}

/** Returns the augmentation of pictures. Augmentations of texts are refused before a run begins. */
export function pictureAugmentation({ augment = usualAugmentation }: AugmentRequest): Augmentation {
  return augmentations.find((name) => name === augment) ?? "none";
}

/** Returns the augmentations of texts, and the share of words that they change. No kinds: none. */
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

/** Default augmentation of sounds. Noise is not among them: it fills the bands that recordings at a low rate leave empty. */
const usualOfSounds: readonly SoundAugmentation[] = ["shift", "gain"];

/** Returns the augmentations of sounds. */
export const soundAugmentation = ({ augment }: AugmentRequest): readonly SoundAugmentation[] =>
  augment === undefined ? usualOfSounds : (soundAugmentationsOf(augment) ?? []);
