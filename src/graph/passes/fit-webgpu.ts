import { isStatic, sizeOf } from "../../core/shape.js";
import { float32, toNumbers } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import type { Graph } from "../graph.js";
import { type AnyOpNode, type Node, none, type OpNode, type Value } from "../node.js";
import type { OpName } from "../ops.js";
import type { Fitting } from "./fitting.js";
import { simplify } from "./simplify.js";

/** Returns the new outputs; undefined if the node can stay. */
type Fit<Op extends OpName> = (f: Fitting<Op>) => readonly Value[] | undefined;

/** Largest float32. Infinities are clipped to it and restored. */
const largest = 3.4028234663852886e38;

/**
 * Operators that onnxruntime's WebGPU provider does not support, refuses in some form, or computes wrongly,
 * rewritten to equivalent ones. Without a kernel they would run on wasm, with every value copied there and back.
 * `docs/operators.md` lists the reason for each.
 */
const table: { readonly [Op in OpName]?: Fit<Op> } = {
  // y = alpha * op(a) @ op(b)
  FusedMatMul({ g, node: { inputs, attributes } }) {
    const { alpha, transA, transB } = attributes;
    const turned = (v: Value, turn: boolean): Value => {
      const axes = Array.from({ length: g.rank(v) }, (_, i) => i);
      const last = axes.length - 1;
      return turn ? g.transpose(v, [...axes.slice(0, -2), last, last - 1]) : v;
    };
    const y = g.matmul(turned(inputs[0]!, transA), turned(inputs[1]!, transB));
    return [alpha === 1 ? y : g.mul(y, g.number(alpha, y))];
  },
  // x > 0 ? 1 : x < 0 ? -1 : x
  Sign({ g, node: { inputs } }) {
    const x = inputs[0]!;
    if (g.dtype(x) !== "float32") return undefined;
    const zero = g.number(0, x);
    const down = g.where(g.less(x, zero), g.number(-1, x), x);
    return [g.where(g.greater(x, zero), g.number(1, x), down)];
  },
  // x / (1 + |x|)
  Softsign: ({ g, node: { inputs } }) => [
    g.div(inputs[0]!, g.add(g.abs(inputs[0]!), g.number(1, inputs[0]!))),
  ],
  // gamma * elu(x)
  Selu({ g, node: { inputs, attributes } }) {
    const elu = g.node("Elu", [inputs[0]!], { alpha: attributes.alpha });
    return [g.mul(elu, g.number(attributes.gamma, elu))];
  },
  // z - log(sum(exp(z))),  z = x - max(x)
  LogSoftmax({ g, node: { inputs, attributes } }) {
    const axes = { axes: [attributes.axis], keepdims: true };
    const z = g.sub(inputs[0]!, g.reduceMax(inputs[0]!, axes));
    return [g.sub(z, g.log(g.reduceSum(g.exp(z), axes)))];
  },
  // The provider skips the elementwise part of a reduction over no axes.
  ReduceL1: (f) => (reducesNothing(f) ? [f.g.abs(f.node.inputs[0]!)] : undefined),
  ReduceLogSum: (f) => (reducesNothing(f) ? [f.g.log(f.node.inputs[0]!)] : undefined),
  // m + log(sum(exp(x - m))),  m = max(x). Without m the provider's sum overflows.
  ReduceLogSumExp(f) {
    const { g, node } = f;
    const [x, axes = none] = node.inputs as [Value, Value?];
    if (reducesNothing(f)) return [x];
    const options = { noop_with_empty_axes: node.attributes.noop_with_empty_axes };
    const reduce = (op: "ReduceMax" | "ReduceSum", v: Value, keepdims: boolean): Value =>
      g.node(op, axes === none ? [v] : [v, axes], { ...options, keepdims });
    const bounded = (v: Value): Value => g.clip(v, g.number(-largest, v), g.number(largest, v));
    const sum = reduce(
      "ReduceSum",
      g.exp(g.sub(x, bounded(reduce("ReduceMax", x, true)))),
      node.attributes.keepdims,
    );
    return [g.add(g.log(sum), bounded(reduce("ReduceMax", x, node.attributes.keepdims)))];
  },
  Slice: backwards,
  BatchNormalization: batchStatistics,
  LayerNormalization: broadcastScale,
  ScatterElements: scatterOfMaxPool,
  Conv: channelsByThree,
  ConvTranspose: oneChannelOfGroups,
};

