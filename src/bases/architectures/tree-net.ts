import { float32, type Tensor, tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Body } from "../body.js";

/** A regression tree. Node 0 is the root; a node without `left` is a leaf. */
export interface RegressionTree {
  readonly feature: readonly number[];
  /** Rows whose feature is at most this go left; a missing number (NaN) goes left too. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

/** Nodes of several trees in one table. A leaf leads to itself. */
interface NodeTable {
  readonly feature: number[];
  readonly threshold: number[];
  /** Left child; the right child is the next node. */
  readonly left: number[];
  readonly value: number[];
  readonly roots: number[];
  /** Steps from a root to the deepest leaf. */
  depth: number;
}

/**
 * Builds a network of regression trees: `features` float32[batch, width] -> the value of each tree, float32[batch, trees].
 *
 * All trees are walked at once, one step of the deepest tree at a time:
 *
 * node ← left[node] + (x[feature[node]] > threshold[node])
 *
 * Standard operators only: onnxruntime-web's build for WebGPU has none of ONNX's operators for trees (`ai.onnx.ml`).
 * @see Nakandala et al., "A Tensor Compiler for Unified Machine Learning Prediction Serving", 2020, section 4.1
 * @example treeNet([{ feature: [0], threshold: [1.5], left: [1], right: [2], value: [0, -1, 1] }], 3)
 */
export function treeNet(trees: readonly RegressionTree[], width: number): Body {
  const table = tableOf(trees);
  const graph = new Graph("trees");
  const g = new Builder(graph, "trees");
  const x = graph.input("features", { dtype: "float32", shape: ["batch", width] });
  const at = (of: readonly number[], nodes: readonly number[]) => nodes.map((node) => of[node]!);
  const step = (value: Value, threshold: Value, left: Value): Value =>
    g.add(left, g.cast(g.greater(value, threshold), "int32"));
  const { feature, threshold, left, value, roots, depth } = table;
  // The first node of a tree is the same for all rows.
  let node = step(
    g.gather(x, g.weight("root_feature", int32(at(feature, roots))), 1),
    g.weight("root_threshold", floats(at(threshold, roots))),
    g.weight("root_left", int32(at(left, roots))),
  );
  const features = g.weight("feature", int32(feature));
  const thresholds = g.weight("threshold", floats(threshold));
  const children = g.weight("left", int32(left));
  for (let i = 1; i < depth; i++) {
    const read = g.node("GatherElements", [x, g.gather(features, node)], { axis: 1 });
    node = step(read, g.gather(thresholds, node), g.gather(children, node));
  }
  const values = g.gather(g.weight("value", floats(value)), node);
  graph.outputs.push(values);
  return {
    graph,
    pooling: "none",
    features: values,
    width: trees.length,
    cut: { value: values, because: "the value of each tree" },
  };
}

/** Puts the nodes of all trees into one table, children beside each other. */
function tableOf(trees: readonly RegressionTree[]): NodeTable {
  const table: NodeTable = { feature: [], threshold: [], left: [], value: [], roots: [], depth: 0 };
  const add = (): number => {
    const node = table.left.length;
    table.feature.push(0);
    // Nothing is greater, so a leaf leads to itself.
    table.threshold.push(Number.POSITIVE_INFINITY);
    table.left.push(node);
    table.value.push(0);
    return node;
  };
  const fill = (tree: RegressionTree, from: number, node: number, depth: number): void => {
    table.depth = Math.max(table.depth, depth);
    table.value[node] = tree.value[from]!;
    if (tree.left[from] === undefined) return;
    const [left, right] = [add(), add()];
    table.feature[node] = tree.feature[from]!;
    table.threshold[node] = floatAtMost(tree.threshold[from]!);
    table.left[node] = left;
    fill(tree, tree.left[from], left, depth + 1);
    fill(tree, tree.right[from]!, right, depth + 1);
  };
  for (const tree of trees) {
    const root = add();
    table.roots.push(root);
    fill(tree, 0, root, 0);
  }
  return table;
}

const floats = (values: readonly number[]): Tensor => float32([values.length], values);
const int32 = (values: readonly number[]): Tensor =>
  tensor("int32", [values.length], Int32Array.from(values));

/** Returns the largest float32 that is at most x: a float32 is at most x if it is at most this. */
export function floatAtMost(x: number): number {
  const rounded = Math.fround(x);
  if (rounded <= x) return rounded;
  const value = Float32Array.of(rounded);
  const bits = new Int32Array(value.buffer);
  // Positive floats are ordered as their bits, negative ones in reverse. The next one below 0 has the bits 80000001.
  bits[0] = rounded === 0 ? -0x7fffffff : bits[0]! + (rounded > 0 ? -1 : 1);
  return value[0]!;
}
