import { EngraftError } from "../core/errors.js";
import type { Graph } from "../graph/graph.js";
import type { Platform } from "../platform/platform.js";
import { soundInput } from "./audio/audio-base.js";
import { bodyOf } from "./body.js";
import { requireOneInput } from "./one-input.js";
import type { LocatedBase } from "./open/located.js";
import { imageInput, isOnePicture, openModelFile } from "./open/open-base.js";
import { takesTokens, textBody } from "./text/text-body.js";

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
    requireOneInput(graph, name);
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

/** True for one float input of two or three axes that is no picture. Rows of a table have two axes as well. */
function takesSounds(graph: Graph): boolean {
  const shapes = graph.inputs
    .filter((v) => graph.typeOf(v).dtype === "float32")
    .map((v) => graph.typeOf(v).shape);
  const [shape] = shapes;
  return shapes.length === 1 && (shape?.length === 2 || shape?.length === 3) && !isOnePicture(shape);
}
