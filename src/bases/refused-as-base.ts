import { EngraftError } from "../core/errors.js";
import type { Graph } from "../graph/graph.js";
import type { Platform } from "../platform/platform.js";
import { soundInput } from "./audio/audio-base.js";
import { bodyOf } from "./body.js";
import { isSeveral } from "./joined/joined-inputs.js";
import type { LocatedBase } from "./open/located.js";
import { imageInput, openModelFile } from "./open/open-base.js";
import { takesTokens, textBody } from "./text/text-body.js";
import { takesSounds } from "./unit-of-base.js";

/** Side of the pictures for a model that takes any size: that of most classifiers. */
const usualSize = 224;

/**
 * Returns why `train` refuses a model as a base, or undefined if it does not. It takes the first steps of a training:
 * the input, and the body up to the features.
 */
export async function refusedAsBase(
  graph: Graph,
  { name, onnx, cut }: Pick<LocatedBase, "name" | "onnx" | "cut">,
  machine: Platform,
): Promise<EngraftError | undefined> {
  try {
    if (isSeveral(graph))
      throw new EngraftError("ModelError", `${name} is a model of several inputs, and no base of one input`, {
        help: "extend it with more rows (engraft extend RUN DATA), or train again from its bases",
      });
    if (takesTokens(graph)) textBody(graph, { pooling: "mean", pad: 0, cut });
    else if (takesSounds(graph)) soundInput(graph, { name, onnx });
    else {
      const { input, batch, channels, fixed } = imageInput({ graph }, { name });
      // A training knows the size of its pictures, and so the width of features that follow from it.
      const sizes = { [input]: [batch, channels, usualSize, usualSize] };
      bodyOf(fixed ? graph : (await openModelFile(onnx, machine, sizes)).imported.graph, { cut });
    }
    return undefined;
  } catch (error) {
    if (error instanceof EngraftError && error.kind !== "InternalError") return error;
    throw error;
  }
}
