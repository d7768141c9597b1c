import { coral } from "../../losses/index.js";
import type { Aligner } from "./align.js";

/**
 * Deep CORAL: the covariances of source and target features are made alike.
 *
 * loss = CE_source + trade-off · ‖C_s - C_t‖_F² / (4 d²)
 *
 * The paper aligns the raw scores, Transfer-Learning-Library the features; here it is the features.
 * @see Sun & Saenko, "Deep CORAL: Correlation Alignment for Deep Domain Adaptation", 2016
 */
export const deepCoral: Aligner = (_model, { tradeOff }) => ({
  terms: (g, { source, target }) => ({
    terms: { alignment: { value: coral(g, source, target), weight: tradeOff } },
  }),
});
