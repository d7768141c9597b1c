import type { Recording } from "./recording.js";

export const sounds: Readonly<Record<string, Recording>> = {
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
