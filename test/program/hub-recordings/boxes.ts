import type { Recording } from "./recording.js";

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

export const boxes: Readonly<Record<string, Recording>> = {
  "yolox-nano": { ...yolox, detector: { side: 416 } },
  "yolox-tiny": { ...yolox, detector: { side: 416 } },
  "yolox-s": { ...yolox, detector: { side: 640 } },
};
