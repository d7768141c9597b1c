import { sizeOf } from "../../core/shape.js";
import { float32, toNumbers } from "../../core/tensor.js";
import type { Builder } from "../builder.js";
import { type Node, none, type OpNode, type Value } from "../node.js";
import type { Fitting } from "./fitting.js";

/** Padding around an image: the lowest float32, so it is never the maximum. */
const lowest = -3.4028234663852886e38;

/**
 * Gradient of MaxPool without its `Indices`, which the WebGPU provider does not compute. With x_k the input at
 * window position k:
 *
 *     m_k = (x_k = y and no earlier position was),   dx = sum_k (m_k * dy scattered to where x_k was)
 *
 * The first of several maxima gets the gradient, as with indices. One ConvTranspose scatters: its kernel of
 * position k is 1 there and 0 elsewhere.
 *
 * @returns the flat dx that replaces ScatterElements(zeros, indices, dy); undefined for any other scatter
 */
export function scatterOfMaxPool({
  g,
  node,
  producers,
}: Fitting<"ScatterElements">): readonly Value[] | undefined {
  const [data, indices, updates] = node.inputs as [Value, Value, Value];
  const pool = poolOf(indices, producers);
  if (!pool || node.attributes.reduction !== "add" || !isZero(g, data, producers)) return undefined;
  const { kernel_shape: kernel, strides, dilations, pads } = pool.attributes;
  const [x, y] = [pool.inputs[0]!, pool.outputs[0]!];
  const [from, to] = [g.dims(x), g.dims(y)];
  // The provider's ConvTranspose has one or two spatial axes.
  if (kernel.length > 2 || g.dtype(x) !== "float32" || sizeOf(g.dims(data)) !== sizeOf(from))
    return undefined;

  /** Positions that the windows cover; positions beyond x or not covered. */
  const covers = kernel.map((k, i) => (to[i + 2]! - 1) * strides[i]! + (k - 1) * dilations[i]! + 1);
  const beyond = covers.map((size, i) => size - pads[i]! - from[i + 2]!);
  const outputPadding = beyond.map((n) => Math.max(0, -n));
  if (outputPadding.some((n, i) => n >= Math.max(strides[i]!, dilations[i]!))) return undefined;
  const begin = pads.slice(0, kernel.length);
  const end = beyond.map((n) => Math.max(0, n));
  const padded = g.pad(x, [0, 0, ...begin, 0, 0, ...end], lowest);

  const dy = g.reshape(updates, to);
  const [zero, one] = [g.number(0, y), g.number(1, y)];
  let free: Value | undefined;
  const parts = positionsOf(kernel).map((position, k, all) => {
    const starts = position.map((p, i) => p * dilations[i]!);
    const seen = g.slice(padded, {
      starts,
      ends: starts.map((s, i) => s + (to[i + 2]! - 1) * strides[i]! + 1),
      axes: kernel.map((_, i) => i + 2),
      steps: strides,
    });
    const equal = g.where(g.equal(seen, y), one, zero);
    const mask = free === undefined ? equal : g.mul(equal, free);
    if (k < all.length - 1) free = g.sub(free ?? one, mask);
    return g.unsqueeze(g.mul(mask, dy), [2]);
  });
  const [n, channels, ...plane] = to as [number, number, ...number[]];
  const count = parts.length;
  // Each channel becomes an image whose channels are the positions of the window.
  const shares = g.reshape(g.concat(parts, 2), [n * channels, count, ...plane]);
  const eye = Array.from({ length: count * count }, (_, i) => (i % count === Math.floor(i / count) ? 1 : 0));
  const dx = g.convTranspose(shares, g.constant(float32([count, 1, ...kernel], eye)), none, {
    strides,
    dilations,
    pads: [...begin, ...end],
    outputPadding,
  });
  return [g.reshape(dx, g.dims(data))];
}

/** Returns the MaxPool that computed these indices, flattened or not. */
function poolOf(indices: Value, producers: ReadonlyMap<Value, Node>): OpNode<"MaxPool"> | undefined {
  const node = producers.get(indices);
  if (node?.kind !== "op") return undefined;
  if (node.op === "Reshape") return poolOf(node.inputs[0]!, producers);
  return node.op === "MaxPool" && node.outputs[1] === indices ? node : undefined;
}

function isZero(g: Builder, v: Value, producers: ReadonlyMap<Value, Node>): boolean {
  const node = producers.get(v);
  const source = node?.kind === "op" && node.op === "Expand" ? node.inputs[0]! : v;
  const constant = g.constantOf(source);
  return constant !== undefined && toNumbers(constant).every((n) => n === 0);
}

/** Returns all positions of a window; the last axis changes fastest. */
function positionsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (rows, size) => rows.flatMap((row) => Array.from({ length: size }, (_, p) => [...row, p])),
    [[]],
  );
}
