import { toNumbers } from "../../core/tensor.js";
import type { Builder } from "../builder.js";
import type { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";

type Kernel = readonly [number, number, number, number];

/**
 * Adds the runtime's own reordering of v into blocks: [N, C, H, W] to [N, C/B, H, W, B], on all threads.
 * @param channelsLast v is stored as [N, H, W, C]
 */
export type IntoBlocks = (v: Value, dims: Kernel, channelsLast?: boolean) => Value;

/** [O, I, kh, kw] -> [O/B, I/B, kh, kw, B of I, B of O]: the weight layout of the blocked convolution. */
export function blockWeight(g: Builder, w: Value, size: number, intoBlocks: IntoBlocks): Value {
  const [o, i, kh, kw] = g.dims(w) as Kernel;
  const k = kh * kw;
  const inner = intoBlocks(w, [1, o, i * k, 1]);
  if (k === 1) return inner;
  // Reorders rows of B numbers: half the time of one Transpose, into which two would be merged.
  const order = Array.from({ length: i * k }, (_, at) => {
    const [block, position, channel] = [Math.floor(at / (k * size)), Math.floor(at / size) % k, at % size];
    return (block * size + channel) * k + position;
  });
  return g.gather(g.reshape(inner, [o / size, i * k, size]), g.ints(order), 1);
}

/** [O, I, kh, kw] -> [O/B, I, kh, kw, B of O]: weights of a convolution that reads a plain image. */
export function blockWeightOfImage(g: Builder, w: Value, intoBlocks: IntoBlocks): Value {
  const [o, i, kh, kw] = g.dims(w) as Kernel;
  return intoBlocks(w, [1, o, i * kh * kw, 1]);
}

/** [C, 1, kh, kw] -> [C/B, kh, kw, B]: one channel per group. A blocked tensor [N, C, kh, kw] has the same order. */
export function blockDepthwiseWeight(g: Builder, w: Value, intoBlocks: IntoBlocks): Value {
  const [c, , kh, kw] = g.dims(w) as Kernel;
  return intoBlocks(w, [1, c, kh, kw]);
}

/** Kernel of an input's gradient: the kernel of a convolution with its two channel axes swapped. */
export interface Turned {
  /** [O, I, kh, kw] */
  readonly from: Value;
  /** Its positions, in row-major order. */
  readonly positions: readonly number[];
}

/** w[O, I, kh, kw] -> [O, I/B, kh, kw, B of I], once for all kernels made of it; [I/B, O, B of I] for 1 x 1. */
export function blockChannels(g: Builder, w: Value, intoBlocks: IntoBlocks): Value {
  const [o, i, kh, kw] = g.dims(w) as Kernel;
  return kh * kw === 1 ? intoBlocks(w, [1, i, o, 1], true) : intoBlocks(w, [o, i, kh, kw]);
}

/**
 * Returns the blocked form of w'[I, O, …], made of w[O, I, kh, kw]. One Gather of rows of B numbers orders the
 * blocks of I within a block of O; a second one moves whole rows for a block of O and I.
 * @param blocked w, from {@link blockChannels}
 */
export function blockTurnedWeight(
  g: Builder,
  blocked: Value,
  { from, positions }: Turned,
  size: number,
): Value {
  const [o, i, kh, kw] = g.dims(from) as Kernel;
  const [k, blocks, taps] = [kh * kw, i / size, positions.length];
  if (k === 1) return blocked;
  const order = Array.from({ length: blocks * taps * size }, (_, at) => {
    const [block, tap, channel] = [Math.floor(at / (taps * size)), Math.floor(at / size) % taps, at % size];
    return (channel * blocks + block) * k + positions[tap]!;
  });
  const inner = g.gather(g.reshape(blocked, [o / size, size * blocks * k, size]), g.ints(order), 1);
  return g.transpose(g.reshape(inner, [o / size, blocks, taps * size * size]), [1, 0, 2]);
}

/** Returns v and its positions if w is v with its channels swapped, whole or cut and flipped in space. */
export function turnedFrom(graph: Graph, producers: ReadonlyMap<Value, Node>, w: Value): Turned | undefined {
  let node = producers.get(w);
  const taken = graph.dims(w).slice(2);
  let steps: readonly (readonly number[])[] = taken.map((n) => Array.from({ length: n }, (_, i) => i));
  if (node?.kind === "op" && node.op === "Slice") {
    const whole = graph.dims(node.inputs[0]!).slice(2);
    const [starts, , axes, strides] = node.inputs.slice(1).map((b) => {
      const found = graph.initializers.get(b);
      return found && toNumbers(found);
    });
    if (!starts || !axes || !strides || axes.some((a) => a < 2)) return undefined;
    steps = taken.map((n, axis) => {
      const at = axes.indexOf(axis + 2);
      const [start, stride] = at < 0 ? [0, 1] : [starts[at]!, strides[at]!];
      return Array.from({ length: n }, (_, i) => (start < 0 ? start + whole[axis]! : start) + i * stride);
    });
    node = producers.get(node.inputs[0]!);
  }
  if (node?.kind !== "op" || node.op !== "Transpose" || node.attributes.perm.join() !== "1,0,2,3")
    return undefined;
  const from = node.inputs[0]!;
  const [rows, columns] = steps as [readonly number[], readonly number[]];
  return { from, positions: rows.flatMap((r) => columns.map((c) => r * graph.dims(from)[3]! + c)) };
}
