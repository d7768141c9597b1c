import { coral } from "../../losses/coral.js";
import type { Aligner } from "./align.js";

/**
 * Deep CORAL: aligns the covariances of source and target features.
 *
 * loss = CE_source + trade-off · ‖C_s - C_t‖_F² / (4 d²)
 *
 * The paper aligns the logits, Transfer-Learning-Library the features, as here.
 * @see Sun & Saenko, "Deep CORAL: Correlation Alignment for Deep Domain Adaptation", 2016
 */
export const deepCoral: Aligner = (_model, { tradeOff }) => ({
  terms: (g, { source, target }) => ({
    terms: { alignment: { value: coral(g, source, target), weight: tradeOff } },
  }),
});
