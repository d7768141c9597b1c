import type { Graph } from "../graph/graph.js";
import { type ConvFact, factsOf, type ModelFacts } from "./model-folder/model-facts.js";

/** The family of a model, as far as its structure shows. */
export interface FamilyGuess {
  /** `ResNet`; "unknown" if no row of the table fits. */
  readonly name: string;
  /** The signs by which it was recognised. */
  readonly because: readonly string[];
}

/** A structural sign. */
type Sign = readonly [words: string, holds: (f: ModelFacts) => boolean];
interface Family {
  readonly name: string;
  /** All must be present. */
  readonly signs: readonly Sign[];
}

const side = (c: ConvFact): number => Math.max(...c.kernel);
const isDepthwise = (c: ConvFact): boolean => c.group > 1 && c.group === c.from;
const isGrouped = (c: ConvFact): boolean => c.group > 1 && c.group < c.from;
const first = (f: ModelFacts): ConvFact | undefined => f.convs[0];
const stem = (f: ModelFacts, kernel: number, stride: number): boolean => {
  const c = first(f);
  return (c?.kernel ?? [0]).every((k) => k === kernel) && (c?.strides ?? [0]).every((s) => s === stride);
};
const depthwise = (f: ModelFacts, kernel?: number): number =>
  f.convs.filter((c) => isDepthwise(c) && (kernel === undefined || side(c) === kernel)).length;
/** True for a block of consecutive convolutions with these kernels. */
const sequence = (f: ModelFacts, ...kernels: readonly number[]): boolean =>
  f.convs.some((_, i) =>
    kernels.every((k, j) => f.convs[i + j] !== undefined && side(f.convs[i + j]!) === k),
  );

const pictures: Sign = ["it reads pictures", (f) => f.input === "pictures"];
const tokens: Sign = ["it reads tokens", (f) => f.input === "tokens"];
const shortcuts: Sign = ["sums with a shortcut", (f) => f.shortcuts >= 1];
const noShortcuts: Sign = ["no shortcuts", (f) => f.shortcuts === 0];
const noAttention: Sign = ["no attention", (f) => f.attentions === 0];
const attention: Sign = ["attention: a Softmax of products", (f) => f.attentions >= 1];
const noDepthwise: Sign = ["no depthwise convolutions", (f) => depthwise(f) === 0];
const someDepthwise: Sign = ["depthwise convolutions", (f) => depthwise(f) >= 2];
const noJoins: Sign = ["nothing is joined along channels", (f) => f.joins.length === 0];
const noMap: Sign = [
  "its outputs are no maps",
  (f) => f.outputs.every((shape) => shape !== undefined && shape.length <= 2),
];
const maps: Sign = ["an output is a map", (f) => f.outputs.some((shape) => shape?.length === 4)];
const noGates: Sign = ["no gates of pooled channels", (f) => f.gates === 0];
const gates: Sign = ["channels are gated by what is pooled from them", (f) => f.gates >= 1];
const rootMeanSquares: Sign = [
  "normalisation by the root mean square alone",
  (f) => f.rmsNorms >= 2 && f.layerNorms === 0,
];

/**
 * Families and their signs, special ones before general ones: the first row that fits counts. A model that fits no row
 * is "unknown", which is no error.
 */
