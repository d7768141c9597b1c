import { isStatic, type StaticShape, sizeOf } from "../../core/shape.js";
import { Builder } from "../builder.js";
import type { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";
import { removeDeadCode } from "./dead-code.js";
import { unusedPrefix } from "./unused-prefix.js";

/**
 * x[…, K] · w[K, N] + b[N] -> Gemm on [rows, K] between two Reshapes, which copy nothing. The bias is then added
 * within the product. onnxruntime fuses this by itself only if x has two axes.
 */
export function fuseBias(graph: Graph): Graph {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const outputs = new Set(graph.outputs);
  const result = graph.withoutNodes();
  const g = new Builder(result, unusedPrefix(graph, "bias"));
  for (const node of graph.nodes) {
    const found = node.kind === "op" && node.op === "Add" ? productAndBias(node) : undefined;
    if (found === undefined) {
      result.push(node, graph.typesOf(node));
      continue;
    }
    const { x, w, bias, dims } = found;
    const k = graph.dims(w)[0]!;
    const product = g.gemm(g.reshape(x, [sizeOf(dims) / dims[dims.length - 1]!, k]), w, bias);
    const shape = g.ints([...dims]);
    const y = node.outputs[0]!;
    result.push(
      {
        kind: "op",
        op: "Reshape",
        name: node.name,
        inputs: [product, shape],
        outputs: [y],
        attributes: { allowzero: false },
      },
      graph.typesOf(node),
    );
  }
  result.outputs.push(...graph.outputs);
  return removeDeadCode(result);

  function productAndBias(add: Node): { x: Value; w: Value; bias: Value; dims: StaticShape } | undefined {
    const dims = floats(add.outputs[0]!);
    if (dims === undefined || dims.length < 3 || sizeOf(dims) === 0) return undefined;
    for (const [product, bias] of [add.inputs, [...add.inputs].reverse()] as [Value, Value][]) {
      const node = producers.get(product);
      if (node?.kind !== "op" || node.op !== "MatMul") continue;
      const [x, w] = node.inputs as [Value, Value];
      const alone = (consumers.get(product) ?? []).length === 1 && !outputs.has(product);
      const fits = floats(w)?.length === 2 && floats(x)?.length === dims.length;
      if (alone && fits && floats(bias)?.join() === String(dims[dims.length - 1]))
        return { x, w, bias, dims };
    }
    return undefined;
  }

  function floats(value: Value): StaticShape | undefined {
    const type = graph.types.get(value);
    return type?.dtype === "float32" && isStatic(type.shape) ? type.shape : undefined;
  }
}
