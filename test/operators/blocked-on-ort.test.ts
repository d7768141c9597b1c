import { afterAll, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { draws } from "../../src/core/random.js";
import { sizeOf } from "../../src/core/shape.js";
import { float32, type Tensor, toNumbers } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { blockForOrt } from "../../src/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";

// Convolutions in the runtime's blocked form, forward and backward, against the plain form on the same runtime.
const runtime = await nodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** What the two networks are made of: inputs with their numbers, convolutions with their weights. */
class Network {
  readonly graph = new Graph("network");
  readonly g = new Builder(this.graph);
  readonly feeds: Record<string, Tensor> = {};
  private readonly weights: string[] = [];
  // With seed 5 one number lies within rounding of a bound of Clip: its mask flips between the forms.
  private readonly noise = draws(6, "blocked");

  input(name: string, dims: readonly number[], scale = 1): string {
    const values = Array.from({ length: sizeOf(dims) }, () => scale * this.noise.normal());
    this.feeds[name] = float32(dims, values);
    return this.graph.input(name, { dtype: "float32", shape: dims });
  }

  conv(x: string, o: number, k: number, stride: number, group = 1): string {
    const c = this.g.dims(x)[1]! / group;
    const w = this.input(`w${this.weights.length}`, [o, c, k, k], Math.sqrt(2 / (c * k * k)));
    const b = this.input(`b${this.weights.length}`, [o], 0.1);
    this.weights.push(w, b);
    const p = (k - 1) / 2;
    return this.g.conv(x, w, b, { pads: [p, p, p, p], strides: [stride, stride], group });
  }

  /** The outputs: y, and the gradients of all weights. */
  differentiate(y: string): this {
    const { g, graph, weights } = this;
    const loss = g.reduceSum(g.mul(y, this.input("cotangent", g.dims(y))), { axes: [0, 1, 2, 3] });
    const gradients = differentiate(graph, loss, weights);
    graph.outputs.push(y, ...weights.map((w) => gradients.get(w)!));
    return this;
  }
}

/** A stem on a picture, a residual block with a stride and one without. */
function residual(): Network {
  const n = new Network();
  const { g } = n;
  const block = (x: string, o: number, stride: number) => {
    const inner = n.conv(g.relu(n.conv(g.relu(n.conv(x, 32, 1, 1)), 32, 3, stride)), o, 1, 1);
    return g.relu(g.add(inner, stride === 1 ? x : n.conv(x, o, 1, stride)));
  };
  const x = n.input("x", [2, 3, 20, 24]);
  return n.differentiate(block(block(g.relu(n.conv(x, 32, 3, 1)), 64, 2), 64, 1));
}

/** MobileNetV2's blocks: wide, one channel a group, narrow; with a stride and without. */
function inverted(): Network {
  const n = new Network();
  const { g } = n;
  const relu6 = (x: string) => g.clip(x, g.number(0, x), g.number(6, x));
  const block = (x: string, o: number, stride: number, k: number) => {
    const wide = 2 * g.dims(x)[1]!;
    const inner = relu6(n.conv(relu6(n.conv(x, wide, 1, 1)), wide, k, stride, wide));
    const y = n.conv(inner, o, 1, 1);
    return stride === 1 ? g.add(y, x) : y;
  };
  const x = n.input("x", [3, 3, 20, 24]);
  return n.differentiate(block(block(relu6(n.conv(x, 32, 3, 1)), 48, 2, 3), 48, 1, 5));
}

const networks = { residual, inverted };
test.each(Object.entries(networks))(
  "the %s network and its gradients are the same blocked and plain, and the same again",
  async (_, make) => {
    const { graph, feeds } = make();
    const blockSize = await runtime.blockSize!();
    const plain = fuseForOrt(graph);
    const blocked = blockForOrt(plain, { blockSize, fromPixels: 0 });
    if (blockSize > 1) expect(blocked.nodes.filter((n) => n.kind === "custom").length).toBeGreaterThan(10);
    const results: number[][][] = [];
    for (const form of [plain, blocked, blocked]) {
      const session = await runtime.session(toOnnx(form));
      const fed = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
      const found = await session.run(fed);
      results.push(graph.outputs.map((name) => Array.from(toNumbers(found[name]!))));
      await session.dispose();
    }
    const [wanted, first, second] = results as [number[][], number[][], number[][]];
    expect(second).toEqual(first);
    wanted.forEach((values, k) => {
      const scale = Math.max(...values.map(Math.abs));
      const worst = Math.max(...values.map((v, i) => Math.abs(v - first[k]![i]!)));
      // float32's rounding in sums of up to a few thousand products; a wrong layout is off by about 1.
      expect(worst / scale, graph.outputs[k]).toBeLessThan(1e-5);
    });
  },
);
