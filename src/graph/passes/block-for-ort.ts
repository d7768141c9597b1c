import { isStatic, type StaticShape, sizeOf } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import { type Graph, readsOf } from "../graph.js";
import { type CustomNode, type Node, none, type OpNode, type Value } from "../node.js";
import {
  blockChannels,
  blockDepthwiseWeight,
  blockTurnedWeight,
  blockWeight,
  blockWeightOfImage,
  type IntoBlocks,
  turnedFrom,
} from "./block-weight.js";
import { blockedDomain } from "./blocked-domain.js";
import { removeDeadCode } from "./dead-code.js";
import { phasesFrom } from "./phases-from.js";
import { placeByPlace } from "./place-by-place.js";
import { unusedPrefix } from "./unused-prefix.js";

/** Most channels of an input image (not a feature map) whose convolution is worth blocking: grey, RGB, RGBA. */
const pictureChannels = 4;

/** One channel per group, one filter per channel. */
const isDepthwise = (x: StaticShape, w: StaticShape, group: number): boolean =>
  group === x[1] && group === w[0] && w[1] === 1;

export interface BlockOptions {
  /** Channels that the runtime stores side by side, from `Runtime.blockSize()`; 1: it has no blocked kernels. */
  readonly blockSize: number;
  /** Fewest pixels (N * H * W of the output) for which blocking is worth copying the weights. Default 512. */
  readonly fromPixels?: number;
}

/**
 * Converts convolutions to the runtime's blocked form. x float32[N, C, H, W] becomes [N, C / B, H, W, B], so that one
 * vector instruction works on B channels. onnxruntime does this by itself only for constant weights; in training the
 * weights are inputs, and are blocked inside the graph. A convolution, Relu and residual sum become one node, and
 * chains stay blocked. Use it after `fuseForOrt`. Results differ from the plain form by rounding only.
 *
 * @example const model = loopModel(blockForOrt(fuseForOrt(step.graph), { blockSize: await runtime.blockSize() }), spec);
 */
export function blockForOrt(graph: Graph, { blockSize, fromPixels = 512 }: BlockOptions): Graph {
  return blockSize > 1 ? new Blocking(graph, blockSize, fromPixels).run() : graph;
}

/** One rewrite. Every value has the plain form, the blocked form, or both once something reads it so. */
class Blocking {
  private readonly result: Graph;
  private readonly prefix: string;
  private readonly g: Builder;
  private readonly blocked = new Map<Value, Value>();
  private readonly weights = new Map<string, Value>();
  private readonly producers: ReadonlyMap<Value, Node>;
  private readonly consumers: ReadonlyMap<Value, readonly Node[]>;
  private readonly outputs: ReadonlySet<Value>;
  /** Masks that are computed in the form in which they are first read; their input has both forms. */
  private readonly waiting = new Map<Value, OpNode<"HardSigmoid">>();
  /** Reshapes that join images and channels: the elements have the same order in both forms. Created when read. */
  private readonly views = new Map<Value, OpNode<"Reshape">>();
  /** Nodes that were computed together with an earlier node. */
  private readonly done = new Set<Node>();

  constructor(
    private readonly graph: Graph,
    private readonly size: number,
    private readonly fromPixels: number,
  ) {
    this.result = graph.withoutNodes();
    this.result.opsets.set(blockedDomain, 1);
    this.prefix = unusedPrefix(graph, "blocked");
    this.g = new Builder(this.result, this.prefix);
    this.producers = graph.producers();
    this.consumers = graph.consumers();
    this.outputs = new Set(graph.outputs);
  }

  run(): Graph {
    for (const node of this.graph.nodes) {
      if (this.done.has(node)) continue;
      if (node.kind === "op" && node.op === "Conv" && this.worthwhile(node)) this.convolution(node);
      else if (node.kind === "op" && node.op === "Concat" && this.interleaved(node)) continue;
      else if (node.kind === "op" && node.op === "Slice" && this.everySecond(node)) continue;
      else if (!this.postponed(node) && !this.elementwise(node) && !this.barrier(node)) {
        for (const value of readsOf(node)) this.plain(value);
        this.result.push(node, this.graph.typesOf(node));
      }
    }
    for (const output of this.graph.outputs) this.plain(output);
    this.result.outputs.push(...this.graph.outputs);
    return removeDeadCode(this.result);
  }

