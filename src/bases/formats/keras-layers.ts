// What each layer of a Keras network computes. Maps are [N, C, H, W] here and [N, H, W, C] in Keras.
import { EngraftError } from "../../core/errors.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { fromTfjsLayers } from "../../data/foreign-models.js";
import type { Builder } from "../../graph/builder.js";
import { none, type Value } from "../../graph/node.js";
import type { KerasConfig, KerasLayer } from "./keras-topology.js";

/** What a layer is given. */
export interface LayerInput {
  readonly g: Builder;
  readonly layer: KerasLayer;
  /** The values that it takes. */
  readonly xs: readonly Value[];
  /** Returns a weight of the layer as the graph stores it. @throws ModelError if it is missing */
  readonly weight: (name: string, form?: (stored: Tensor) => Tensor) => Value;
  /** Version of Keras that wrote the network: 2 (TF.js too) or 3. */
  readonly version: 2 | 3;
}

/** Returns the result of a layer for its input. */
type LayerRow = (x: Value, input: LayerInput) => Value;

/** Returns the error for a layer that is not read. */
export const unusable = ({ kind, name }: KerasLayer, why: string): EngraftError =>
  new EngraftError("ModelError", `the layer ${JSON.stringify(name)} (${kind}) cannot be read: ${why}`, {
    help: fromTfjsLayers,
  });

// Settings.

function number({ layer }: LayerInput, name: string, otherwise: number): number {
  const value = layer.config[name] ?? otherwise;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unusable(layer, `${name} is ${JSON.stringify(value)}`);
}

/** Returns two sizes; one number counts for both. */
function pair({ layer }: LayerInput, name: string, otherwise = 1): readonly [number, number] {
  const value = layer.config[name] ?? otherwise;
  const [a, b] = Array.isArray(value) ? (value as unknown[]) : [value, value];
  const isSize = (size: unknown): size is number =>
    Number.isInteger(size) && (size as number) >= 1 && (size as number) <= 4096;
  if (isSize(a) && isSize(b)) return [a, b];
  throw unusable(layer, `${name} is ${JSON.stringify(value)}`);
}

/** Returns [[top, bottom], [left, right]] of a border. */
function border({ layer }: LayerInput, name: string): readonly (readonly [number, number])[] {
  const value = layer.config[name] ?? 1;
  const sides = Array.isArray(value) ? (value as unknown[]) : [value, value];
  return sides.map((side) => {
    const [a, b] = Array.isArray(side) ? side : [side, side];
    const isWidth = (width: unknown): boolean =>
      Number.isInteger(width) && (width as number) >= 0 && (width as number) <= 4096;
    if (sides.length !== 2 || !isWidth(a) || !isWidth(b))
      throw unusable(layer, `${name} is ${JSON.stringify(value)}`);
    return [a, b] as [number, number];
  });
}

const isOn = ({ layer }: LayerInput, name: string): boolean => layer.config[name] !== false;

function isSame({ layer }: LayerInput): boolean {
  const { padding = "valid" } = layer.config;
  if (padding === "same" || padding === "valid") return padding === "same";
  throw unusable(layer, `padding is ${JSON.stringify(padding)}`);
}

/** Refuses weights of other sizes than a setting of their layer says. */
function requireSizes({ layer }: LayerInput, name: string, sizes: readonly number[]): void {
  const value = layer.config[name] ?? sizes;
  const said: readonly unknown[] = Array.isArray(value) ? value : sizes.map(() => value);
  if (said.length !== sizes.length || said.some((size, i) => size !== sizes[i]))
    throw unusable(
      layer,
      `${name} is ${JSON.stringify(value)}, and its weights have ${JSON.stringify(sizes.length === 1 ? sizes[0] : sizes)}`,
    );
}

/** Refuses a setting that changes what a layer computes, and is not read. */
function requireOff({ layer }: LayerInput, name: string): void {
  const value = layer.config[name] ?? false;
  if (value !== false) throw unusable(layer, `${name} is ${JSON.stringify(value)}`);
}

/** Returns the axis of a layer that has one, which Keras also writes as a list. */
function onlyAxis({ config }: KerasLayer): unknown {
  const { axis = -1 } = config;
  return Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
}

function requireLastAxis({ g, layer }: LayerInput, x: Value): void {
  const axis = onlyAxis(layer);
  if (axis !== -1 && axis !== g.rank(x) - 1) throw unusable(layer, `axis is ${JSON.stringify(axis)}`);
}

