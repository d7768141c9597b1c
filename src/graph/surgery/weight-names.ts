import type { Tensor } from "../../core/tensor.js";
import type { Value } from "../node.js";

/** Last words of names of numbers that networks do not train (PyTorch: buffers). */
const buffers: ReadonlySet<string> = new Set([
  // Normalisation and its running averages
  ...["running_mean", "running_var", "mean", "std", "pixel_mean", "pixel_std"],
  // Positions: rotary frequencies and tables, sinusoids, coordinates of windows
  ...[
    "inv_freq",
    "freqs",
    "freqs_cis",
    "freqs_cos",
    "freqs_sin",
    "cos_cached",
    "sin_cached",
    "cos",
    "sin",
    "pe",
  ],
  ...["position_ids", "relative_position_index", "relative_coords_table"],
  // Masks
  ...["mask", "attn_mask", "attention_mask", "causal_mask", "masked_bias", "weight_mask", "bias_mask"],
  // Fixed filters, anchors of detectors, a factor before an embedding
  ...["filt", "anchors", "anchor_grid", "grid", "strides", "embed_scale"],
]);

/** Running averages: a normalisation that uses them does not train. */
const statistics: ReadonlySet<string> = new Set(["running_mean", "running_var"]);

/** Names that exporters and optimisers generate for constants and for values computed from constants. */
const generated = [
  // PyTorch: "/attn/Constant_3_output_0"; Engraft: "head/const_2"
  /(^|[/.:])const(ant)?(_\d+)?(_output_\d+)?$/i,
  // Outputs of operators that never compute a parameter: "/rope/Cos_output_0"
  /(^|\/)(Cos|Sin|Range|ConstantOfShape|Where|Equal|Less|Greater|Not|And|Or)(_\d+)?_output_\d+$/,
  // tf2onnx; PyTorch's newer exporter
  /^const_fold_opt_/,
  /^_?(c_)?lifted_tensor/,
  /^(val|scalar|scalar_tensor)(_default)?(_\d+)?$/,
];

const lastWord = (name: Value): string => name.slice(name.lastIndexOf(".") + 1);

/** True for an initializer whose name says that it is a running average. */
export const isStatistic = (name: Value): boolean => statistics.has(lastWord(name));

/** True for an initializer marked or named as a constant: never a weight. */
export function isConstant(name: Value, tensor: Tensor): boolean {
  return tensor.constant === true || buffers.has(lastWord(name)) || generated.some((p) => p.test(name));
}

/**
 * True for the name of a parameter: the path of a module's attribute ("encoder.class_token"), as PyTorch writes it,
 * or a variable that TensorFlow reads.
 * @param short also accept a name without a dot ("class_token"). In a file that names its other weights by paths,
 * only attributes of the outermost module and computed values have such names.
 */
export function isParameterName(name: Value, short: boolean): boolean {
  if (/(^|\/)ReadVariableOp(_\d+)?(\/resource)?(:0)?$/.test(name)) return true;
  if (/^(\w+\.)+[A-Za-z_]\w*$/.test(name)) return true;
  return short && /^[A-Za-z_]\w*$/.test(name) && !computed.test(name);
}

/** Names that PyTorch's newer exporter gives to computed values: operators. */
const computed =
  /^(abs|add|arange|cat|clamp|clone|copy|cos|div|empty|exp|expand|full|linspace|log|mean|mul|neg|ones|permute|pow|reciprocal|repeat|rsqrt|select|sin|slice|sqrt|squeeze|stack|sub|sum|to|_to_copy|transpose|unsqueeze|view|where|zeros)(_like|_copy)?(_\d+)?$/;

/** True for an initializer that PyTorch's exporter computed from parameters or buffers: constant folding. */
export const isFolded = (name: Value): boolean => name.startsWith("onnx::");

/**
 * True for a row of 4 or more numbers that no training would produce: bins 0, 1, 2 …, of which a detector takes the
 * mean, or rotary frequencies 1, q, q², ….
 */
export function isRow({ data }: Tensor): boolean {
  const numbers = data as ArrayLike<number>;
  const ratio = numbers[1]!;
  if (numbers.length < 4 || ratio === numbers[0]) return false;
  let [bins, powers] = [true, numbers[0] === 1];
  for (let i = 0; i < numbers.length && (bins || powers); i++) {
    bins &&= numbers[i] === i;
    // float32, and a power computed in float32
    powers &&= Math.abs(numbers[i]! - ratio ** i) <= 1e-5 * ratio ** i;
  }
  return bins || powers;
}

/**
 * True for distinct halves and whole numbers (a mask of 0 and -100, a grid, anchors). Training produces other
 * fractions.
 */
export function isGrid({ data }: Tensor): boolean {
  const numbers = data as ArrayLike<number>;
  for (let i = 0; i < numbers.length; i++)
    if (Number.isFinite(numbers[i]) && !Number.isInteger(2 * numbers[i]!)) return false;
  return !isUniform({ data });
}

/** True for a tensor of one number. */
export function isUniform({ data }: Pick<Tensor, "data">): boolean {
  return Array.prototype.every.call(data, (v) => v === data[0]);
}

/**
 * True for a table of sines and cosines of positions [..., N, D]: position 0 has as many sines of 0 as cosines of
 * 1, and other positions have other values.
 */
export function isSinusoid({ dims, data }: Tensor): boolean {
  const width = dims.at(-1) ?? 0;
  const numbers = data as ArrayLike<number>;
  if (dims.length < 2 || width < 4 || numbers.length < 2 * width) return false;
  let ones = 0;
  for (let i = 0; i < width; i++) {
    if (numbers[i] !== 0 && numbers[i] !== 1) return false;
    ones += numbers[i]!;
  }
  if (2 * ones !== width) return false;
  let fractions = 0;
  for (let i = width; i < numbers.length; i++) {
    if (!(Math.abs(numbers[i]!) <= 1)) return false;
    if (!Number.isInteger(numbers[i])) fractions++;
  }
  return fractions > 0;
}
