import { EngraftError } from "../core/errors.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";

/** Input of a saved model of rows: float32[batch, inputs], 1 for an input that a row does not have. */
export const missingInput: Value = "missing";

/** True for a saved model of rows with several inputs, or of two text encoders. */
export const isSeveral = ({ inputs }: Graph): boolean =>
  inputs.length > 1 && [missingInput, "input_ids_2"].some((name) => inputs.includes(name));

/** @throws ModelError for a saved model of several inputs */
export function requireOneInput(graph: Graph, name: string): void {
  if (isSeveral(graph))
    throw new EngraftError("ModelError", `${name} is a model of several inputs, and no base of one input`, {
      help: graph.inputs.includes(missingInput)
        ? "extend its run (engraft extend RUN DATA), or train again from its bases: --base PICTUREBASE+TEXTBASE"
        : "give its two bases instead: --base A+B",
    });
}