function requireChannelsLast({ config, ...layer }: KerasLayer): void {
  if ((config.data_format ?? "channels_last") !== "channels_last")
    throw unusable({ ...layer, config }, `data_format is ${JSON.stringify(config.data_format)}`);
}

// Sizes and axes.

/** Returns height and width of a map. */
function sizesOf({ g, layer }: LayerInput, x: Value): readonly [number, number] {
  const [, , height, width] = g.typeOf(x).shape ?? [];
  if (typeof height === "number" && typeof width === "number") return [height, width];
  throw unusable(layer, "it takes a map, and its input is none of known size");
}

/** Pads of "same": as many as the output, input / stride rounded up, needs. More at the end if they are odd. */
function samePads(
  sizes: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const pads = sizes.map((size, i) => {
    const reach = (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + reach - size);
  });
  return [...pads.map((all) => Math.floor(all / 2)), ...pads.map((all) => Math.ceil(all / 2))];
}

/** Axis of [N, C, H, W] for an axis of [N, H, W, C]; axes of rows stay. */
function axisOf(input: LayerInput, x: Value, axis: unknown): number {
  const rank = input.g.rank(x);
  const positive = typeof axis === "number" && axis < 0 ? axis + rank : axis;
  if (typeof positive !== "number" || !Number.isInteger(positive) || positive < 1 || positive >= rank)
    throw unusable(input.layer, `axis is ${JSON.stringify(axis)}`);
  return rank === 4 ? [0, 2, 3, 1][positive]! : positive;
}

const isMap = ({ g }: LayerInput, x: Value): boolean => g.rank(x) === 4;
/** [N, C, H, W] -> [N, H, W, C], and back. */
const toLast = ({ g }: LayerInput, x: Value): Value => g.transpose(x, [0, 2, 3, 1]);
const toFirst = ({ g }: LayerInput, x: Value): Value => g.transpose(x, [0, 3, 1, 2]);

/** Returns a tensor with its axes in another order. */
function permuted({ dims, data }: Tensor, order: readonly number[]): Tensor {
  const from = data as Float32Array;
  const sizes = order.map((axis) => dims[axis]!);
  const steps = dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  const to = new Float32Array(from.length);
  const at = sizes.map(() => 0);
  for (let i = 0; i < to.length; i++) {
    to[i] = from[order.reduce((sum, axis, k) => sum + at[k]! * steps[axis]!, 0)]!;
    for (let k = sizes.length - 1; k >= 0 && ++at[k]! === sizes[k]!; k--) at[k] = 0;
  }
  return float32(sizes, to);
}

/** Kernel [h, w, in, out] -> [out, in, h, w]. */
const outFirst = (kernel: Tensor): Tensor => permuted(kernel, [3, 2, 0, 1]);
/** Depthwise kernel [h, w, in, multiplier] -> [in · multiplier, 1, h, w]. */
function depthFirst(kernel: Tensor): Tensor {
  const { dims, data } = permuted(kernel, [2, 3, 0, 1]);
  return float32([dims[0]! * dims[1]!, 1, dims[2]!, dims[3]!], data as Float32Array);
}
/** A number for each channel [C] -> [C, 1, 1], which broadcasts over a map. */
const overMap = (tensor: Tensor): Tensor => float32([...tensor.dims, 1, 1], tensor.data as Float32Array);

// Activations.

const activations: Readonly<Record<string, (x: Value, input: LayerInput) => Value>> = {
  linear: (x) => x,
  relu: (x, { g }) => g.relu(x),
  relu6: (x, { g }) => g.clip(x, g.number(0), g.number(6)),
  sigmoid: (x, { g }) => g.sigmoid(x),
  tanh: (x, { g }) => g.tanh(x),
  softmax: (x, input) => input.g.softmax(x, isMap(input, x) ? 1 : -1),
  swish: (x, { g }) => g.mul(x, g.sigmoid(x)),
  silu: (x, { g }) => g.mul(x, g.sigmoid(x)),
  // Keras 3 took the slope of PyTorch.
  hard_sigmoid: (x, { g, version }) => g.hardSigmoid(x, version === 3 ? 1 / 6 : 0.2, 0.5),
  hard_swish: (x, { g }) => g.node("HardSwish", [x], {}),
  hard_silu: (x, { g }) => g.node("HardSwish", [x], {}),
  gelu: (x, { g }) => g.node("Gelu", [x], { approximate: "none" }),
  elu: (x, { g }) => g.node("Elu", [x], { alpha: 1 }),
  selu: (x, { g }) => g.node("Selu", [x], { alpha: 1.6732631921768188, gamma: 1.0507010221481323 }),
  leaky_relu: (x, { g }) => g.node("LeakyRelu", [x], { alpha: 0.2 }),
  softplus: (x, { g }) => g.node("Softplus", [x], {}),
  softsign: (x, { g }) => g.node("Softsign", [x], {}),
  exponential: (x, { g }) => g.exp(x),
};