  /**
   * True for a 2-d float32 convolution with enough pixels whose channels fill whole blocks, or that reads an image.
   * Also for depthwise convolutions: their plain kernel is ten times slower and their weights are small.
   */
  private worthwhile({ inputs: [x, w], outputs, attributes }: OpNode<"Conv">): boolean {
    const [xs, ws, ys] = [this.dims(x!), this.dims(w!), this.dims(outputs[0]!)];
    if (xs?.length !== 4 || !ws || !ys) return false;
    // The runtime blocks constant weights by itself, once for all steps.
    const from = turnedFrom(this.graph, this.producers, w!)?.from ?? w!;
    if (this.graph.initializers.has(from)) return false;
    if (attributes.group > 1) return isDepthwise(xs, ws, attributes.group) && xs[1]! % this.size === 0;
    // Products with 1 x 1 kernels gain too little for two reorders.
    if (sizeOf(attributes.kernel_shape) === 1 && !this.blocked.has(x!)) return false;
    const fills = xs[1]! % this.size === 0 || xs[1]! <= pictureChannels;
    return fills && ys[1]! % this.size === 0 && sizeOf(ys) / ys[1]! >= this.fromPixels;
  }

  private dims(value: Value): StaticShape | undefined {
    const type = this.graph.types.get(value);
    return type?.dtype === "float32" && isStatic(type.shape) ? type.shape : undefined;
  }

  private shape(value: Value): StaticShape | undefined {
    const shape = this.graph.types.get(value)?.shape;
    return isStatic(shape) ? shape : undefined;
  }

  /** y = relu(conv(x, w) + b + sum), fused up to the first value that something else reads. */
  private convolution(node: OpNode<"Conv">): void {
    const [x, w, bias = none] = node.inputs as [Value, Value, Value?];
    let y = node.outputs[0]!;
    const picture = this.graph.dims(x)[1]! % this.size !== 0;
    const depthwise = node.attributes.group > 1;
    const add = this.onlyReader(y, "Add");
    const other = add?.inputs.find((v) => v !== y);
    let sum: Value = none;
    // The other operand must have been computed by now.
    if (add && other !== undefined && this.sameShape(other, y) && this.has(other)) {
      sum = this.toBlocked(other);
      y = add.outputs[0]!;
      this.done.add(add);
    }
    const relu = this.onlyReader(y, "Relu");
    if (relu) {
      y = relu.outputs[0]!;
      this.done.add(relu);
    }
    const inputs = [
      picture ? this.plain(x) : this.toBlocked(x),
      depthwise ? this.depthwiseWeight(w) : this.weight(w, picture),
      bias === none ? none : this.plain(bias),
      sum,
    ];
    const attributes = { ...node.attributes, ...(relu && { activation: "Relu" }) };
    this.blocked.set(y, this.custom("Conv", inputs, attributes, y, this.fresh(y)));
  }

  /** Returns the only node that reads a value if it is of this operator and the value is no output. */
  private onlyReader<Op extends "Add" | "Relu">(value: Value, op: Op): OpNode<Op> | undefined {
    const reader = this.soleReader(value);
    return reader?.kind === "op" && reader.op === op ? (reader as OpNode<Op>) : undefined;
  }

  private sameShape(a: Value, b: Value): boolean {
    const [p, q] = [this.shape(a), this.shape(b)];
    return p !== undefined && p.length === q?.length && p.every((d, i) => d === q[i]);
  }

  private fresh(value: Value): Value {
    return this.result.fresh(`${this.prefix}/${value}`);
  }

  private has(value: Value): boolean {
    return (
      this.result.has(value) || this.blocked.has(value) || this.waiting.has(value) || this.views.has(value)
    );
  }

  private postponed(node: Node): boolean {
    if (node.kind === "op" && node.op === "Reshape" && this.joins(node as OpNode<"Reshape">)) {
      this.views.set(node.outputs[0]!, node as OpNode<"Reshape">);
      return true;
    }
    if (node.kind !== "op" || node.op !== "HardSigmoid") return false;
    const inBoth = this.blocked.has(node.inputs[0]!) && this.result.has(node.inputs[0]!);
    if (inBoth) this.waiting.set(node.outputs[0]!, node as OpNode<"HardSigmoid">);
    return inBoth;
  }

  /** True for [N, C, H, W] of whole blocks -> [1, N * C, H, W] or [N * C, 1, H, W] that only convolutions read. */
  private joins({ inputs: [x], outputs: [y] }: OpNode<"Reshape">): boolean {
    const [from, to] = [this.dims(x!), this.dims(y!)];
    if (from?.length !== 4 || to?.length !== 4 || from[1]! % this.size !== 0 || this.outputs.has(y!))
      return false;
    const one = from[0]! * from[1]!;
    const joined = to[0]! * to[1]! === one && (to[0] === one || to[1] === one);
    const convolved = (this.consumers.get(y!) ?? []).every(
      (reader) => reader.kind === "op" && reader.op === "Conv",
    );
    return joined && to[2] === from[2] && to[3] === from[3] && convolved;
  }

