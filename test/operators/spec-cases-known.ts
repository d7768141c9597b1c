/** Known exceptions of the cases of the specification: operators that stay unchanged, and values that only onnxruntime has. */

/** Operators that ops.ts does not model: they run if the runtime has them, but no gradient passes. */
export const passedOn: Readonly<Record<string, string>> = {
  BlackmanWindow: "a window of signal processing, constant for a given size",
  HammingWindow: "a window of signal processing, constant for a given size",
  HannWindow: "a window of signal processing, constant for a given size",
  MelWeightMatrix: "a table of signal processing, constant for given sizes",
  DFT: "a transform of preprocessing",
  STFT: "a transform of preprocessing",
  ConvInteger: "arithmetic of quantised models, whose results are whole numbers without a gradient",
  MatMulInteger: "arithmetic of quantised models, whose results are whole numbers without a gradient",
  QLinearConv: "arithmetic of quantised models, whose results are whole numbers without a gradient",
  QLinearMatMul: "arithmetic of quantised models, whose results are whole numbers without a gradient",
  QuantizeLinear: "arithmetic of quantised models, whose results are whole numbers without a gradient",
  DequantizeLinear: "arithmetic of quantised models: what it reads has no gradient",
  DynamicQuantizeLinear: "arithmetic of quantised models, whose results are whole numbers without a gradient",
  Det: "rare: no family of models needs it",
  GridSample: "rare: no family of models needs it in its trained part",
  RoiAlign: "part of detection heads, behind the body",
  MaxUnpool: "rare: no family of models needs it",
  NonMaxSuppression: "part of detection heads; its output is indices, as many as the data says",
  Unique: "the shape of its outputs depends on the data",
  TfIdfVectorizer: "preprocessing of text",
  NegativeLogLikelihoodLoss: "a loss inside of a model: Engraft puts its own behind the scores",
  SoftmaxCrossEntropyLoss: "a loss inside of a model: Engraft puts its own behind the scores",
  Loop: "control flow",
  Scan: "control flow",
};

/** Single cases of operators that ops.ts does model. */
export const casesPassedOn: readonly (readonly [name: RegExp, why: string])[] = [
  [/^compress_/, "its condition is computed: the shape of its output depends on the data"],
  [/^dropout_.*mask/, "its mask is read"],
  [/^training_dropout/, "it drops values at random"],
  [/^einsum_batch_diagonal$/, "it takes a diagonal"],
  [/^maxpool_with_argmax_2d_precomputed_strides/, "its indices are column-major (storage_order 1)"],
  [/^if$/, "its condition is computed"],
];

/** Files that are refused, with the message. */
export const refused: Readonly<Record<string, RegExp>> = {
  scan_sum: /Scan of opset 8 has no equal in later versions/,
};

/** Cases that onnxruntime cannot run: no kernel for the type, or not that form. */
export const noKernel: readonly (readonly [name: RegExp, message: RegExp])[] = [
  [/^bitshift_(left|right)_uint16$/, /Could not find an implementation for BitShift/],
  [/^(max|min)_u?int16$/, /Could not find an implementation for (Max|Min)/],
  [/^pow_types_float32_uint(32|64)$/, /Could not find an implementation for Pow/],
  [/^(gru|lstm|simple_rnn)_batchwise$/, /layout_ == 0 was false/],
];

/** Cases in which onnxruntime gives something else; Engraft's files then give what onnxruntime gives of the original. */
export const runtimeDiffers: readonly (readonly [name: RegExp, why: string])[] = [
  [/^training_dropout_(default|mask|default_mask)$|^training_dropout$/, "it draws other random numbers"],
  [/^dft(_axis)?$/, "its sums are rounded to 1e-4"],
  [
    /^maxunpool_export_with_output_shape$/,
    "it counts places in the shape of the output, the case in that of the input",
  ],
  [
    /^resize_downsample_scales_(linear|cubic)_align_corners$/,
    "the case divides by the length before it is rounded down (2.4), the specification's text, PyTorch and onnxruntime by the length of the output (2)",
  ],
  [/^Reduce(Max|Min)-13: of NaN$/, "it passes over NaN; NumPy, PyTorch and the reference do not"],
  [/^MaxPool-12: a NaN in the window$/, "it passes over NaN; PyTorch and the reference do not"],
];

/** Cases in which our reference gives something else, and why that is right. */
export const referenceDiffers: readonly (readonly [name: RegExp, form: string, why: string])[] = [
  [/^resize_downsample_scales_(linear|cubic)_align_corners$/, "", "as above: the specification's text"],
  [
    /^Resize-10: nearest, smaller$/,
    "fed",
    "opset 10 rounds up or down by the scales, which are not known here: it is read as one that enlarges, with a note",
  ],
];

/** Cases whose expected output is less exact than float32: relative tolerance. */
export const rough: readonly (readonly [name: RegExp, tolerance: number, why: string])[] = [
  [/window(_symmetric)?_expanded$/, 2e-4, "the function says 3.14159 for pi"],
];

/** Sizes that follow from a value that is computed in the case. */
export const unknownSizes = /^range_|^Range-|window(_symmetric)?_expanded$|^NonZero|^nonzero/;
