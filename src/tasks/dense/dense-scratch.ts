import { withNorms } from "../../bases/dense/add-norms.js";
import type { OpenedBase } from "../../run/setup.js";

/** Returns a base for training from random weights: with normalisations, even if its file has them folded into the weights. */
export const denseScratch = (opened: OpenedBase): OpenedBase => ({
  ...opened,
  body: { ...opened.body, graph: withNorms(opened.body.graph) },
});
