import { join } from "node:path";

/** The real ImageNet bases of the shared folder, with their preprocessing (from their SOURCE files). */
export function realBases(folder) {
  const at = (path) => join(folder, "models", path);
  const imageSize = 224;
  return {
    "tiny-darknet": {
      base: at("tiny-darknet-imagenet/tiny_darknet_224.onnx"),
      mean: [0, 0, 0],
      std: [1, 1, 1],
      rescale: 1 / 255,
      imageSize,
    },
    "mobilenetv2-0.35": {
      base: at("mobilenetv2-035-imagenet/mobilenet_v2_035_224_features.onnx"),
      mean: [1, 1, 1],
      std: [1, 1, 1],
      rescale: 1 / 127.5,
      imageSize,
    },
    "squeezenet-1.1": {
      base: at("squeezenet11-imagenet/SqueezeNet_fp16.onnx"),
      mean: [104, 117, 123],
      std: [1, 1, 1],
      rescale: 1,
      channels: "bgr",
      imageSize,
    },
  };
}