  /**
   * Interleaves the phases of an input's gradient in blocked form, moving rows of B numbers.
   * @returns false if the node is not the first of such phases (`inPhases` in autodiff writes them)
   */
  private interleaved(concat: OpNode<"Concat">): boolean {
    const found = phasesFrom(
      concat,
      (value) => this.dims(value),
      (value) => this.soleReader(value),
    );
    if (found === undefined) return false;
    const { pieces, rows, columns, y, nodes } = found;
    const [n, c, q, r] = this.dims(pieces[0]!) ?? [];
    const onlyBlocked = pieces.some((v) => this.blocked.has(v) && !this.result.has(v));
    if (r === undefined || c! % this.size !== 0 || !onlyBlocked) return false;
    const { g, size } = this;
    const groups = (n! * c!) / size;
    const lines = Array.from({ length: rows }, (_, a) => {
      const row = pieces.slice(a * columns, (a + 1) * columns);
      const blocks = row.map((v) =>
        g.reshape(this.isZero(v) ? this.plain(v) : this.toBlocked(v), [groups * q! * r, size]),
      );
      return g.reshape(g.concat(blocks, 1), [groups * q!, r * columns * size]);
    });
    this.blocked.set(y, g.reshape(g.concat(lines, 1), [...this.dims(y)!]));
    for (const node of nodes) this.done.add(node);
    return true;
  }

  /**
   * Takes every s-th pixel in blocked form, as an average pool over one pixel. The gradient of a strided 1 x 1
   * convolution reads them.
   * @returns false if the node is not such a Slice
   */
  private everySecond({ inputs: [x, ...bounds], outputs: [y] }: OpNode<"Slice">): boolean {
    const from = this.dims(x!);
    if (from?.length !== 4 || !this.blocked.has(x!)) return false;
    const [starts, ends, axes, strides] = bounds.map((b) => this.numbers(b!));
    const whole = starts?.every((s) => s === 0) && ends?.every((e, i) => e >= from[axes?.[i] ?? 0]!);
    if (!whole || axes?.join() !== "2,3" || !strides?.some((s) => s > 1) || strides.some((s) => s < 1))
      return false;
    const attributes = { kernel_shape: [1, 1], strides, pads: [0, 0, 0, 0], dilations: [1, 1] };
    this.blocked.set(y!, this.custom("AveragePool", [this.toBlocked(x!)], attributes, y!, this.fresh(y!)));
    return true;
  }

  private numbers(value: Value): readonly number[] | undefined {
    const tensor = this.graph.initializers.get(value);
    return tensor && toNumbers(tensor);
  }

  /** Zeros are the same in both forms. */
  private isZero(value: Value): boolean {
    const node = this.producers.get(value);
    if (node?.kind !== "op" || node.op !== "Expand") return false;
    const number = this.graph.initializers.get(node.inputs[0]!);
    return number?.data.length === 1 && toNumbers(number)[0] === 0;
  }

  /** Returns the only node that reads a value which is no output. */
  private soleReader(value: Value): Node | undefined {
    const readers = this.consumers.get(value) ?? [];
    return readers.length === 1 && !this.outputs.has(value) ? readers[0] : undefined;
  }

  /** Computes an elementwise node in blocked form if its inputs exist only blocked. */
  private elementwise(node: Node): boolean {
    if (node.kind !== "op" || !placeByPlace.has(node.op)) return false;
    const y = node.outputs[0]!;
    const onlyBlocked = node.inputs.some((v) => this.blocked.has(v) && !this.result.has(v));
    if (!onlyBlocked || !node.inputs.every((v) => this.isScalar(v) || this.sameShape(v, y))) return false;
    this.pushBlocked(node);
    return true;
  }

  /** Keeps a Reshape to the same shape, in either form: it is the barrier of `recompute` against merging. */
  private barrier(node: Node): boolean {
    if (node.kind !== "op" || node.op !== "Reshape") return false;
    const [x, shape] = node.inputs as [Value, Value];
    const y = node.outputs[0]!;
    if (!this.blocked.has(x) || this.result.has(x) || !this.sameShape(x, y)) return false;
    const name = this.fresh(y);
    const inputs = [this.toBlocked(x), this.plain(shape)];
    this.result.push({ ...node, inputs, outputs: [name] }, this.graph.typesOf(node));
    this.blocked.set(y, name);
    return true;
  }

