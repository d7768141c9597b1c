import { EngraftError } from "../../core/errors.js";
import { type DenseAugmentation, strengths } from "../../data/dense/strengths.js";
import type { AugmentRequest } from "../../options/augment-options.js";

/** Default augmentation of pictures with boxes or masks. */
const usual: DenseAugmentation = "standard";

/** Returns the augmentation of pictures with boxes or masks. @throws OptionError for one that moves pixels without their targets */
export function denseAugmentation({ augment = usual }: AugmentRequest): DenseAugmentation {
  if (Object.hasOwn(strengths, augment)) return augment as DenseAugmentation;
  throw new EngraftError(
    "OptionError",
    `the augmentation ${augment} does not move boxes and masks with the picture`,
    {
      help: `use one of ${Object.keys(strengths).join(", ")}`,
    },
  );
}
