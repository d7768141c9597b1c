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
    "cos_cache",
    "sin_cache",
    "rope_cos",
    "rope_sin",
    "cos",
    "sin",
    "pe",
  ],
  ...["position_ids", "relative_position_index", "relative_coords_table"],
  // Masks
  ...["mask", "attn_mask", "attention_mask", "causal_mask", "masked_bias", "weight_mask", "bias_mask"],
  // Fixed filters, anchors of detectors, a factor before an embedding, the bias of Marian's logits
  ...["filt", "anchors", "anchor_grid", "grid", "strides", "embed_scale", "final_logits_bias"],
  // The number that keeps a normalisation from dividing by zero
  ...["eps", "epsilon"],
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
 * True for a table of sines and cosines of positions: [..., N, D] with as many sines of 0 as cosines of 1 in the first
 * row, or one of sines alone, cosines alone or any mix ({@link hasSineColumns}).
 */
export function isSinusoid(table: Tensor): boolean {
  const { dims } = table;
  const numbers = table.data as ArrayLike<number>;
  const sides = dims.filter((d) => d !== 1);
  const width = sides.slice(1).reduce((n, d) => n * d, 1);
  if (sides.length < 2 || !firstRow(numbers, Math.min(width, dims.at(-1)!)).every((v) => v === 0 || v === 1))
    return false;
  return isHalfCosines(table) || hasSineColumns(numbers, sides[0]!, width);
}

const firstRow = (numbers: ArrayLike<number>, width: number): number[] =>
  Array.from({ length: width }, (_, i) => numbers[i]!);

/** True if position 0 has as many sines of 0 as cosines of 1, and other positions have other values. */
function isHalfCosines({ dims, data }: Tensor): boolean {
  const width = dims.at(-1) ?? 0;
  const numbers = data as ArrayLike<number>;
  if (width < 4 || numbers.length < 2 * width) return false;
  const ones = firstRow(numbers, width).filter((v) => v === 1).length;
  if (2 * ones !== width) return false;
  let fractions = 0;
  for (let i = width; i < numbers.length; i++) {
    if (!(Math.abs(numbers[i]!) <= 1)) return false;
    if (!Number.isInteger(numbers[i])) fractions++;
  }
  return fractions > 0;
}

/**
 * True if each column of [N, D] is a sine or a cosine of the row's number, with 0 or 1 in row 0.
 *
 *     v_(p+1) + v_(p-1) = 2 cos(w) v_p      for v_p = sin(w p) and v_p = cos(w p)
 *
 * 2 cos(w) is fitted by least squares. No column may miss by more than a hundredth of its largest value: a table in
 * 16 bit keeps within that, and a table that was trained does not.
 */
function hasSineColumns(numbers: ArrayLike<number>, rows: number, width: number): boolean {
  if (rows < 4) return false;
  let varies = false;
  for (let k = 0; k < width; k++) {
    const at = (p: number): number => numbers[p * width + k]!;
    if (at(0) !== 0 && at(0) !== 1) return false;
    let [products, squares, largest] = [0, 0, 0];
    for (let p = 0; p < rows; p++) {
      largest = Math.max(largest, Math.abs(at(p)));
      varies ||= at(p) !== at(0);
      if (p === 0 || p === rows - 1) continue;
      products += at(p) * (at(p + 1) + at(p - 1));
      squares += at(p) ** 2;
    }
    if (!(largest <= 1)) return false;
    const factor = squares === 0 ? 0 : products / squares;
    for (let p = 1; p < rows - 1; p++)
      if (Math.abs(at(p + 1) + at(p - 1) - factor * at(p)) > 0.01 * largest) return false;
  }
  return varies;
}
