import { type DType, isFloat } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { isStatic, type StaticShape, sizeOf, type TensorType } from "../core/shape.js";
import { castTensor, int64, type Tensor, tensor } from "../core/tensor.js";
import type { Graph } from "./graph.js";
import { inferNode } from "./infer/index.js";
import { type AnyOpNode, none, type OpNode, type Value } from "./node.js";
import type { OpAttributes, OpName } from "./ops.js";

/** Attributes of a window (convolution, pooling); missing ones take ONNX's defaults. */
export interface WindowOptions {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly group?: number;
}

/**
 * Appends nodes to a graph, one call each, and infers the type of every result at once. Losses, optimisers,
 * gradients and architectures are written with it. It computes nothing.
 *
 * @example
 * const g = new Builder(graph, "head");
 * const logits = g.gemm(features, weight, bias, { transB: true });
 */
export class Builder {
  /** Small constants made so far, by content. */
  private readonly constants = new Map<string, Value>();

  constructor(
    readonly graph: Graph,
    /** Prefix for the names of new values: "head" gives "head/Relu_3". */
    readonly prefix = "",
  ) {}

  /** Returns a builder of the same graph with another prefix. */
  scope(prefix: string): Builder {
    return new Builder(this.graph, this.prefix === "" ? prefix : `${this.prefix}/${prefix}`);
  }

  private name(hint: string): string {
    return this.graph.fresh(this.prefix === "" ? hint : `${this.prefix}/${hint}`);
  }

  /** Appends any operator and returns its first `outputs` outputs. */
  nodes<Op extends OpName>(
    op: Op,
    inputs: readonly Value[],
    attributes: OpAttributes[Op],
    outputs: number | readonly string[] = 1,
  ): Value[] {
    const names =
      typeof outputs === "number"
        ? Array.from({ length: outputs }, (_, i) => this.name(i === 0 ? op : `${op}.${i}`))
        : outputs.map((hint) => (hint === none ? none : this.name(hint)));
    const node: OpNode<Op> = {
      kind: "op",
      op,
      name: names[0] ?? op,
      inputs: [...inputs],
      outputs: names,
      attributes,
    };
    this.graph.push(node as AnyOpNode, inferNode(this.graph, node as AnyOpNode));
    return names;
  }

  /** Appends an operator with one output. */
  node<Op extends OpName>(op: Op, inputs: readonly Value[], attributes: OpAttributes[Op]): Value {
    return this.nodes(op, inputs, attributes)[0]!;
  }

  typeOf(v: Value): TensorType {
    return this.graph.typeOf(v);
  }
  dtype(v: Value): DType {
    return this.graph.typeOf(v).dtype;
  }
  dims(v: Value): StaticShape {
    return this.graph.dims(v);
  }
  rank(v: Value): number {
    const { shape } = this.graph.typeOf(v);
    if (!shape) throw new EngraftError("ShapeError", `the rank of value "${v}" is not known`);
    return shape.length;
  }
  /** Returns the tensor of a constant; undefined for a computed value. */
  constantOf(v: Value): Tensor | undefined {
    return this.graph.initializers.get(v);
  }

  /** Adds a constant or weight under a name of its own. */
  weight(name: string, value: Tensor): Value {
    return this.graph.initializer(this.name(name), value);
  }
  /** Adds a small constant; equal constants are stored once. */
  constant(value: Tensor): Value {
    const key = `${value.dtype}|${value.dims}|${value.data}`;
    const known = value.data.length <= 64 ? this.constants.get(key) : undefined;
    if (known !== undefined) return known;
    const made = this.graph.initializer(this.name("const"), value);
    if (value.data.length <= 64) this.constants.set(key, made);
    return made;
  }
  ints(values: readonly number[]): Value {
    return this.constant(int64([values.length], values));
  }
  /** Adds a 0-d constant of the type of `like`; it broadcasts. */
  number(value: number, like: Value | DType = "float32"): Value {
    const dtype = this.graph.has(like) ? this.dtype(like) : (like as DType);
    return this.constant(
      castTensor(tensor("float64", [], Float64Array.of(value)), dtype as Exclude<DType, "string">),
    );
  }

