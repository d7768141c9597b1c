import { sizeOf } from "../core/shape.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import { type AnyOpNode, type Node, none, type OpNode, type Value } from "../graph/node.js";

/**
 * Replaces BatchNormalization by its training form: batch statistics, and running averages for inference.
 *
 * running ← ρ running + (1 - ρ) batch,   ρ the node's momentum; the variance unbiased (n / (n - 1)), as in PyTorch.
 *
 * The operator runs with momentum 0, so its second and third output *are* the batch's mean and variance, which the
 * backward pass reads too.
 *
 * @returns the graph, the new value of each running average, and the batch's own statistics
 */
export function withBatchStatistics(graph: Graph): {
  graph: Graph;
  updates: Map<Value, Value>;
  statistics: Map<Value, Value>;
} {
  const out = graph.withoutNodes();
  const g = new Builder(out, "running");
  const updates = new Map<Value, Value>();
  const statistics = new Map<Value, Value>();
  for (const node of graph.nodes) {
    if (node.kind !== "op" || node.op !== "BatchNormalization" || node.attributes.training_mode) {
      out.push(node, graph.typesOf(node));
      continue;
    }
    const [x, scale, bias, mean, variance] = node.inputs as [Value, Value, Value, Value, Value];
    const y = node.outputs[0]!;
    const batchMean = out.fresh(`${y}.mean`);
    const batchVariance = out.fresh(`${y}.variance`);
    const perChannel = graph.typeOf(scale);
    const scratch = (running: Value): Value => g.mul(updates.get(running) ?? running, g.number(0));
    const trained: OpNode<"BatchNormalization"> = {
      ...node,
      // onnxruntime writes outputs 2 and 3 into the buffers of these two inputs (with momentum 0 it only reads them
      // times 0). That would destroy the running averages read below, so it gets separate buffers.
      inputs: [x, scale, bias, scratch(mean), scratch(variance)],
      outputs: [y, batchMean, batchVariance],
      attributes: { ...node.attributes, training_mode: true, momentum: 0 },
    };
    out.push(trained, [graph.typeOf(y), perChannel, perChannel]);
    const dims = graph.dims(x);
    const n = sizeOf(dims) / dims[1]!;
    const rho = g.number(node.attributes.momentum);
    const rest = g.number(1 - node.attributes.momentum);
    const average = (running: Value, batch: Value): void => {
      // If a normalisation is used twice in a step (two batches), the second use continues from the first.
      const before = updates.get(running) ?? running;
      statistics.set(running, batch);
      updates.set(running, g.add(g.mul(before, rho), g.mul(batch, rest)));
    };
    average(mean, batchMean);
    average(variance, g.mul(batchVariance, g.number(n / Math.max(n - 1, 1))));
  }
  out.outputs.push(...graph.outputs);
  return { graph: out, updates, statistics };
}

/**
 * Folds a frozen BatchNormalization after a convolution with trainable weights into the *weights*, inside the step:
 *
 * BN(conv(x, w) + b) = conv(x, s·w) + (β + (b - μ) s),   s = γ / √(σ² + ε)
 *
 * Both products have the size of the weights, so no operation on activations remains. Gradients reach w, γ and β
 * through them.
 */
export function foldFrozenNormalization(graph: Graph): Graph {
  const consumers = graph.consumers();
  const folded = new Map<Node, OpNode<"BatchNormalization">>();
  const skipped = new Set<Node>();
  for (const node of graph.nodes) {
    if (node.kind !== "op" || node.op !== "Conv") continue;
    const readers = consumers.get(node.outputs[0]!) ?? [];
    const [next] = readers;
    if (readers.length !== 1 || !next || next.kind !== "op" || next.op !== "BatchNormalization") continue;
    if (next.attributes.training_mode || next.inputs[0] !== node.outputs[0]) continue;
    if (graph.outputs.includes(node.outputs[0]!) || graph.initializers.has(node.inputs[1]!)) continue;
    folded.set(node, next);
    skipped.add(next);
  }
  if (folded.size === 0) return graph;
  const out = graph.withoutNodes();
  const g = new Builder(out, "folded");
  for (const node of graph.nodes) {
    if (skipped.has(node)) continue;
    const norm = folded.get(node);
    if (!norm) {
      out.push(node, graph.typesOf(node));
      continue;
    }
    const conv = node as OpNode<"Conv">;
    const [, gamma, beta, mean, variance] = norm.inputs as [Value, Value, Value, Value, Value];
    const [x, w, b] = conv.inputs as [Value, Value, Value | undefined];
    const dims = graph.dims(w);
    const s = g.div(gamma, g.sqrt(g.add(variance, g.number(norm.attributes.epsilon))));
    const scaled = g.mul(w, g.reshape(s, [dims[0]!, ...dims.slice(1).map(() => 1)]));
    const centred = b === undefined || b === none ? g.neg(mean) : g.sub(b, mean);
    const bias = g.add(beta, g.mul(centred, s));
    out.push({ ...conv, inputs: [x, scaled, bias], outputs: [norm.outputs[0]!] } as AnyOpNode, [
      graph.typeOf(norm.outputs[0]!),
    ]);
  }
  out.outputs.push(...graph.outputs);
  return out;
}
