import type { BaseModality } from "../core/modalities.js";
import type { Graph } from "../graph/graph.js";
import type { Platform } from "../platform/platform.js";
import type { HubOptions } from "./hub/hub.js";
import { locateBase } from "./open/locate.js";
import { isOnePicture, openModelFile } from "./open/open-base.js";
import { takesTokens } from "./text/text-body.js";

/**
 * Returns the modality of a base, from the inputs of its file. A joined base has that of its first part.
 * @throws FileError, ModelError, NetworkError as `openBase`
 */
export async function modalityOfBase(
  ref: string,
  options: Partial<HubOptions> & { readonly platform: Platform },
): Promise<BaseModality> {
  const { onnx } = await locateBase(ref.split("+")[0]!.trim(), options);
  const { graph } = (await openModelFile(onnx, options.platform)).imported;
  return takesTokens(graph) ? "text" : takesSounds(graph) ? "audio" : "image";
}

/** True for one float input of two or three axes that is no picture. Rows of a table have two axes as well. */
export function takesSounds(graph: Graph): boolean {
  const shapes = graph.inputs
    .filter((v) => graph.typeOf(v).dtype === "float32")
    .map((v) => graph.typeOf(v).shape);
  const [shape] = shapes;
  return shapes.length === 1 && (shape?.length === 2 || shape?.length === 3) && !isOnePicture(shape);
}