/** Applies the activation of a layer: a name, or in Keras 3 the description of a layer. */
function activated(x: Value, input: LayerInput): Value {
  const { activation = "linear" } = input.layer.config;
  const given = activation === null ? "linear" : activation;
  if (typeof given === "string" && Object.hasOwn(activations, given)) return activations[given]!(x, input);
  const { class_name: kind, config } = (typeof given === "object" ? given : {}) as KerasConfig;
  const row = typeof kind === "string" && Object.hasOwn(rows, kind) ? rows[kind] : undefined;
  if (!row) throw unusable(input.layer, `the activation ${JSON.stringify(given)} is not known`);
  return row(x, {
    ...input,
    layer: { ...input.layer, kind: String(kind), config: (config ?? {}) as KerasConfig },
  });
}

// Layers.

const bias = (input: LayerInput): Value => (isOn(input, "use_bias") ? input.weight("bias") : none);

function convolution(x: Value, input: LayerInput, kernel: Value, offset: Value, group: number): Value {
  const { g } = input;
  requireSizes(input, "kernel_size", g.dims(kernel).slice(2));
  const [strides, dilations] = [pair(input, "strides"), pair(input, "dilation_rate")];
  const pads = isSame(input)
    ? samePads(sizesOf(input, x), g.dims(kernel).slice(2), strides, dilations)
    : undefined;
  return g.conv(x, kernel, offset, { strides, dilations, group, ...(pads && { pads }) });
}

/** One filter for each channel, or `depth_multiplier` of them. */
function depthwise(x: Value, input: LayerInput, offset: Value): Value {
  const kernel = input.weight("depthwise_kernel", depthFirst);
  const channels = channelsOf(input, x);
  requireSizes(input, "depth_multiplier", [input.g.dims(kernel)[0]! / channels]);
  return convolution(x, input, kernel, offset, channels);
}

function channelsOf({ g, layer }: LayerInput, x: Value): number {
  const channels = g.typeOf(x).shape?.[1];
  if (typeof channels === "number") return channels;
  throw unusable(layer, "the number of its channels is not known");
}

function pooling(input: LayerInput, x: Value) {
  const kernel = pair(input, "pool_size", 2);
  const strides = input.layer.config.strides == null ? kernel : pair(input, "strides");
  const pads = isSame(input) ? samePads(sizesOf(input, x), kernel, strides, [1, 1]) : [0, 0, 0, 0];
  return { kernel, strides, pads };
}

function normalised(x: Value, input: LayerInput): Value {
  const { g, layer, weight } = input;
  const axis = onlyAxis(layer);
  if (axisOf(input, x, axis) !== 1) throw unusable(layer, `axis is ${JSON.stringify(axis)}`);
  const mean = weight("moving_mean");
  const same = (value: number): Value => {
    const size = g.dims(mean);
    return g.weight(value === 1 ? "gamma" : "beta", float32(size, new Float32Array(size[0]!).fill(value)));
  };
  return g.node(
    "BatchNormalization",
    [
      x,
      isOn(input, "scale") ? weight("gamma") : same(1),
      isOn(input, "center") ? weight("beta") : same(0),
      ...[mean, weight("moving_variance")],
    ],
    {
      epsilon: number(input, "epsilon", 1e-3),
      momentum: number(input, "momentum", 0.99),
      training_mode: false,
    },
  );
}

function dense(x: Value, input: LayerInput): Value {
  const { g, weight } = input;
  if (isMap(input, x)) {
    const kernel = weight("kernel", (stored) =>
      outFirst(float32([1, 1, ...stored.dims], stored.data as Float32Array)),
    );
    requireSizes(input, "units", [g.dims(kernel)[0]!]);
    return activated(g.conv(x, kernel, bias(input)), input);
  }
  const kernel = weight("kernel");
  requireSizes(input, "units", g.dims(kernel).slice(1));
  if (g.rank(x) === 2) return activated(g.gemm(x, kernel, bias(input)), input);
  const product = g.matmul(x, kernel);
  return activated(isOn(input, "use_bias") ? g.add(product, weight("bias")) : product, input);
}

