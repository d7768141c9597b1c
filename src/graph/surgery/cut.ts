import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";

/** Operators that pool, reshape or normalise scores: they may follow a classifier. */
const afterHead = new Set([
  "Softmax",
  "LogSoftmax",
  "Flatten",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "GlobalAveragePool",
  "AveragePool",
  "GlobalMaxPool",
  "ReduceMean",
  "Identity",
  "Add",
  "Cast",
  "Transpose",
  "Clip",
  "Sigmoid",
  "Relu",
  "LeakyRelu",
  "Slice",
  "Gather",
  "QuantizeLinear",
  "DequantizeLinear",
  "Shape",
  "Concat",
]);
const activations = new Set(["Relu", "LeakyRelu", "Clip", "Sigmoid"]);
/** Class counts of common training sets: ImageNet-1k (with background), -21k, Places, CIFAR, AudioSet (all, or those of YAMNet) … */
const usualClassCounts = new Set([
  10, 100, 102, 196, 198, 200, 365, 397, 521, 527, 1000, 1001, 11221, 21841, 21843,
]);

const weightedOps = new Set([
  "Conv",
  "Gemm",
  "MatMul",
  "ConvTranspose",
  "QLinearConv",
  "QLinearMatMul",
  "ConvInteger",
  "MatMulInteger",
  "QGemm",
  "LSTM",
  "GRU",
  "RNN",
]);

export interface Cut {
  /** The value where the base ends: its features. */
  readonly value: Value;
  /** The reason for this place, in words. */
  readonly because: string;
}

/**
 * Finds where the features end: the input of the last weighted node before the output if that node is a classifier,
 * else the output itself.
 *
 * A weighted node is a classifier if only pooling, reshaping and score functions follow it, and one of these holds:
 * no activation is among them, a Softmax is among them, or the output has `classes` (or a usual number of) scores.
 * A BatchNormalization after it means features.
 *
 * @param classes number of labels of the base, if its configuration gives it
 * @throws ModelError if no weighted node exists
 */
export function findCut(graph: Graph, classes?: number): Cut {
  const output = graph.outputs[0];
  if (output === undefined) throw new EngraftError("ModelError", "the model has no output");
  const producers = graph.producers();
  const passed: string[] = [];
  let value: Value = output;
  let node: Node | undefined = producers.get(value);
  while (node && !weightedOps.has(node.op)) {
    passed.push(node.op);
    if (!afterHead.has(node.op) && !dividesByNumber(graph, node))
      return headless(output, `${node.op} stands between its last weights and its output`);
    // Add of a bias: follow the computed operand.
    const next = node.inputs.find((v) => producers.has(v));
    if (next === undefined) throw noWeights(graph);
    if (node.op === "Add" && node.inputs.filter((v) => producers.has(v)).length > 1) {
      return headless(output, "it ends in a sum of two branches");
    }
    value = next;
    node = producers.get(value);
  }
  if (!node) throw noWeights(graph);
  const shape = graph.types.get(output)?.shape;
  const width = shape?.find((d, i) => i > 0 && d !== 1);
  const scores = passed.includes("Softmax") || passed.includes("LogSoftmax");
  const counted =
    typeof width === "number" && (classes === undefined ? usualClassCounts.has(width) : width === classes);
  if (passed.some((op) => activations.has(op)) && !scores && !counted) {
    return headless(output, "an activation follows its last weights");
  }
  const features = node.inputs.find((v) => producers.has(v) || graph.inputs.includes(v));
  if (features === undefined) throw noWeights(graph);
  return {
    value: features,
    because: `it feeds the classifier ${node.op}${node.name === "" ? "" : ` "${node.name}"`}`,
  };
}

/** True for a division by one number, as in a calibrated model with a temperature. */
export function dividesByNumber(graph: Graph, node: Node): boolean {
  return node.op === "Div" && graph.initializers.get(node.inputs[1] ?? "")?.data.length === 1;
}

function headless(output: Value, why: string): Cut {
  return { value: output, because: `the file has no classifier (${why}): its output is the features` };
}

function noWeights(graph: Graph): EngraftError {
  return new EngraftError(
    "ModelError",
    "no convolution or matrix product lies on the way to the model's output",
    {
      at: `output "${graph.outputs[0]}"`,
      help: "name the value to cut at: --cut VALUE (`engraft inspect` lists them)",
    },
  );
}
