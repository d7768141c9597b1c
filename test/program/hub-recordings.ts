/**
 * Repositories of the catalogue as the Hugging Face hub showed them: every file with its size, and the pages that say so.
 * `null`: the page names the file without a size. Weights in other formats are recorded where the page lists them.
 */
export interface Recording {
  readonly repo: string;
  /** Pages with the files, the sizes, and the licence. */
  readonly sources: readonly string[];
  readonly files: Readonly<Record<string, string | null>>;
  /** Images: width of the features, as classes (logits of 1,000 classes) or as tokens. */
  readonly features?: { readonly of: "classes" | "tokens"; readonly width: number };
  /** Texts: layers, width and vocabulary of config.json. */
  readonly encoder?: { readonly layers: number; readonly width: number; readonly vocabulary: number };
  /** Boxes: side of the square picture that the file takes. */
  readonly detector?: { readonly side: number };
  /** Sounds: width of the features of a patch. */
  readonly patches?: { readonly width: number };
  /** Speech: network of the same structure in test/golden/families. */
  readonly speech?: { readonly family: string };
}

/**
 * The page of this repository names seven files and rounds their sizes. Sizes are those of the release's files, 3,659,407 and
 * 20,219,662 and 35,858,002 bytes, as download lists of programs that use them state.
 */
const yolox = {
  repo: "Heliosoph/yolox-onnx",
  sources: [
    "https://huggingface.co/Heliosoph/yolox-onnx",
    "https://github.com/Megvii-BaseDetection/YOLOX/blob/main/demo/ONNXRuntime/README.md",
    "https://github.com/Megvii-BaseDetection/YOLOX/blob/main/LICENSE",
  ],
  files: {
    "yolox_darknet.onnx": null,
    "yolox_l.onnx": null,
    "yolox_m.onnx": null,
    "yolox_nano.onnx": "3.66 MB",
    "yolox_s.onnx": "35.9 MB",
    "yolox_tiny.onnx": "20.2 MB",
    "yolox_x.onnx": null,
  },
} as const;