/**
 * Rewrites the graph for onnxruntime's WebGPU provider, so that it runs completely and correctly on the device.
 * Values may differ from the original by rounding.
 *
 * @example const bytes = toOnnx(fitWebGpu(step.graph));
 */
export function fitWebGpu(graph: Graph): Graph {
  const producers = graph.producers();
  const fitted = graph.withoutNodes();
  const names = [...graph.types.keys(), ...graph.nodes.flatMap((n) => n.outputs)];
  let prefix = "webgpu";
  while (names.some((name) => name.startsWith(`${prefix}/`))) prefix += "_";
  const g = new Builder(fitted, prefix);
  for (const node of graph.nodes) {
    const made = node.kind === "op" ? fit(g, node, producers) : undefined;
    if (!made) {
      fitted.push(node, graph.typesOf(node));
      continue;
    }
    node.outputs.forEach((output, i) => {
      if (output === none || made[i] === undefined) return;
      fitted.push(
        {
          kind: "op",
          op: "Identity",
          name: node.name,
          inputs: [made[i]!],
          outputs: [output],
          attributes: {},
        },
        [graph.types.get(output)],
      );
    });
  }
  fitted.outputs.push(...graph.outputs);
  return withoutUnreadIndices(simplify(fitted));
}

function fit(g: Builder, node: AnyOpNode, producers: ReadonlyMap<Value, Node>): readonly Value[] | undefined {
  const rewrite = table[node.op] as Fit<OpName> | undefined;
  // Unknown sizes are left to the runtime.
  const typed = node.inputs.every((v) => v === none || isStatic(g.graph.types.get(v)?.shape));
  return typed ? rewrite?.({ g, node: node as OpNode, producers }) : undefined;
}

/** Removes indices that only a rewritten gradient read. */
function withoutUnreadIndices(graph: Graph): Graph {
  const read = new Set([...graph.nodes.flatMap((n) => n.inputs), ...graph.outputs]);
  const result = graph.withoutNodes();
  for (const node of graph.nodes) {
    const unread = node.op === "MaxPool" && node.outputs.length > 1 && !read.has(node.outputs[1]!);
    const kept = unread ? { ...node, outputs: node.outputs.slice(0, 1) } : node;
    result.push(kept as Node, graph.typesOf(kept as Node));
  }
  result.outputs.push(...graph.outputs);
  return result;
}

function reducesNothing({ g, node }: Fitting<"ReduceL1" | "ReduceLogSum" | "ReduceLogSumExp">): boolean {
  const axes = node.inputs[1];
  const empty = axes === undefined || axes === none || g.constantOf(axes)?.data.length === 0;
  return empty && node.attributes.noop_with_empty_axes;
}

/** Replaces a backward Slice with steps larger than 1 by Gather: the provider starts it at the wrong element. */
function backwards({ g, node }: Fitting<"Slice">): readonly Value[] | undefined {
  const [x, ...given] = node.inputs as [Value, ...Value[]];
  const [starts, ends, axes, steps] = given.map((v) => {
    const tensor = v === none ? undefined : g.constantOf(v);
    return tensor && toNumbers(tensor);
  });
  if (!starts || !ends || !steps?.some((s) => s < -1)) return undefined;
  const dims = g.dims(x);
  let y = x;
  starts.forEach((start, i) => {
    const axis = axes?.[i] ?? i;
    const size = dims[axis < 0 ? axis + dims.length : axis]!;
    const step = steps[i]!;
    const at = (p: number, low: number, high: number): number =>
      Math.min(high, Math.max(low, p < 0 ? p + size : p));
    const [from, to] =
      step < 0
        ? [at(start, 0, size - 1), at(ends[i]!, -1, size - 1)]
        : [at(start, 0, size), at(ends[i]!, 0, size)];
    const positions: number[] = [];
    for (let p = from; step < 0 ? p > to : p < to; p += step) positions.push(p);
    y = g.gather(y, g.ints(positions), axis);
  });
  return [y];
}

