import { EngraftError } from "../core/errors.js";
import { formatType } from "../core/shape.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { type Cut, dividesByNumber, findCut } from "../graph/surgery/index.js";
import { batchedPart } from "./batched-part.js";

/** A base without its classifier: images in, one row of features out. */
export interface Body {
  /** One input; its single output is `features` float32[batch, D]. */
  readonly graph: Graph;
  /** The value at which the base was cut, and why. */
  readonly cut: Cut;
  /** "mean over space" for a rank-4 cut, "none" for a rank-2 one. */
  readonly pooling: "mean" | "none";
  readonly features: Value;
  /** D */
  readonly width: number;
}

/**
 * Cuts a base at its features. A value of rank 4 gets global average pooling; one of rank 2 is used as it is.
 *
 * @param options.cut value to cut at; default: found by {@link findCut}
 * @param options.classes number of labels of the base, if its configuration gives it
 * @param options.keep values after the cut that the graph still computes, although they are no outputs
 * @throws ModelError if the cut is no float row of features with a known width, or the batch is fixed
 */
export function bodyOf(
  base: Graph,
  options: { readonly cut?: Value; readonly classes?: number; readonly keep?: readonly Value[] } = {},
): Body {
  const cut =
    options.cut === undefined
      ? findCut(base, options.classes)
      : { value: options.cut, because: "--cut names it" };
  const graph = batchedPart(base, [cut.value, ...(options.keep ?? [])]);
  if (graph.inputs.length !== 1) {
    throw new EngraftError(
      "ModelError",
      `the base has ${graph.inputs.length} inputs on the way to its features, a picture model has one`,
      {
        at: graph.inputs.map((v) => `"${v}"`).join(", ") || "no input",
        help: "give a model with one picture input",
      },
    );
  }
  graph.outputs.length = 0;
  const type = graph.typeOf(cut.value);
  const rank = type.shape?.length;
  const g = new Builder(graph, "features");
  let features = cut.value;
  let pooling: Body["pooling"] = "none";
  if (rank === 4) {
    features = g.flatten(g.globalAveragePool(features));
    pooling = "mean";
  } else if (rank === 3) {
    // A sequence of tokens [batch, length, D] (a vision transformer): mean over the tokens.
    features = g.reduceMean(features, { axes: [1] });
    pooling = "mean";
  } else if (rank !== 2) {
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: features must have rank 2, 3 or 4`,
      { help: "name another value: --cut VALUE (`engraft inspect` lists the possible ones)" },
    );
  }
  const width = graph.typeOf(features).shape?.[1];
  if (typeof width !== "number" || type.dtype !== "float32") {
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: its width must be known and its type float32`,
      { help: "name another value: --cut VALUE (`engraft inspect` lists the possible ones)" },
    );
  }
  graph.outputs.push(features);
  return { graph, cut, pooling, features, width };
}

/**
 * Returns the logits of a base's own classifier, float32[batch, Z]: its first output, before a softmax.
 * @param rank 3: of a classifier of tokens, float32[batch, length, Z]
 * @returns undefined if there is none behind the cut
 */
export function oldScoresOf(base: Graph, { cut }: Pick<Body, "cut">, rank: 2 | 3 = 2): Value | undefined {
  const producers = base.producers();
  let [scores] = base.outputs;
  let isScaled = false;
  for (let node = producers.get(scores ?? ""); node; node = producers.get(scores ?? "")) {
    // Probabilities that go into another softmax are its logits.
    if (node.op === "Softmax" && isScaled) break;
    isScaled ||= node.op === "Softmax" || node.op === "LogSoftmax";
    const passes = node.op === "Softmax" || node.op === "LogSoftmax" || node.op === "Identity";
    if (!passes && !dividesByNumber(base, node)) break;
    scores = node.inputs[0];
  }
  if (scores === undefined || scores === cut.value) return undefined;
  const { dtype, shape } = base.typeOf(scores);
  const found = dtype === "float32" && shape?.length === rank && typeof shape.at(-1) === "number";
  return found ? scores : undefined;
}
