const randomness = "its output is drawn at random";
const lists = "it handles lists of tensors, through which no gradient is followed";
const optional = "it handles values that may be missing, through which no gradient is followed";
const quantised = "it works on numbers of 8 bits and their scales, through which no gradient is followed";
const text = "it works on text";
const signal = "it prepares sound: no rule for it is written, it belongs before what trains";
const isLoss = "no rule for it is written: a loss is part of the training, not of the model";
const dataShape = "its output's shape depends on the data";

/** Standard operators that stay opaque, and why no gradient passes them. They may be in a frozen part. */
export const passedOn: Readonly<Record<string, string>> = {
  If: "which of its branches runs depends on the data (a condition that is known is folded when the model is read)",
  Loop: "it runs a graph of its own, as often as the data says; it can stand in a frozen part only",
  Scan: "it runs a graph of its own over a sequence; it can stand in a frozen part only",

  ConcatFromSequence: lists,
  SequenceAt: lists,
  SequenceConstruct: lists,
  SequenceEmpty: lists,
  SequenceErase: lists,
  SequenceInsert: lists,
  SequenceLength: lists,
  SequenceMap: lists,
  SplitToSequence: lists,
  Optional: optional,
  OptionalGetElement: optional,
  OptionalHasElement: optional,

  Bernoulli: randomness,
  Multinomial: randomness,
  RandomNormal: randomness,
  RandomNormalLike: randomness,
  RandomUniform: randomness,
  RandomUniformLike: randomness,

  Compress: dataShape,
  NonMaxSuppression: "its output says which boxes stay, and how many is known only when it runs",
  Unique: dataShape,

  Col2Im: "no rule for it is written",
  GridSample: "it reads at computed positions, for which no rule is written",
  MaxRoiPool: "it reads in computed regions, for which no rule is written",
  MaxUnpool: "it writes at positions that another operator found, for which no rule is written",
  RoiAlign: "it reads in computed regions, for which no rule is written",

  ConvInteger: quantised,
  DequantizeLinear: quantised,
  DynamicQuantizeLinear: quantised,
  MatMulInteger: quantised,
  QLinearConv: quantised,
  QLinearMatMul: quantised,
  QuantizeLinear: quantised,

  ImageDecoder: "it reads a picture's file",
  RegexFullMatch: text,
  StringConcat: text,
  StringNormalizer: text,
  StringSplit: text,
  TfIdfVectorizer: text,

  BlackmanWindow: signal,
  DFT: signal,
  HammingWindow: signal,
  HannWindow: signal,
  MelWeightMatrix: signal,
  STFT: signal,

  NegativeLogLikelihoodLoss: isLoss,
  SoftmaxCrossEntropyLoss: isLoss,

  AffineGrid: "it makes the positions that GridSample reads at, for which no rule is written",
  Attention: "this form of attention is not taken apart: export the model with opset 22 or older",
  CenterCropPad: "no rule for it is written",
  DeformConv: "it reads at computed positions, for which no rule is written",
  Det: "no rule for it is written",
  RotaryEmbedding: "it is not taken apart: export the model with opset 22 or older",
  TensorScatter: "it writes into a cache of earlier calls, for which no rule is written",
};
