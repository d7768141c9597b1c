import { classConfusion } from "../../losses/class-confusion.js";
import { readSettings } from "../settings.js";
import type { Aligner } from "./align.js";
import { mccSettings } from "./settings.js";

/**
 * MCC: minimum class confusion of the predictions for the target. It aligns no features.
 *
 * loss = CE_source + trade-off · class confusion of the target's logits
 * @see Jin et al., "Minimum Class Confusion for Versatile Domain Adaptation", 2020
 */
export const mcc: Aligner = (_model, { tradeOff, option }) => {
  const { temperature } = readSettings(mccSettings, option as never, 'method "mcc"');
  return {
    terms(g, _features, _before, { target }) {
      const { value, constants } = classConfusion(g, target, { temperature });
      return { terms: { confusion: { value, weight: tradeOff } }, constants };
    },
  };
};