const table: readonly Family[] = [
  {
    name: "ConvNeXt",
    signs: [
      pictures,
      noAttention,
      ["7 × 7 depthwise convolutions", (f) => depthwise(f, 7) >= 2],
      ["LayerNormalization", (f) => f.layerNorms >= 2],
    ],
  },
  {
    name: "Swin Transformer",
    signs: [
      pictures,
      attention,
      [
        "patches of 4 × 4 pixels or less",
        (f) => f.convs.length >= 1 && side(first(f)!) <= 4 && stem(f, side(first(f)!), side(first(f)!)),
      ],
      [
        "windows that are shifted (rolled by Slice and Concat)",
        (f) => f.count("Concat") >= 2 && f.count("Slice") >= 4,
      ],
    ],
  },
  {
    name: "Vision Transformer (ViT)",
    signs: [
      pictures,
      attention,
      [
        "one convolution that cuts patches",
        (f) => f.convs.length === 1 && side(first(f)!) > 1 && stem(f, side(first(f)!), side(first(f)!)),
      ],
      ["LayerNormalization", (f) => f.layerNorms >= 2],
    ],
  },
  {
    name: "ShuffleNet v2",
    signs: [
      pictures,
      noAttention,
      someDepthwise,
      ["channels that are shuffled (Reshape, Transpose, Reshape)", (f) => f.shuffles >= 2],
    ],
  },
  {
    name: "MobileNet v3",
    signs: [
      pictures,
      noAttention,
      someDepthwise,
      gates,
      ["hard-swish", (f) => f.count("HardSwish") >= 1 || f.count("HardSigmoid") >= 2],
      shortcuts,
    ],
  },
  {
    name: "EfficientNet",
    signs: [
      pictures,
      noAttention,
      someDepthwise,
      gates,
      ["SiLU: x · sigmoid(x)", (f) => f.silu >= 2],
      shortcuts,
    ],
  },
  {
    name: "MobileNet v2",
    signs: [
      pictures,
      noAttention,
      someDepthwise,
      noGates,
      noJoins,
      // The head of a Teachable Machine project has one Relu.
      ["activations cut off at 6 (Clip)", (f) => f.count("Clip") >= 2 && f.count("Relu") <= 1],
      shortcuts,
      ["only 3 × 3 and 1 × 1 kernels", (f) => f.convs.every((c) => side(c) === 3 || side(c) === 1)],
    ],
  },
  {
    name: "MNASNet",
    signs: [
      pictures,
      noAttention,
      someDepthwise,
      noGates,
      noJoins,
      ["3 × 3 and 5 × 5 depthwise kernels", (f) => depthwise(f, 3) >= 1 && depthwise(f, 5) >= 1],
      ["Relu", (f) => f.count("Relu") >= 2],
      shortcuts,
    ],
  },
  {
    name: "YOLO-style body",
    signs: [
      pictures,
      noAttention,
      ["SiLU: x · sigmoid(x)", (f) => f.silu >= 2],
      ["joins along channels", (f) => f.joins.length >= 2],
      ["maps are enlarged (Resize)", (f) => f.count("Resize") >= 1],
    ],
  },
  {
    name: "U-Net",
    signs: [
      pictures,
      noAttention,
      maps,
      ["maps are enlarged", (f) => f.count("ConvTranspose", "Resize") >= 2],
      ["joined with earlier maps", (f) => f.joins.filter((n) => n === 2).length >= 2],
      noDepthwise,
    ],
  },
  {
    name: "DeepLab",
    signs: [
      pictures,
      noAttention,
      maps,
      ["several dilations side by side", (f) => new Set(f.convs.map((c) => c.dilations[0])).size >= 3],
      ["maps are joined (4 or more)", (f) => f.joins.some((n) => n >= 4)],
      ["the result is enlarged (Resize)", (f) => f.count("Resize") >= 1],
    ],
  },
  {
    name: "FCN",
    signs: [
      pictures,
      noAttention,
      maps,
      shortcuts,
      noJoins,
      ["a 7 × 7 stem, then MaxPool", (f) => stem(f, 7, 2) && f.count("MaxPool") >= 1],
      ["dilations", (f) => f.convs.some((c) => c.dilations.some((d) => d > 1))],
      ["the result is enlarged (Resize)", (f) => f.count("Resize") >= 1],
    ],
  },
  {
    name: "DenseNet",
    signs: [
      pictures,
      noAttention,
      noShortcuts,
      noDepthwise,
      [
        "each layer is joined to all before it: joins of 2, 3, 4 … parts",
        (f) => [2, 3, 4].every((n) => f.joins.includes(n)),
      ],
      ["BatchNormalization before convolutions", (f) => f.count("BatchNormalization") >= f.joins.length],
      ["AveragePool between the parts", (f) => f.count("AveragePool") >= 1],
    ],
  },
  {
    name: "Inception v3",
    signs: [
      pictures,
      noAttention,
      noShortcuts,
      [
        "kernels longer than wide (1 × 7, 7 × 1)",
        (f) => f.convs.filter((c) => new Set(c.kernel).size > 1).length >= 4,
      ],
      ["branches joined along channels", (f) => f.joins.filter((n) => n >= 3).length >= 2],
    ],
  },
  {
    name: "GoogLeNet",
    signs: [
      pictures,
      noAttention,
      noShortcuts,
      ["four branches joined, many times", (f) => f.joins.length >= 2 && f.joins.every((n) => n === 4)],
      ["MaxPool inside and between them", (f) => f.count("MaxPool") >= f.joins.length],
      ["square kernels only", (f) => f.convs.every((c) => new Set(c.kernel).size === 1)],
    ],
  },
  {
    name: "SqueezeNet",
    signs: [
      pictures,
      noAttention,
      noShortcuts,
      noDepthwise,
      [
        "fire modules: a 1 × 1 and a 3 × 3 convolution, joined",
        (f) => f.joins.length >= 2 && f.joins.every((n) => n === 2) && sequence(f, 1, 1, 3),
      ],
      ["no BatchNormalization", (f) => f.count("BatchNormalization") === 0],
      ["no product at the end", (f) => f.count("Gemm", "MatMul") === 0],
    ],
  },
  {
    name: "RegNet",
    signs: [
      pictures,
      noAttention,
      noJoins,
      shortcuts,
      [
        "a 3 × 3 stem that halves the picture, and no MaxPool",
        (f) => stem(f, 3, 2) && f.count("MaxPool") === 0,
      ],
      ["grouped 3 × 3 convolutions", (f) => f.convs.filter((c) => c.group > 1 && side(c) === 3).length >= 2],
    ],
  },
  {
    name: "ResNeXt",
    signs: [
      pictures,
      noAttention,
      noJoins,
      noMap,
      shortcuts,
      ["a 7 × 7 stem, then MaxPool", (f) => stem(f, 7, 2) && f.count("MaxPool") >= 1],
      ["grouped 3 × 3 convolutions", (f) => f.convs.filter((c) => isGrouped(c) && side(c) === 3).length >= 2],
    ],
  },
  {
    name: "ResNet",
    signs: [
      pictures,
      noAttention,
      noJoins,
      noMap,
      noGates,
      shortcuts,
      ["a 7 × 7 stem, then MaxPool", (f) => stem(f, 7, 2) && f.count("MaxPool") >= 1],
      ["no groups", (f) => f.convs.every((c) => c.group === 1)],
    ],
  },
  {
    name: "AlexNet",
    signs: [
      pictures,
      noAttention,
      noShortcuts,
      noJoins,
      ["an 11 × 11 stem with stride 4", (f) => stem(f, 11, 4)],
      ["five convolutions", (f) => f.convs.length === 5],
    ],
  },
  {
    name: "VGG",
    signs: [
      pictures,
      noAttention,
      noShortcuts,
      noJoins,
      noDepthwise,
      [
        "only 3 × 3 convolutions, without strides",
        (f) => f.convs.length >= 3 && f.convs.every((c) => side(c) === 3 && c.strides.every((s) => s === 1)),
      ],
      ["MaxPool between them", (f) => f.count("MaxPool") >= 2],
      ["products at the end", (f) => f.count("Gemm", "MatMul") >= 2],
    ],
  },
  {
    name: "recurrent network (LSTM, GRU, RNN)",
    signs: [
      noAttention,
      ["no convolutions", (f) => f.convs.length === 0],
      [
        "recurrent cells",
        (f) =>
          f.count("LSTM", "GRU", "RNN") >= 1 ||
          (f.count("Sigmoid") >= 2 && f.count("Tanh") >= 2 && f.count("Split") >= 2),
      ],
    ],
  },
  {
    name: "wav2vec2-style",
    signs: [
      [
        "convolutions along one axis",
        (f) => f.input === "waves" && f.convs.filter((c) => c.kernel.length === 1).length >= 2,
      ],
      attention,
      ["LayerNormalization", (f) => f.layerNorms >= 2],
    ],
  },
  {
    name: "GPT-2-style decoder",
    signs: [
      tokens,
      attention,
      ["LayerNormalization", (f) => f.layerNorms >= 2],
      ["a causal mask", (f) => f.causal],
      ["tables of words and positions", (f) => f.embeddings >= 1],
      ["GELU", (f) => f.count("Tanh", "Gelu", "Erf") >= 1],
    ],
  },
  {
    name: "Llama-style decoder",
    signs: [tokens, attention, rootMeanSquares, ["SiLU: x · sigmoid(x)", (f) => f.silu >= 2]],
  },
  { name: "T5-style encoder", signs: [tokens, attention, rootMeanSquares] },
  {
    name: "BERT-style encoder",
    signs: [
      tokens,
      attention,
      ["LayerNormalization", (f) => f.layerNorms >= 2],
      ["tables of words and positions", (f) => f.embeddings >= 2],
      ["no causal mask", (f) => !f.causal],
      ["no convolutions", (f) => f.convs.length === 0],
      ["GELU by the error function", (f) => f.count("Erf", "Gelu") >= 1],
    ],
  },
];

/**
 * Recognises the family of a model from its operators, kernels and connections, never from names. Returns "unknown" if
 * no row of the table fits completely.
 */
export function guessFamily(graph: Graph): FamilyGuess {
  const facts = factsOf(graph);
  const found = table.find(({ signs }) => signs.every(([, holds]) => holds(facts)));
  return found
    ? { name: found.name, because: found.signs.map(([words]) => words) }
    : { name: "unknown", because: [] };
}
