// Work and parameters of the catalogue's rows, from the layers of their papers.
import { expect, test } from "vitest";
import { megabytes, named, onnxOf } from "./hub-rows.js";

const conv = (side: number, kernel: number, from: number, to: number) => side ** 2 * kernel ** 2 * from * to;
/** Attention and a feed-forward layer of four times the width on n tokens: 12 n c² + 2 n m c, where each sees m tokens. */
const block = (n: number, c: number, m = n) => 12 * n * c ** 2 + 2 * n * m * c;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
/** Stages of networks with four sizes, 56 to 7 pixels a side, with 2 × 2 convolutions or mergings between them. */
const pyramid = (depths: readonly number[], of: (n: number, c: number) => number) =>
  conv(56, 4, 3, 96) +
  sum(depths.map((depth, i) => depth * of((56 / 2 ** i) ** 2, 96 * 2 ** i))) +
  sum([1, 2, 3].map((i) => conv(56 / 2 ** i, 2, 48 * 2 ** i, 96 * 2 ** i)));

/** Multiply-accumulates from the papers' tables of layers. */
const work: Readonly<Record<string, number>> = {
  "resnet-18":
    conv(112, 7, 3, 64) +
    4 * conv(56, 3, 64, 64) +
    sum(
      [1, 2, 3].map((i) => {
        const [side, c] = [56 / 2 ** i, 64 * 2 ** i];
        return conv(side, 3, c / 2, c) + 3 * conv(side, 3, c, c) + conv(side, 1, c / 2, c);
      }),
    ) +
    512 * 1000,
  // Version 1.5: the 3 x 3 convolution has the stride.
  "resnet-50":
    conv(112, 7, 3, 64) +
    sum(
      [3, 4, 6, 3].map((depth, i) => {
        const [side, c] = [56 / 2 ** i, 64 * 2 ** i];
        const before = i === 0 ? 64 : 2 * c;
        const large = i === 0 ? side : 2 * side;
        const rest = conv(side, 3, c, c) + conv(side, 1, c, 4 * c);
        const first = conv(large, 1, before, c) + conv(side, 1, before, 4 * c);
        return first + rest + (depth - 1) * (conv(side, 1, 4 * c, c) + rest);
      }),
    ) +
    2048 * 1000,
  "convnext-tiny": pyramid([3, 3, 9, 3], (n, c) => n * (49 * c + 8 * c ** 2)),
  // The merging of four patches gives 2 c from 4 c.
  "swin-tiny": pyramid([2, 2, 6, 2], (n, c) => block(n, c, 49)),
  "dinov2-small": 12 * block(257, 384) + 256 * 14 ** 2 * 3 * 384,
  "vit-base": 12 * block(197, 768) + 196 * 16 ** 2 * 3 * 768,
  "vit-base-21k": 12 * block(197, 768) + 196 * 16 ** 2 * 3 * 768,
  // https://huggingface.co/timm/mobilenetv4_conv_small.e2400_r224_in1k: "GMACs: 0.2"
  "mobilenet-v4-small": 0.2e9,
  // demo/ONNXRuntime/README.md of YOLOX: 1.08, 6.45 and 26.8 GFLOPs; yolox/utils/model_utils.py doubles the products.
  "yolox-nano": 1.08e9 / 2,
  "yolox-tiny": 6.45e9 / 2,
  "yolox-s": 26.8e9 / 2,
  // research/audioset/yamnet/README.md: 69.2 M multiplies for a patch, and a patch begins every 0.48 s.
  yamnet: 69.2e6 / 0.48,
  // A second has 50 frames: seven convolutions over samples, a projection, convolved positions in 16 groups, 12 blocks.
  "wav2vec2-base-960h":
    3200 * 10 * 512 +
    sum([1600, 800, 400, 200].map((n) => n * 3 * 512 ** 2)) +
    sum([100, 50].map((n) => n * 2 * 512 ** 2)) +
    50 * (512 * 768 + (128 * 768 ** 2) / 16) +
    12 * block(50, 768),
};

test.each(named)("%s: work and parameters follow from its layers", (name, row, { encoder, files }) => {
  const macs = encoder ? encoder.layers * block(128, encoder.width) : work[name]!;
  expect(row.work).toBeCloseTo(macs / 1e9, 1);
  // Four bytes a weight, or two in a file of half precision; the graph is small.
  const stored = megabytes(files[onnxOf(row) as keyof typeof files]!) / (/fp16/.test(onnxOf(row)) ? 2 : 4);
  expect(row.parameters / stored).toBeGreaterThan(0.97);
  expect(row.parameters / stored).toBeLessThan(1.03);
  if (!encoder) return;
  const { layers, width, vocabulary } = encoder;
  const weights = (vocabulary + 512) * width + layers * 12 * width ** 2;
  expect(row.parameters / (weights / 1e6)).toBeGreaterThan(0.98);
  expect(row.parameters / (weights / 1e6)).toBeLessThan(1.03);
});
