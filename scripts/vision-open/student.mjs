// Teacher and student: the student has the teacher's blocks, except some of those with a shortcut around them.
import { readFileSync } from "node:fs";
import { fromOnnx } from "../../dist/graph/from-onnx.js";
import { Graph } from "../../dist/graph/graph.js";
import { inferNode } from "../../dist/graph/infer/index.js";
import { extract } from "../../dist/graph/surgery/index.js";

/** Last map before the widening convolution, float32[N, 112, H / 32, W / 32]; and the pooled features, float32[N, 1280]. */
export const map = "block_16_project_BN";
export const features = "output";
export const widths = { map: 112, features: 1280 };

/**
 * Returns the teacher's graph for images of `size` (height, width; numbers or names), without the blocks in `dropped`. What a
 * dropped block's sum would have been is then its shortcut.
 */
export function network(file, { size, dropped = [] }) {
  const { graph } = fromOnnx(readFileSync(file));
  const shortcut = new Map();
  const input = graph.inputs[0];
  const out = new Graph("vision-open");
  out.input("pixel_values", { dtype: "float32", shape: ["batch", 3, ...size] });
  for (const [name, data] of graph.initializers) out.initializer(name, data);
  for (const node of graph.nodes) {
    const block = dropped.find((b) => node.op === "Add" && node.outputs[0] === `block_${b}_add`);
    if (block !== undefined) {
      shortcut.set(node.outputs[0], shortcut.get(node.inputs[0]) ?? node.inputs[0]);
      continue;
    }
    const inputs = node.inputs.map((v) => (v === input ? "pixel_values" : (shortcut.get(v) ?? v)));
    const moved = { ...node, inputs };
    out.push(moved, inferNode(out, moved));
  }
  out.outputs.push(features);
  for (const [domain, version] of graph.opsets) out.opsets.set(domain, version);
  // Drops the blocks that nothing reads any more.
  const used = extract(out, [features]);
  if (used.nodes.length + 8 * dropped.length !== out.nodes.length)
    throw new Error(`a block of ${dropped} is not a residual block`);
  return used;
}