/** Reshapes in the order of Keras. @param target sizes without the batch */
function reshaped(x: Value, input: LayerInput, target: readonly number[]): Value {
  const { g } = input;
  const flat = g.reshape(isMap(input, x) ? toLast(input, x) : x, [0, ...target]);
  return target.length === 3 ? toFirst(input, flat) : flat;
}

function sizes({ layer }: LayerInput, name: string): readonly number[] {
  const value = layer.config[name];
  const isSize = (size: unknown): boolean => Number.isInteger(size) && (size as number) >= -1;
  if (Array.isArray(value) && value.length > 0 && value.every(isSize)) return value as number[];
  throw unusable(layer, `${name} is ${JSON.stringify(value)}`);
}

/** A number, or one for each channel, as a value that broadcasts. */
function perChannel(input: LayerInput, x: Value, name: string, otherwise: number): Value {
  const { g, layer } = input;
  const value = layer.config[name] ?? otherwise;
  if (typeof value === "number") return g.number(value);
  const list = Array.isArray(value) ? value.flat(8) : [];
  if (list.length === 0 || list.length > 4096 || list.some((one) => typeof one !== "number"))
    throw unusable(layer, `${name} is ${JSON.stringify(value)}`);
  const tensor = float32([list.length], list as number[]);
  return g.constant(isMap(input, x) && list.length > 1 ? overMap(tensor) : tensor);
}

const fold =
  (op: "add" | "mul" | "sub" | "max" | "min"): LayerRow =>
  (_, { g, xs }) =>
    xs.reduce((a, b) => g[op](a, b));

/** Layers that change nothing when a model predicts. */
const still: LayerRow = (x) => x;