export const recordings: Readonly<Record<string, Recording>> = {
  "mobilenet-v4-small": {
    repo: "onnx-community/mobilenetv4s-webnn",
    sources: [
      "https://huggingface.co/onnx-community/mobilenetv4s-webnn/tree/4d0797f67ae5973e65432967711289f4f2f47190",
      "https://huggingface.co/onnx-community/mobilenetv4s-webnn/tree/main/onnx",
      "https://huggingface.co/timm/mobilenetv4_conv_small.e2400_r224_in1k",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "1.44 kB",
      "config.json": "70.1 kB",
      "preprocessor_config.json": "441 Bytes",
      "quantize_config.json": "1.48 kB",
      "onnx/model.onnx": "15.1 MB",
      "onnx/model_bnb4.onnx": "15.1 MB",
      "onnx/model_fp16.onnx": "7.56 MB",
      "onnx/model_int8.onnx": "3.93 MB",
      "onnx/model_q4.onnx": "15.1 MB",
      "onnx/model_quantized.onnx": "3.93 MB",
      "onnx/model_uint8.onnx": "3.93 MB",
    },
    features: { of: "classes", width: 1280 },
  },
  "resnet-18": {
    repo: "Xenova/resnet-18",
    sources: [
      "https://huggingface.co/Xenova/resnet-18/tree/957422cff86e0c0a2807a472a90cc0e4daf44b18",
      "https://huggingface.co/Xenova/resnet-18/tree/main/onnx",
      "https://huggingface.co/microsoft/resnet-18",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "531 Bytes",
      "config.json": "69.7 kB",
      "preprocessor_config.json": "410 Bytes",
      "quantize_config.json": "377 Bytes",
      "onnx/model.onnx": "46.8 MB",
      "onnx/model_bnb4.onnx": "46.8 MB",
      "onnx/model_fp16.onnx": "23.4 MB",
      "onnx/model_q4.onnx": "46.8 MB",
      "onnx/model_q4f16.onnx": "23.4 MB",
      "onnx/model_quantized.onnx": "11.8 MB",
      "onnx/model_uint8.onnx": "11.8 MB",
    },
    features: { of: "classes", width: 512 },
  },
  "resnet-50": {
    repo: "Xenova/resnet-50",
    sources: [
      "https://huggingface.co/Xenova/resnet-50/tree/main",
      "https://huggingface.co/Xenova/resnet-50/tree/6791d258f4afcf677b8fb933a4f571b10c8bf725/onnx",
      "https://huggingface.co/microsoft/resnet-50",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "531 Bytes",
      "config.json": "69.7 kB",
      "preprocessor_config.json": "410 Bytes",
      "quantize_config.json": "377 Bytes",
      "onnx/model.onnx": "102 MB",
      "onnx/model_fp16.onnx": "51.1 MB",
      "onnx/model_quantized.onnx": "25.8 MB",
    },
    features: { of: "classes", width: 2048 },
  },
  "convnext-tiny": {
    repo: "Xenova/convnext-tiny-224",
    sources: [
      "https://huggingface.co/Xenova/convnext-tiny-224/tree/main",
      "https://huggingface.co/Xenova/convnext-tiny-224/tree/main/onnx",
      "https://huggingface.co/facebook/convnext-tiny-224",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "1.4 kB",
      "config.json": "69.8 kB",
      "preprocessor_config.json": "410 Bytes",
      "quantize_config.json": "538 Bytes",
      "onnx/model.onnx": "115 MB",
      "onnx/model_bnb4.onnx": "25.6 MB",
      "onnx/model_fp16.onnx": "57.4 MB",
      "onnx/model_int8.onnx": "29.1 MB",
      "onnx/model_q4.onnx": "27.2 MB",
      "onnx/model_q4f16.onnx": "20.2 MB",
      "onnx/model_quantized.onnx": "29.3 MB",
      "onnx/model_uint8.onnx": "29.1 MB",
    },
    features: { of: "classes", width: 768 },
  },
  "swin-tiny": {
    repo: "Xenova/swin-tiny-patch4-window7-224",
    sources: [
      "https://huggingface.co/Xenova/swin-tiny-patch4-window7-224/tree/main",
      "https://huggingface.co/Xenova/swin-tiny-patch4-window7-224/tree/70667c48a08993f1dc2ade0cf72a4d0a5f1019d6/onnx",
      "https://huggingface.co/microsoft/swin-tiny-patch4-window7-224",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "569 Bytes",
      "config.json": "70 kB",
      "preprocessor_config.json": "390 Bytes",
      "quantize_config.json": "1.02 kB",
      "onnx/model.onnx": "116 MB",
      "onnx/model_fp16.onnx": "59.4 MB",
      "onnx/model_quantized.onnx": "32.3 MB",
    },
    features: { of: "classes", width: 768 },
  },
  "dinov2-small": {
    repo: "Xenova/dinov2-small",
    sources: [
      "https://huggingface.co/Xenova/dinov2-small/tree/main",
      "https://huggingface.co/Xenova/dinov2-small/tree/bd222e886723524568931e43031f6d9327896fac/onnx",
      "https://huggingface.co/facebook/dinov2-small",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "535 Bytes",
      "config.json": "899 Bytes",
      "preprocessor_config.json": "436 Bytes",
      "quantize_config.json": "840 Bytes",
      "onnx/model.onnx": "88.5 MB",
      "onnx/model_fp16.onnx": "44.4 MB",
      "onnx/model_quantized.onnx": "24.5 MB",
    },
    features: { of: "tokens", width: 384 },
  },
  "vit-base": {
    repo: "Xenova/vit-base-patch16-224",
    sources: [
      "https://huggingface.co/Xenova/vit-base-patch16-224/tree/main",
      "https://huggingface.co/Xenova/vit-base-patch16-224/tree/main/onnx",
      "https://huggingface.co/google/vit-base-patch16-224",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "1.42 kB",
      "config.json": "69.7 kB",
      "preprocessor_config.json": "327 Bytes",
      "onnx/model.onnx": "347 MB",
      "onnx/model_fp16.onnx": "173 MB",
      "onnx/model_quantized.onnx": "88.3 MB",
    },
    features: { of: "classes", width: 768 },
  },
  "vit-base-21k": {
    repo: "Xenova/vit-base-patch16-224-in21k",
    sources: [
      "https://huggingface.co/Xenova/vit-base-patch16-224-in21k/tree/096edaa7104fcb9389ba5ecf0751f6d9a3b6eb44",
      "https://huggingface.co/Xenova/vit-base-patch16-224-in21k/tree/main/onnx",
      "https://huggingface.co/google/vit-base-patch16-224-in21k",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "559 Bytes",
      "config.json": "521 Bytes",
      "preprocessor_config.json": "327 Bytes",
      "onnx/model.onnx": "343 MB",
      "onnx/model_fp16.onnx": "172 MB",
      "onnx/model_quantized.onnx": "87.5 MB",
    },
    features: { of: "tokens", width: 768 },
  },
  "minilm-l6": {
    repo: "sentence-transformers/all-MiniLM-L6-v2",
    sources: [
      "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/tree/97ef89b0452be49b401bb722c776152b035909e7",
      "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/tree/main/onnx",
    ],
    files: {
      "1_Pooling/config.json": null,
      ".gitattributes": "1.18 kB",
      "README.md": "77.1 kB",
      "config.json": "612 Bytes",
      "config_sentence_transformers.json": "116 Bytes",
      "data_config.json": "39.3 kB",
      "modules.json": "349 Bytes",
      "pytorch_model.bin": "90.9 MB",
      "sentence_bert_config.json": "53 Bytes",
      "special_tokens_map.json": "112 Bytes",
      "tf_model.h5": "91 MB",
      "tokenizer.json": "466 kB",
      "tokenizer_config.json": "350 Bytes",

      "onnx/model.onnx": "90.4 MB",
      "onnx/model_O1.onnx": "90.4 MB",
      "onnx/model_O2.onnx": "90.3 MB",
      "onnx/model_O3.onnx": "90.3 MB",
      "onnx/model_O4.onnx": "45.2 MB",
      "onnx/model_qint8_arm64.onnx": "23 MB",
      "onnx/model_qint8_avx512.onnx": "23 MB",
      "onnx/model_qint8_avx512_vnni.onnx": "23 MB",
    },
    encoder: { layers: 6, width: 384, vocabulary: 30522 },
  },
  "bge-small-zh": {
    repo: "Xenova/bge-small-zh-v1.5",
    sources: [
      "https://huggingface.co/Xenova/bge-small-zh-v1.5/tree/main",
      "https://huggingface.co/Xenova/bge-small-zh-v1.5/tree/main/onnx",
      "https://huggingface.co/BAAI/bge-small-zh-v1.5",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "537 Bytes",
      "config.json": "716 Bytes",
      "quantize_config.json": "674 Bytes",
      "special_tokens_map.json": "125 Bytes",
      "tokenizer.json": "439 kB",
      "tokenizer_config.json": "367 Bytes",
      "vocab.txt": "110 kB",
      "onnx/model.onnx": "94.9 MB",
      "onnx/model_fp16.onnx": "47.5 MB",
      "onnx/model_quantized.onnx": "24 MB",
    },
    encoder: { layers: 4, width: 512, vocabulary: 21128 },
  },
  "bge-small-en": {
    repo: "BAAI/bge-small-en-v1.5",
    sources: [
      "https://huggingface.co/BAAI/bge-small-en-v1.5/tree/main",
      "https://huggingface.co/BAAI/bge-small-en-v1.5/tree/main/onnx",
    ],
    files: {
      "1_Pooling/config.json": null,
      ".gitattributes": "1.52 kB",
      "README.md": "94.8 kB",
      "config.json": "743 Bytes",
      "config_sentence_transformers.json": "124 Bytes",
      "model.safetensors": "133 MB",
      "modules.json": "349 Bytes",
      "sentence_bert_config.json": "52 Bytes",
      "special_tokens_map.json": "125 Bytes",
      "tokenizer.json": "711 kB",
      "tokenizer_config.json": "366 Bytes",

      "onnx/model.onnx": "133 MB",
    },
    encoder: { layers: 12, width: 384, vocabulary: 30522 },
  },
  "e5-small": {
    repo: "intfloat/multilingual-e5-small",
    sources: [
      "https://huggingface.co/intfloat/multilingual-e5-small/tree/main/onnx",
      "https://huggingface.co/intfloat/multilingual-e5-small/tree/main/1_Pooling",
      "https://huggingface.co/intfloat/multilingual-e5-small/tree/919cfbe11fbf4f1b9bb321007c46c14feaf84227/onnx",
    ],
    files: {
      "1_Pooling/config.json": "200 Bytes",
      "onnx/config.json": "653 Bytes",
      "onnx/model.onnx": "470 MB",
      "onnx/sentencepiece.bpe.model": "5.07 MB",
      "onnx/special_tokens_map.json": "167 Bytes",
      "onnx/tokenizer.json": "17.1 MB",
      "onnx/tokenizer_config.json": "443 Bytes",
      "onnx/model_O4.onnx": "235 MB",
      "onnx/model_qint8_avx512_vnni.onnx": "118 MB",
    },
    encoder: { layers: 12, width: 384, vocabulary: 250037 },
  },
  "bge-base-zh": {
    repo: "Xenova/bge-base-zh-v1.5",
    sources: [
      "https://huggingface.co/Xenova/bge-base-zh-v1.5/tree/3ac6a162f8d9b029625f57ae045340c4f560e9e6",
      "https://huggingface.co/Xenova/bge-base-zh-v1.5/tree/main/onnx",
      "https://huggingface.co/BAAI/bge-base-zh-v1.5",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "535 Bytes",
      "config.json": "938 Bytes",
      "quantize_config.json": "674 Bytes",
      "special_tokens_map.json": "125 Bytes",
      "tokenizer.json": "439 kB",
      "tokenizer_config.json": "366 Bytes",
      "vocab.txt": "110 kB",
      "onnx/model.onnx": "407 MB",
      "onnx/model_fp16.onnx": "204 MB",
      "onnx/model_quantized.onnx": "103 MB",
    },
    encoder: { layers: 12, width: 768, vocabulary: 21128 },
  },
  "bge-base-en": {
    repo: "BAAI/bge-base-en-v1.5",
    sources: [
      "https://huggingface.co/BAAI/bge-base-en-v1.5/tree/main",
      "https://huggingface.co/BAAI/bge-base-en-v1.5/tree/refs%2Fpr%2F9/onnx",
    ],
    files: {
      "1_Pooling/config.json": null,
      ".gitattributes": "1.52 kB",
      "README.md": "94.6 kB",
      "config.json": "777 Bytes",
      "config_sentence_transformers.json": "124 Bytes",
      "model.safetensors": "438 MB",
      "modules.json": "349 Bytes",
      "sentence_bert_config.json": "52 Bytes",
      "special_tokens_map.json": "125 Bytes",
      "tokenizer.json": "711 kB",
      "tokenizer_config.json": "366 Bytes",
      "vocab.txt": null,
      "onnx/model.onnx": "436 MB",
    },
    encoder: { layers: 12, width: 768, vocabulary: 30522 },
  },
  "e5-base": {
    repo: "intfloat/multilingual-e5-base",
    sources: [
      "https://huggingface.co/intfloat/multilingual-e5-base/tree/refs%2Fpr%2F11",
      "https://huggingface.co/intfloat/multilingual-e5-base/tree/refs%2Fpr%2F18/onnx",
      "https://huggingface.co/intfloat/multilingual-e5-base/tree/main/1_Pooling",
    ],
    files: {
      ".gitattributes": "1.53 kB",
      "README.md": "179 kB",
      "config.json": "694 Bytes",
      "model.safetensors": "1.11 GB",
      "modules.json": "387 Bytes",
      "pytorch_model.bin": "1.11 GB",
      "sentence_bert_config.json": "57 Bytes",
      "sentencepiece.bpe.model": "5.07 MB",
      "special_tokens_map.json": "280 Bytes",
      "tokenizer.json": "17.1 MB",
      "tokenizer_config.json": "418 Bytes",
      "1_Pooling/config.json": "200 Bytes",
      "onnx/config.json": "686 Bytes",
      "onnx/model.onnx": "1.11 GB",
      "onnx/sentencepiece.bpe.model": "5.07 MB",
      "onnx/special_tokens_map.json": "280 Bytes",
      "onnx/tokenizer.json": "17.1 MB",
      "onnx/tokenizer_config.json": "418 Bytes",
    },
    encoder: { layers: 12, width: 768, vocabulary: 250002 },
  },
  "yolox-nano": { ...yolox, detector: { side: 416 } },
  "yolox-tiny": { ...yolox, detector: { side: 416 } },
  "yolox-s": { ...yolox, detector: { side: 640 } },
  yamnet: {
    repo: "audiojs/yamnet",
    sources: [
      "https://huggingface.co/audiojs/yamnet",
      "https://huggingface.co/audiojs/yamnet/discussions",
      "https://github.com/tensorflow/models/blob/master/research/audioset/yamnet/README.md",
      "https://github.com/tensorflow/models/blob/master/LICENSE",
    ],
    files: { "README.md": null, "yamnet.fp16.onnx": "7.5 MB" },
    patches: { width: 1024 },
  },
  "wav2vec2-base-960h": {
    repo: "Xenova/wav2vec2-base-960h",
    sources: [
      "https://huggingface.co/Xenova/wav2vec2-base-960h/tree/main",
      "https://huggingface.co/Xenova/wav2vec2-base-960h/tree/main/onnx",
      "https://huggingface.co/facebook/wav2vec2-base-960h/tree/544b258030071eefeb9a79ccb92c85d996916b00",
    ],
    files: {
      ".gitattributes": "1.52 kB",
      "README.md": "1.36 kB",
      "config.json": "2.09 kB",
      "preprocessor_config.json": "215 Bytes",
      "quantize_config.json": "2.75 kB",
      "special_tokens_map.json": "96 Bytes",
      "tokenizer.json": "2.19 kB",
      "tokenizer_config.json": "442 Bytes",
      "vocab.json": "358 Bytes",
      "onnx/model.onnx": "378 MB",
      "onnx/model_bnb4.onnx": "84.5 MB",
      "onnx/model_fp16.onnx": "189 MB",
      "onnx/model_int8.onnx": "95.3 MB",
      "onnx/model_q4.onnx": "89.8 MB",
      "onnx/model_quantized.onnx": "95.3 MB",
      "onnx/model_uint8.onnx": "95.3 MB",
    },
    speech: { family: "wav2vec2-ctc" },
  },
};
