import { withNorms } from "../../bases/dense/add-norms.js";
import type { Graph } from "../../graph/graph.js";
import type { OpenedBase } from "../../run/setup.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";

/** Returns a base for training from random weights: with normalisations, even if its file has them folded into the weights. */
export const denseScratch = (opened: OpenedBase): OpenedBase => ({
  ...opened,
  body: { ...opened.body, graph: normalised(opened.body.graph) },
});

const normalised = (graph: Graph): Graph => (hasBatchNorm(graph) ? graph : withNorms(graph));
