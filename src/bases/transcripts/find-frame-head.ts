import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { headValues } from "../heads.js";
import type { OldHead } from "../old-head.js";

/** Where the head of a recogniser that Engraft wrote stands: the inverse of `withFrameHead`. */
export interface FrameHeadPlace {
  /** float32[batch, frames, D] */
  readonly features: Value;
  /** 1 for a frame of the clip, 0 behind its end: float32[batch, frames]. Missing: the model knows no padding. */
  readonly present?: Value;
}

/** Finds the head on frames in a recogniser that Engraft wrote. @returns undefined for another model */
export function findFrameHead(graph: Graph): FrameHeadPlace | undefined {
  const product = graph.nodes.find(({ op, inputs }) => op === "MatMul" && inputs[1] === headValues.weight);
  if (product === undefined) return undefined;
  const [consumers, producers] = [graph.consumers(), graph.producers()];
  const readerOf = (value: Value | undefined, op: string) =>
    consumers.get(value ?? "")?.find((node) => node.op === op);
  // logits = (features · W + b) · inside + outside, with inside = Unsqueeze(present)
  const scores = readerOf(product.outputs[0], "Add")?.outputs[0];
  const inside = readerOf(scores, "Mul")?.inputs.find((v) => v !== scores);
  const mask = producers.get(inside ?? "");
  const present = mask?.op === "Unsqueeze" ? mask.inputs[0] : undefined;
  return { features: product.inputs[0]!, present };
}

/** Returns the weights of that head. @param tokens its characters, by class */
export function frameHeadWeights(graph: Graph, tokens: readonly string[]): OldHead | undefined {
  const weight = graph.initializers.get(headValues.weight);
  const bias = graph.initializers.get(headValues.bias);
  const [width, classes] = weight?.dims ?? [];
  if (weight?.dtype !== "float32" || bias?.dtype !== "float32" || !width) return undefined;
  if (classes !== tokens.length || bias.data.length !== classes) return undefined;
  const columns = weight.data as Float32Array;
  const rows = Float32Array.from(columns, (_, i) => columns[(i % width) * classes + Math.floor(i / width)]!);
  return { weight: rows, bias: bias.data as Float32Array, classes: tokens };
}
