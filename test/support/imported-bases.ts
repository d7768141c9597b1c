// Small bases in other forms than ONNX, with random weights: a network of pictures of TF.js, and an encoder in safetensors.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bert } from "../../src/bases/architectures/bert.js";
import { encoderForms, namesInFile } from "../../src/bases/formats/transformers-names.js";
import { encodeSafetensors } from "../../src/bases/open/safetensors.js";
import { draws } from "../../src/core/random.js";
import { float32, type Tensor, zeros } from "../../src/core/tensor.js";
import { vocabularyText } from "./text-base.js";

const normal = (name: string, dims: readonly number[], scale: number): Float32Array => {
  const source = draws(11, name);
  return Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * source.normal());
};

/**
 * Writes a small network of pictures as TF.js does.
 * @param labels makes it a project of Teachable Machine: features, and a classifier of two layers
 */
export function writeTfjs(folder: string, labels?: readonly [string, string]): string {
  mkdirSync(folder, { recursive: true });
  const conv = (name: string, filters: number, more: object = {}) => ({
    class_name: "Conv2D",
    config: {
      name,
      filters,
      kernel_size: [3, 3],
      strides: [2, 2],
      padding: "same",
      activation: "relu",
      use_bias: true,
      ...more,
    },
  });
  const sequence = (name: string, layers: readonly object[]) => ({
    class_name: "Sequential",
    config: { name, layers },
  });
  const dense = (name: string, units: number, activation: string) => ({
    class_name: "Dense",
    config: { name, units, activation, use_bias: true },
  });
  const body = [
    conv("first", 8, { batch_input_shape: [null, 32, 32, 3] }),
    conv("second", 12),
    { class_name: "GlobalAveragePooling2D", config: { name: "pooled" } },
  ];
  const network = labels
    ? sequence("project", [
        sequence("features", body),
        sequence("head", [
          {
            ...dense("hidden", 12, "relu"),
            config: { ...dense("hidden", 12, "relu").config, batch_input_shape: [null, 12] },
          },
          dense("scores", 2, "softmax"),
        ]),
      ])
    : sequence("small", [...body, dense("scores", 2, "softmax")]);
  const weights = [
    ...[
      ["first/kernel", [3, 3, 3, 8]],
      ["first/bias", [8]],
      ["second/kernel", [3, 3, 8, 12]],
      ["second/bias", [12]],
    ],
    ...(labels
      ? [
          ["hidden/kernel", [12, 12]],
          ["hidden/bias", [12]],
        ]
      : []),
    ...[
      ["scores/kernel", [12, 2]],
      ["scores/bias", [2]],
    ],
  ].map(([name, shape]) => ({ name: name as string, shape: shape as number[], dtype: "float32" }));
  const bytes = weights.map(({ name, shape }) => Buffer.from(normal(name, shape, 0.3).buffer));
  const model = {
    format: "layers-model",
    modelTopology: { ...network, keras_version: "2.8.0" },
    weightsManifest: [{ paths: ["weights.bin"], weights }],
  };
  writeFileSync(join(folder, "model.json"), JSON.stringify(model));
  writeFileSync(join(folder, "weights.bin"), Buffer.concat(bytes));
  const metadata = { packageName: "@teachablemachine/image", labels, imageSize: 32 };
  if (labels) writeFileSync(join(folder, "metadata.json"), JSON.stringify(metadata));
  return folder;
}

/** Writes an encoder of the tiny vocabulary as Transformers does. */
export function writeEncoder(folder: string, type: "bert" | "mpnet" = "bert"): string {
  mkdirSync(folder, { recursive: true });
  const vocabulary = vocabularyText.trim().split("\n").length;
  const own = type === "bert" ? { types: 2 } : { buckets: 8 };
  const sizes = { vocabulary, width: 16, layers: 1, heads: 2, inner: 24, positions: 24, ...own };
  const form = encoderForms[type]!;
  const rows = 24 + form.firstPosition;
  const tensors = new Map<string, Tensor>();
  bert(sizes, (name, dims) => {
    const isNorm = /LayerNorm\.weight$/.test(name);
    const isLinear = dims.length === 2 && !/^embeddings\.|relative/.test(name);
    const sizesInFile = name.includes("position") ? [rows, 16] : isLinear ? [dims[1]!, dims[0]!] : dims;
    const [, inFile] = namesInFile(name, form);
    tensors.set(inFile!, float32(sizesInFile, normal(name, sizesInFile, 0.3).fill(1, 0, isNorm ? 16 : 0)));
    return zeros("float32", dims);
  });
  const architecture = { bert: "BertForMaskedLM", mpnet: "MPNetForMaskedLM" }[type];
  const config = {
    ...{ model_type: type, architectures: [architecture], vocab_size: vocabulary, hidden_size: 16 },
    ...{ num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 24, max_position_embeddings: rows },
    ...{ type_vocab_size: 2, hidden_act: "gelu", layer_norm_eps: 1e-12, relative_attention_num_buckets: 8 },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "vocab.txt"), vocabularyText);
  writeFileSync(
    join(folder, "model.safetensors"),
    encodeSafetensors({ tensors, metadata: { format: "pt" } }),
  );
  return folder;
}