  add = (a: Value, b: Value): Value => this.node("Add", [a, b], {});
  sub = (a: Value, b: Value): Value => this.node("Sub", [a, b], {});
  mul = (a: Value, b: Value): Value => this.node("Mul", [a, b], {});
  div = (a: Value, b: Value): Value => this.node("Div", [a, b], {});
  pow = (a: Value, b: Value): Value => this.node("Pow", [a, b], {});
  min = (a: Value, b: Value): Value => this.node("Min", [a, b], {});
  max = (a: Value, b: Value): Value => this.node("Max", [a, b], {});
  neg = (x: Value): Value => this.node("Neg", [x], {});
  abs = (x: Value): Value => this.node("Abs", [x], {});
  sign = (x: Value): Value => this.node("Sign", [x], {});
  sqrt = (x: Value): Value => this.node("Sqrt", [x], {});
  exp = (x: Value): Value => this.node("Exp", [x], {});
  log = (x: Value): Value => this.node("Log", [x], {});
  reciprocal = (x: Value): Value => this.node("Reciprocal", [x], {});
  relu = (x: Value): Value => this.node("Relu", [x], {});
  sigmoid = (x: Value): Value => this.node("Sigmoid", [x], {});
  tanh = (x: Value): Value => this.node("Tanh", [x], {});
  hardSigmoid = (x: Value, alpha: number, beta: number): Value =>
    this.node("HardSigmoid", [x], { alpha, beta });
  clip = (x: Value, low: Value = none, high: Value = none): Value => this.node("Clip", [x, low, high], {});
  greater = (a: Value, b: Value): Value => this.node("Greater", [a, b], {});
  less = (a: Value, b: Value): Value => this.node("Less", [a, b], {});
  equal = (a: Value, b: Value): Value => this.node("Equal", [a, b], {});
  and = (a: Value, b: Value): Value => this.node("And", [a, b], {});
  where = (condition: Value, a: Value, b: Value): Value => this.node("Where", [condition, a, b], {});
  cast = (x: Value, to: DType): Value => (this.dtype(x) === to ? x : this.node("Cast", [x], { to }));
  identity = (x: Value): Value => this.node("Identity", [x], {});
  softmax = (x: Value, axis = -1): Value => this.node("Softmax", [x], { axis });
  logSoftmax = (x: Value, axis = -1): Value => this.node("LogSoftmax", [x], { axis });
  matmul = (a: Value, b: Value): Value => this.node("MatMul", [a, b], {});

  /** alpha · op(a) @ op(b) + beta · c. */
  gemm(
    a: Value,
    b: Value,
    c: Value = none,
    o: { transA?: boolean; transB?: boolean; alpha?: number; beta?: number } = {},
  ): Value {
    const { transA = false, transB = false, alpha = 1, beta = 1 } = o;
    return this.node("Gemm", [a, b, c], { alpha, beta, transA, transB });
  }

  private window(o: WindowOptions) {
    const n = o.kernel.length;
    return {
      kernel_shape: o.kernel,
      strides: o.strides ?? new Array<number>(n).fill(1),
      dilations: o.dilations ?? new Array<number>(n).fill(1),
      pads: o.pads ?? new Array<number>(2 * n).fill(0),
    };
  }
  conv(x: Value, w: Value, b: Value = none, o: Omit<WindowOptions, "kernel"> = {}): Value {
    return this.node("Conv", [x, w, b], {
      ...this.window({ ...o, kernel: this.dims(w).slice(2) }),
      group: o.group ?? 1,
    });
  }
  convTranspose(
    x: Value,
    w: Value,
    b: Value = none,
    o: Omit<WindowOptions, "kernel"> & { outputPadding?: readonly number[] } = {},
  ): Value {
    const kernel = this.dims(w).slice(2);
    return this.node("ConvTranspose", [x, w, b], {
      ...this.window({ ...o, kernel }),
      group: o.group ?? 1,
      output_padding: o.outputPadding ?? kernel.map(() => 0),
    });
  }
  maxPool(x: Value, o: WindowOptions): Value {
    return this.node("MaxPool", [x], { ...this.window(o), ceil_mode: false, storage_order: 0 });
  }
  globalAveragePool = (x: Value): Value => this.node("GlobalAveragePool", [x], {});