  private isScalar(value: Value): boolean {
    const shape = value === none ? [] : this.graph.types.get(value)?.shape;
    return shape?.every((d) => d === 1) ?? false;
  }

  /** Adds the node on blocked values: element by element it is the same. */
  private pushBlocked(node: Node): Value {
    const y = node.outputs[0]!;
    const inputs = node.inputs.map((v) =>
      v === none ? none : this.isScalar(v) ? this.plain(v) : this.toBlocked(v),
    );
    const name = this.fresh(y);
    this.result.push({ ...node, inputs, outputs: [name] } as Node, this.graph.typesOf(node));
    this.blocked.set(y, name);
    return name;
  }

  /** Returns the value as [N, C, H, W], under its own name. */
  private plain(value: Value): Value {
    if (this.result.has(value)) return value;
    const inner = this.blocked.get(value);
    const mask = this.waiting.get(value);
    const view = this.views.get(value);
    if (view) {
      for (const read of readsOf(view)) this.plain(read);
      this.result.push(view as Node, this.graph.typesOf(view as Node));
    } else if (mask) this.result.push(mask as Node, this.graph.typesOf(mask as Node));
    else if (inner !== undefined) {
      const channels = this.graph.dims(value)[1]!;
      this.custom("ReorderOutput", [inner], { channels }, value, value);
    }
    return value;
  }

  /** Returns the value as [N, C / B, H, W, B]. Its type stays that of the plain form, as in the runtime. */
  private toBlocked(value: Value): Value {
    const known = this.blocked.get(value);
    if (known !== undefined) return known;
    const mask = this.waiting.get(value);
    if (mask) return this.pushBlocked(mask as Node);
    const view = this.views.get(value);
    if (view) {
      const same = this.g.reshape(this.toBlocked(view.inputs[0]!), [...this.dims(value)!]);
      this.blocked.set(value, same);
      return same;
    }
    const made = this.custom("ReorderInput", [value], {}, value, this.fresh(value));
    this.blocked.set(value, made);
    return made;
  }

  private weight(w: Value, picture: boolean): Value {
    const { g, size, intoBlocks } = this;
    return this.once(`${picture} ${w}`, this.graph.dims(w), () => {
      const turned = picture ? undefined : turnedFrom(this.graph, this.producers, w);
      if (turned === undefined)
        return picture
          ? blockWeightOfImage(g, this.plain(w), intoBlocks)
          : blockWeight(g, this.plain(w), size, intoBlocks);
      const { from } = turned;
      // Shared by all phases of a gradient.
      const blocked = this.once(`channels ${from}`, undefined, () =>
        blockChannels(g, this.plain(from), intoBlocks),
      );
      return blockTurnedWeight(g, blocked, turned, size);
    });
  }

  /** Returns a depthwise weight. An output's gradient used as kernel already has this order once it is blocked. */
  private depthwiseWeight(w: Value): Value {
    if (this.views.has(w)) return this.toBlocked(w);
    return this.once(w, this.graph.dims(w), () =>
      blockDepthwiseWeight(this.g, this.plain(w), this.intoBlocks),
    );
  }

  /** Returns the converted weight, which is created once. */
  private once(key: string, dims: readonly number[] | undefined, make: () => Value): Value {
    const known = this.weights.get(key);
    if (known !== undefined) return known;
    const made = make();
    const shaped = dims ? this.g.reshape(made, dims) : made;
    this.weights.set(key, shaped);
    return shaped;
  }

  private readonly intoBlocks: IntoBlocks = (v, dims, channelsLast = false) => {
    const [n, c, h, w] = dims;
    const like = this.g.reshape(v, dims);
    const read = channelsLast ? this.g.reshape(v, [n, h, w, c]) : like;
    const attributes = channelsLast ? { channels_last: 1 } : {};
    return this.custom("ReorderInput", [read], attributes, like, this.fresh(v));
  };

  /** Adds a node of the runtime's domain. Its output has the type of `like`. */
  private custom(
    op: string,
    inputs: readonly Value[],
    attributes: CustomNode["attributes"],
    like: Value,
    output: Value,
  ): Value {
    const node: CustomNode = {
      kind: "custom",
      op,
      domain: blockedDomain,
      name: output,
      inputs,
      outputs: [output],
      attributes,
    };
    this.result.push(node, [this.graph.types.get(like) ?? this.result.typeOf(like)]);
    return output;
  }
}
