// The graph of a file that is measured, and examples for its input.
import { readFileSync } from "node:fs";
import { Builder } from "../dist/graph/builder.js";
import { fromOnnx } from "../dist/graph/from-onnx.js";
import { readModel, readType } from "../dist/onnx/index.js";

/** Name and type of the file's input, without reading the weights. */
function inputOf(bytes) {
  const { graph } = readModel(bytes);
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const input = graph.input.find(({ name }) => !weights.has(name));
  return [input.name, readType(input)];
}

/** The file as a graph with a symbolic batch, the sizes of its examples, and rows of logits as its output. */
export function readGraph(options) {
  const bytes = readFileSync(options.model);
  const [input, type] = inputOf(bytes);
  const [, ...sizes] = exampleOf(type, options).dims;
  const { graph } = fromOnnx(bytes, { inputShapes: { [input]: ["batch", ...sizes] } });
  const [output] = graph.outputs;
  graph.outputs.length = 0;
  // A classifier that is a convolution may output [batch, classes, 1, 1].
  const flat = (graph.typeOf(output).shape?.length ?? 2) === 2;
  graph.outputs.push(flat ? output : new Builder(graph, "bench").flatten(output));
  return graph;
}

/** Numbers from a hash: fractions of the golden ratio, in -1 … 1. */
function numbers(n) {
  return Float32Array.from({ length: n }, (_, i) => (2 * (Math.imul(i, 2654435761) >>> 0)) / 2 ** 32 - 1);
}

/** An example for an input of this type, whatever sizes it leaves open: images, or tokens of a small vocabulary. */
export function exampleOf({ dtype, shape }, options) {
  const text = dtype === "int64";
  const open = (i) => (i === 1 ? (text ? options.tokens : 3) : (options["image-size"] ?? 224));
  const dims = (shape ?? [null, 3, null, null]).map((d, i) =>
    i === 0 ? options.batch : typeof d === "number" ? d : open(i),
  );
  const size = dims.reduce((a, b) => a * b, 1);
  if (!text) return { dtype: "float32", dims, data: numbers(size) };
  const words = BigInt64Array.from({ length: size }, (_, i) =>
    BigInt((Math.imul(i, 2654435761) >>> 0) % 1000),
  );
  return { dtype, dims, data: words };
}