/** y = (x - mean) / sqrt(var + epsilon) * scale + bias over all axes but the channels', and the running averages. */
function batchStatistics({ g, node }: Fitting<"BatchNormalization">): readonly Value[] | undefined {
  const { epsilon, momentum, training_mode } = node.attributes;
  if (!training_mode) return undefined;
  const [x, scale, bias, mean, variance] = node.inputs as [Value, Value, Value, Value, Value];
  const axes = g.dims(x).flatMap((_, i) => (i === 1 ? [] : [i]));
  const channels = g.dims(x)[1]!;
  const along = (v: Value): Value => g.reshape(v, [1, channels, ...axes.slice(1).map(() => 1)]);
  const m = g.reduceMean(x, { axes, keepdims: true });
  const centred = g.sub(x, m);
  const v = g.reduceMean(g.mul(centred, centred), { axes, keepdims: true });
  const factor = g.div(along(scale), g.sqrt(g.add(v, g.number(epsilon, v))));
  const moved = (running: Value, now: Value): Value =>
    g.add(
      g.mul(running, g.number(momentum, running)),
      g.mul(g.reshape(now, [channels]), g.number(1 - momentum, running)),
    );
  return [g.add(g.mul(centred, factor), along(bias)), moved(mean, m), moved(variance, v)];
}

/** Applies scale and bias afterwards if their shape differs from the normalised axes. */
function broadcastScale({ g, node }: Fitting<"LayerNormalization">): readonly Value[] | undefined {
  const [x, scale, bias = none] = node.inputs as [Value, Value, Value?];
  const dims = g.dims(x);
  const { axis } = node.attributes;
  const normal = dims.slice(axis < 0 ? axis + dims.length : axis);
  const fits = (v: Value): boolean => g.dims(v).join() === normal.join();
  if (fits(scale) && (bias === none || fits(bias))) return undefined;
  const ones = g.expand(g.number(1, scale), normal);
  const outputs = g.nodes("LayerNormalization", [x, ones], node.attributes, node.outputs.length);
  const scaled = g.mul(outputs[0]!, scale);
  return [bias === none ? scaled : g.add(scaled, bias), ...outputs.slice(1)];
}

/**
 * Pads channels with zeros to a multiple of 4 if they are a multiple of 3 and not of 4 (6, 9, 18 …; not an image's
 * 3). The provider's kernel reads such channels in threes, incorrectly.
 */
function channelsByThree({ g, node }: Fitting<"Conv">): readonly Value[] | undefined {
  const [x, w, bias = none] = node.inputs as [Value, Value, Value?];
  const [made, from, ...kernel] = g.dims(w) as [number, number, ...number[]];
  if (node.attributes.group !== 1 || from === 3 || from % 3 !== 0 || from % 4 === 0 || made % 4 !== 0)
    return undefined;
  const still = kernel.map(() => 0);
  const wider = (v: Value): Value => g.pad(v, [0, 0, ...still, 0, 4 - (from % 4), ...still]);
  return [g.node("Conv", [wider(x), wider(w), bias], node.attributes)];
}

/**
 * Adds a second channel of zeros to each group, and removes it afterwards. The provider computes groups with one
 * output channel and an even number of input channels incorrectly, from the second group on.
 */
function oneChannelOfGroups({ g, node }: Fitting<"ConvTranspose">): readonly Value[] | undefined {
  const [x, w, bias = none] = node.inputs as [Value, Value, Value?];
  const { group } = node.attributes;
  const [channels, made, ...kernel] = g.dims(w) as [number, number, ...number[]];
  if (group === 1 || made !== 1 || (channels / group) % 2 !== 0) return undefined;
  const still = kernel.map(() => 0);
  const two = g.node("ConvTranspose", [x, g.pad(w, [0, 0, ...still, 0, 1, ...still])], node.attributes);
  const [n, , ...plane] = g.dims(two) as [number, number, ...number[]];
  const paired = g.reshape(two, [n, group, 2, ...plane]);
  const first = g.reshape(g.slice(paired, { starts: [0], ends: [1], axes: [2] }), [n, group, ...plane]);
  return [bias === none ? first : g.add(first, g.reshape(bias, [1, group, ...kernel.map(() => 1)]))];
}

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
function scatterOfMaxPool({ g, node, producers }: Fitting<"ScatterElements">): readonly Value[] | undefined {
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
