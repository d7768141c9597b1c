import { draws } from "../core/random.js";
import { sizeOf } from "../core/shape.js";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { blockForOrt } from "../graph/passes/block-for-ort.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Runtime } from "./runtime.js";

/** Block sizes of onnxruntime's kernels: 16 channels with AVX-512, 8 with AVX2. */
const candidates = [16, 8];
/** Relative to the largest result: far above float32's rounding, far below the error of a wrong layout. */
const tolerance = 1e-4;

/**
 * Finds the number of channels that the runtime's blocked convolutions store side by side. A small convolution,
 * including the form of its gradient, must give the same as the plain one.
 * @returns 16, 8, or 1 if no blocked form is correct
 */
export async function findBlockSize(runtime: Runtime): Promise<number> {
  const { graph, feeds } = trial();
  const wanted = await results(runtime, graph, feeds);
  const scale = Math.max(...wanted.map(Math.abs));
  for (const blockSize of candidates) {
    const blocked = blockForOrt(graph, { blockSize, fromPixels: 0 });
    try {
      const found = await results(runtime, blocked, feeds);
      // Written so that NaN is no match.
      if (found.every((v, i) => Math.abs(v - wanted[i]!) <= tolerance * scale)) return blockSize;
    } catch {
      // The operator is missing or refuses this layout: try the next candidate.
    }
  }
  return 1;
}

/**
 * y = relu(conv(x, w) + b + x) for 32 channels: two blocks of 16 reveal a wrong order. Also kernels as in an input's
 * gradient, flipped and of one position, with stride 2.
 */
function trial(): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = new Graph("block size");
  const noise = draws(1, "block size");
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, dims: readonly number[]) => {
    feeds[name] = float32(
      dims,
      Array.from({ length: sizeOf(dims) }, () => noise.normal()),
    );
    return graph.input(name, { dtype: "float32", shape: dims });
  };
  const g = new Builder(graph);
  const x = input("x", [1, 32, 5, 6]);
  const y = g.conv(x, input("w", [32, 32, 3, 3]), input("b", [32]), { pads: [1, 1, 1, 1] });
  const sum = g.relu(g.add(y, x));
  const turned = g.transpose(input("v", [32, 32, 1, 1]), [1, 0, 2, 3]);
  const flipped = g.slice(g.transpose("w", [1, 0, 2, 3]), {
    starts: [-1, -1],
    ends: [-4, -4],
    axes: [2, 3],
    steps: [-1, -1],
  });
  const z = g.conv(g.conv(sum, turned, ""), flipped, "", { pads: [1, 1, 1, 1] });
  graph.outputs.push(sum, g.slice(z, { starts: [0, 0], ends: [5, 6], axes: [2, 3], steps: [2, 2] }));
  return { graph, feeds };
}

async function results(runtime: Runtime, graph: Graph, feeds: Record<string, Tensor>): Promise<number[]> {
  const session = await runtime.session(toOnnx(graph), { label: "the trial of blocked convolutions" });
  try {
    const out = await session.run(feeds);
    return graph.outputs.flatMap((name) => Array.from(out[name]!.data as Float32Array));
  } finally {
    await session.dispose();
  }
}
