import { sizeOf } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Builder } from "../builder.js";
import type { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";

type Kernel = readonly [number, number, number, number];

/** [O, I, kh, kw] -> [O/B, I/B, kh, kw, B of I, B of O]: what the runtime's blocked convolution reads. */
export function blockWeight(g: Builder, w: Value, size: number): Value {
  const [o, i, kh, kw] = g.dims(w) as Kernel;
  if (kh * kw === 1) return blockWeightOfImage(g, w, size);
  // Rows of B numbers in another order: half the time of one Transpose, into which two would be joined.
  const k = kh * kw;
  const inner = g.transpose(g.reshape(w, [o / size, size, i * k]), [0, 2, 1]);
  const order = Array.from({ length: i * k }, (_, at) => {
    const [block, position, channel] = [Math.floor(at / (k * size)), Math.floor(at / size) % k, at % size];
    return (block * size + channel) * k + position;
  });
  return g.reshape(g.gather(inner, g.ints(order), 1), [o, i, kh, kw]);
}

/** [O, I, kh, kw] -> [O/B, I, kh, kw, B of O]: the weights of a convolution that reads a plain picture. */
export function blockWeightOfImage(g: Builder, w: Value, size: number): Value {
  const [o, i, kh, kw] = g.dims(w) as Kernel;
  const split = g.reshape(w, [o / size, size, i * kh * kw]);
  return g.reshape(g.transpose(split, [0, 2, 1]), [o, i, kh, kw]);
}

/** [C, 1, kh, kw] -> [C/B, kh, kw, B]: one channel a group; the very order that a blocked tensor [N, C, kh, kw] has. */
export function blockDepthwiseWeight(g: Builder, w: Value, size: number): Value {
  const dims = g.dims(w) as Kernel;
  const split = g.reshape(w, [dims[0] / size, size, dims[2] * dims[3]]);
  return g.reshape(g.transpose(split, [0, 2, 1]), dims);
}

/**
 * w[O, I, kh, kw] -> the blocked form of w'[I, O, kh, kw], its channels exchanged and turned in space: the kernel
 * of an input's gradient, in rows that lie together (3/4 of the time that w' alone takes in the plain form).
 */
export function blockTurnedWeight(g: Builder, w: Value, size: number): Value {
  const [o, i, kh, kw] = g.dims(w) as Kernel;
  const k = kh * kw;
  let rows = w;
  if (k > 1) {
    const backwards = g.ints(Array.from({ length: k }, (_, j) => k - 1 - j));
    rows = g.gather(g.transpose(g.reshape(w, [o, i, k]), [0, 2, 1]), backwards, 1);
  }
  const split = k === 1 ? [o, i / size, size] : [o / size, size, k, i / size, size];
  return g.reshape(g.transpose(g.reshape(rows, split), k === 1 ? [1, 0, 2] : [3, 0, 2, 1, 4]), [
    i,
    o,
    kh,
    kw,
  ]);
}

/** v, when w is v with its channels exchanged and its kernel turned in space, as `blockTurnedWeight` makes it. */
export function turnedFrom(graph: Graph, producers: ReadonlyMap<Value, Node>, w: Value): Value | undefined {
  let node = producers.get(w);
  const kernel = graph.dims(w).slice(2);
  if (sizeOf(kernel) > 1) {
    if (node?.kind !== "op" || node.op !== "Slice") return undefined;
    const [from, ...bounds] = node.inputs as [Value, ...Value[]];
    const axes = kernel.flatMap((k, a) => (k > 1 ? [a + 2] : []));
    const wanted = [axes.map(() => -1), axes.map((a) => -kernel[a - 2]! - 1), axes, axes.map(() => -1)];
    const found = bounds.map((b) => graph.initializers.get(b));
    if (found.some((t, i) => !t || toNumbers(t).join() !== wanted[i]!.join())) return undefined;
    node = producers.get(from);
  }
  if (node?.kind !== "op" || node.op !== "Transpose") return undefined;
  return node.attributes.perm.join() === "1,0,2,3" ? node.inputs[0] : undefined;
}