/** Every layer that is read, by its class. */
const rows: Readonly<Record<string, LayerRow>> = {
  InputLayer: still,
  Dropout: still,
  SpatialDropout2D: still,
  GaussianDropout: still,
  GaussianNoise: still,
  AlphaDropout: still,
  ActivityRegularization: still,
  Conv2D: (x, input) => {
    const kernel = input.weight("kernel", outFirst);
    requireSizes(input, "filters", [input.g.dims(kernel)[0]!]);
    return activated(convolution(x, input, kernel, bias(input), number(input, "groups", 1)), input);
  },
  DepthwiseConv2D: (x, input) => activated(depthwise(x, input, bias(input)), input),
  SeparableConv2D: (x, input) => {
    const each = depthwise(x, input, none);
    const kernel = input.weight("pointwise_kernel", outFirst);
    requireSizes(input, "filters", [input.g.dims(kernel)[0]!]);
    return activated(input.g.conv(each, kernel, bias(input)), input);
  },
  BatchNormalization: normalised,
  BatchNormalizationV1: normalised,
  LayerNormalization: (x, input) => {
    const { g, layer, weight } = input;
    requireLastAxis(input, x);
    requireOff(input, "rms_scaling");
    if (!isOn(input, "scale")) throw unusable(layer, "scale is false");
    const values = [weight("gamma"), isOn(input, "center") ? weight("beta") : none];
    const attributes = { axis: -1, epsilon: number(input, "epsilon", 1e-3) };
    const of = (rowsOf: Value): Value => g.node("LayerNormalization", [rowsOf, ...values], attributes);
    return isMap(input, x) ? toFirst(input, of(toLast(input, x))) : of(x);
  },
  MaxPooling2D: (x, input) => input.g.maxPool(x, pooling(input, x)),
  AveragePooling2D: (x, input) => {
    const { kernel, strides, pads } = pooling(input, x);
    return input.g.node("AveragePool", [x], {
      ...{ kernel_shape: kernel, strides, pads, dilations: [1, 1] },
      ...{ ceil_mode: false, count_include_pad: false },
    });
  },
  GlobalAveragePooling2D: (x, input) => {
    const pooled = input.g.globalAveragePool(x);
    return input.layer.config.keepdims === true ? pooled : input.g.flatten(pooled);
  },
  GlobalMaxPooling2D: (x, input) => {
    const pooled = input.g.node("GlobalMaxPool", [x], {});
    return input.layer.config.keepdims === true ? pooled : input.g.flatten(pooled);
  },
  ZeroPadding2D: (x, input) => {
    const [[top, bottom], [left, right]] = border(input, "padding") as [[number, number], [number, number]];
    return input.g.pad(x, [0, 0, top, left, 0, 0, bottom, right]);
  },
  Cropping2D: (x, input) => {
    const [[top, bottom], [left, right]] = border(input, "cropping") as [[number, number], [number, number]];
    const [height, width] = sizesOf(input, x);
    return input.g.slice(x, { starts: [top, left], ends: [height - bottom, width - right], axes: [2, 3] });
  },
  Activation: activated,
  ReLU: (x, input) => {
    const { g, layer } = input;
    const slope = number(input, "negative_slope", 0);
    if (number(input, "threshold", 0) !== 0) throw unusable(layer, "threshold is not 0");
    const { max_value: most = null } = layer.config;
    if (slope === 0)
      return most === null ? g.relu(x) : g.clip(x, g.number(0), g.number(number(input, "max_value", 0)));
    const leaky = g.node("LeakyRelu", [x], { alpha: slope });
    return most === null ? leaky : g.clip(leaky, none, g.number(number(input, "max_value", 0)));
  },
  LeakyReLU: (x, input) => {
    const alpha = number(input, "alpha", number(input, "negative_slope", 0.3));
    return input.g.node("LeakyRelu", [x], { alpha });
  },
  PReLU: (x, input) => {
    const slope = input.weight("alpha", (stored) =>
      stored.dims.length === 3 ? permuted(stored, [2, 0, 1]) : stored,
    );
    return input.g.node("PRelu", [x, slope], {});
  },
  ELU: (x, input) => input.g.node("Elu", [x], { alpha: number(input, "alpha", 1) }),
  Softmax: (x, input) => input.g.softmax(x, axisOf(input, x, input.layer.config.axis ?? -1)),
  Add: fold("add"),
  Subtract: fold("sub"),
  Multiply: fold("mul"),
  Maximum: fold("max"),
  Minimum: fold("min"),
  Average: (x, input) => {
    const { g, xs } = input;
    return g.div(fold("add")(x, input), g.number(xs.length));
  },
  Concatenate: (x, input) => input.g.concat(input.xs, axisOf(input, x, input.layer.config.axis ?? -1)),
  Flatten: (x, input) => {
    const { g } = input;
    if (!isMap(input, x)) return g.flatten(x);
    // Keras flattens [H, W, C]. Of one place both orders are the same.
    const isOnePlace = sizesOf(input, x).every((size) => size === 1);
    return g.flatten(isOnePlace ? x : toLast(input, x));
  },
  Reshape: (x, input) => reshaped(x, input, sizes(input, "target_shape")),
  Permute: (x, input) => {
    const { g } = input;
    const order = [0, ...sizes(input, "dims")];
    const moved = g.transpose(isMap(input, x) ? toLast(input, x) : x, order);
    return order.length === 4 ? toFirst(input, moved) : moved;
  },
  Dense: dense,
  Rescaling: (x, input) => {
    const { g } = input;
    return g.add(g.mul(x, perChannel(input, x, "scale", 1)), perChannel(input, x, "offset", 0));
  },
  Normalization: (x, input) => {
    const { g, layer, weight } = input;
    // One mean for all numbers has no axis, which Keras writes as null or as an empty list.
    if (![layer.config.axis].flat().every((axis) => axis === null)) requireLastAxis(input, x);
    requireOff(input, "invert");
    const form = isMap(input, x) ? overMap : undefined;
    const given = layer.config.mean != null;
    const mean = given ? perChannel(input, x, "mean", 0) : weight("mean", form);
    const variance = given ? perChannel(input, x, "variance", 1) : weight("variance", form);
    return g.div(g.sub(x, mean), g.max(g.sqrt(variance), g.number(1e-7)));
  },
};

/** Names of the layers that are read. */
export const readLayers = Object.keys(rows);

/**
 * Appends what a layer computes.
 * @throws ModelError for an unknown layer, for settings that are not read, and for missing weights
 */
export function applyLayer(input: LayerInput): Value {
  const { layer, xs } = input;
  const row = Object.hasOwn(rows, layer.kind) ? rows[layer.kind] : undefined;
  if (!row)
    throw new EngraftError(
      "ModelError",
      `the layer ${JSON.stringify(layer.name)} is of the class ${layer.kind}, which is not read`,
      {
        help: `read are ${readLayers.join(", ")}. Otherwise ${fromTfjsLayers}`,
        details: { layer: layer.name, class: layer.kind },
      },
    );
  requireChannelsLast(layer);
  if (xs.length === 0) throw unusable(layer, "it has no input");
  return row(xs[0]!, input);
}