  private reduce(
    op: "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceSumSquare" | "ReduceL2",
    x: Value,
    o: { axes?: readonly number[]; keepdims?: boolean },
  ): Value {
    const attributes = { keepdims: o.keepdims ?? false, noop_with_empty_axes: o.axes !== undefined };
    // Without axes the reduction is over all axes. An empty list reduces none.
    return this.node(op, o.axes === undefined ? [x] : [x, this.ints(o.axes)], attributes);
  }
  reduceSum = (x: Value, o: { axes?: readonly number[]; keepdims?: boolean } = {}): Value =>
    this.reduce("ReduceSum", x, o);
  reduceMean = (x: Value, o: { axes?: readonly number[]; keepdims?: boolean } = {}): Value =>
    this.reduce("ReduceMean", x, o);
  reduceMax = (x: Value, o: { axes?: readonly number[]; keepdims?: boolean } = {}): Value =>
    this.reduce("ReduceMax", x, o);
  reduceSumSquare = (x: Value, o: { axes?: readonly number[]; keepdims?: boolean } = {}): Value =>
    this.reduce("ReduceSumSquare", x, o);
  argMax = (x: Value, axis: number): Value =>
    this.node("ArgMax", [x], { axis, keepdims: false, select_last_index: false });

  /**
   * Reshapes x. Sizes may be -1 (inferred) and 0 (copied), as in ONNX. Returns x itself if the shape is the same.
   * If x has no elements and copying would not fit, 0 is a size.
   */
  reshape(x: Value, shape: readonly number[]): Value {
    const { shape: now } = this.typeOf(x);
    if (now?.length === shape.length && now.every((d, i) => d === shape[i])) return x;
    const empty = isStatic(now) && now.includes(0) && !shape.includes(-1);
    const copied = shape.map((d, i) => (d === 0 ? (now?.[i] ?? 1) : d));
    return this.node("Reshape", [x, this.ints(shape)], { allowzero: empty && !copied.includes(0) });
  }
  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((p, i) => p === i) ? x : this.node("Transpose", [x], { perm });
  }
  flatten = (x: Value, axis = 1): Value => this.node("Flatten", [x], { axis });
  squeeze = (x: Value, axes: readonly number[]): Value => this.node("Squeeze", [x, this.ints(axes)], {});
  unsqueeze = (x: Value, axes: readonly number[]): Value => this.node("Unsqueeze", [x, this.ints(axes)], {});
  concat = (xs: readonly Value[], axis: number): Value =>
    xs.length === 1 ? xs[0]! : this.node("Concat", xs, { axis });
  slice(
    x: Value,
    o: {
      starts: readonly number[];
      ends: readonly number[];
      axes: readonly number[];
      steps?: readonly number[];
    },
  ): Value {
    const steps = o.steps ?? o.axes.map(() => 1);
    return this.node(
      "Slice",
      [x, this.ints(o.starts), this.ints(o.ends), this.ints(o.axes), this.ints(steps)],
      {},
    );
  }
  /** Pads with zeros, or with `value`: pads hold the begin of each axis, then the end of each axis. */
  pad(x: Value, pads: readonly number[], value = 0): Value {
    if (pads.every((p) => p === 0)) return x;
    return this.node("Pad", [x, this.ints(pads), this.number(value, x)], { mode: "constant" });
  }
  expand = (x: Value, shape: readonly number[]): Value => this.node("Expand", [x, this.ints(shape)], {});
  gather = (x: Value, indices: Value, axis = 0): Value => this.node("Gather", [x, indices], { axis });
  /** Returns the one-hot form of integer indices: int64[N] -> dtype[N, depth]. */
  oneHot(indices: Value, depth: number, dtype: DType = "float32"): Value {
    const values = castTensor(
      tensor("float64", [2], Float64Array.of(0, 1)),
      dtype as Exclude<DType, "string">,
    );
    return this.node("OneHot", [indices, this.constant(int64([1], [depth])), this.constant(values)], {
      axis: -1,
    });
  }
  /** Returns a tensor of x's shape filled with one value. */
  fullLike(x: Value, value: number): Value {
    const dims = this.dims(x);
    return sizeOf(dims) === 1 && dims.length === 0
      ? this.number(value, x)
      : this.expand(this.number(value, x), dims);
  }

  /** Checks that x is of a float type. @throws ShapeError */
  requireFloat(x: Value, where: string): void {
    if (!isFloat(this.dtype(x))) {
      throw new EngraftError("ShapeError", `${where}: needs a float value, "${x}" is ${this.dtype(x)}`);
    }
  }
}
