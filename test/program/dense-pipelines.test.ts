// Folders of detectors and segmenters open in Transformers.js: the same boxes, scores and masks as here.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withDetections } from "../../src/bases/detection/detection-outputs.js";
import type { DetectionOptions } from "../../src/bases/detection/detection-settings.js";
import { readDetections } from "../../src/bases/detection/read-detections.js";
import { exportClassifier, exportDetector } from "../../src/bases/export.js";
import { type EngraftManifest, readModelFolder, writeModelFolder } from "../../src/bases/index.js";
import { withPixels } from "../../src/bases/pixels.js";
import { readSegmentation } from "../../src/bases/segmentation/read-segmentation.js";
import { storedAs } from "../../src/bases/weight-storage.js";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import type { Size } from "../../src/data/boxes/box.js";
import { decodePixels, type ImagePreprocessing } from "../../src/data/index.js";
import { Builder, fromOnnx, Graph, toOnnx } from "../../src/graph/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { picture } from "../support/pictures.js";
import { gridPlaces } from "../support/raw-detections.js";

const input = { width: 96, height: 64 };
const classes = ["ant", "bee", "wasp"];
const strides = [8, 16, 32];
/** JPEG and PNG, of other shapes than the model's input; the second is taller than wide. */
const pictures = [
  [300, 200, "jpg"],
  [120, 333, "png"],
  [96, 64, "png"],
  [31, 20, "png"],
] as const;

const root = mkdtempSync(join(tmpdir(), "engraft-dense-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const paths = pictures.map(([, , format], i) => join(root, `${i}.${format}`));
beforeAll(async () => {
  env.allowRemoteModels = false;
  for (const [i, [width, height]] of pictures.entries()) await picture(i, width, height).toFile(paths[i]!);
});

const engraft = (task: string) =>
  ({
    ...{ format: 1, task, strategy: { name: "none", reasons: [] }, versions: {}, seed: 0 },
    base: { name: "random", sha256: "0".repeat(64), license: "none" },
    split: { train: 0, validation: 0, test: 0, seed: 0 },
    data: { fingerprint: "", test_fingerprint: "" },
  }) as unknown as EngraftManifest;

/** A convolution of squares beside each other, which reads their mean colour and a pattern. */
function squares(g: Builder, x: string, stride: number, bias: readonly number[], gain: number): string {
  const d = draws(stride, "squares");
  const means = Array.from({ length: bias.length * 3 }, () => gain * d.normal());
  const weights = Array.from({ length: bias.length * 3 * stride ** 2 }, (_, i) => {
    const mean = means[Math.floor(i / stride ** 2)]!;
    return (mean + 2 * gain * d.normal()) / stride ** 2;
  });
  return g.conv(
    x,
    g.weight(`squares${stride}`, float32([bias.length, 3, stride, stride], weights)),
    g.weight(`bias${stride}`, float32([bias.length], bias)),
    { strides: [stride, stride] },
  );
}

/** Places of three levels: float32[batch, P, K + 4]. */
function detector(gain: number): Graph {
  const graph = new Graph("detector");
  const g = new Builder(graph);
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, input.height, input.width] });
  const bias = [...classes.map(() => -1), 0.8, 0.8, 0.8, 0.8];
  const levels = strides.map((stride) => {
    const map = squares(g, x, stride, bias, gain);
    return g.transpose(g.reshape(map, [0, bias.length, -1]), [0, 2, 1]);
  });
  graph.outputs.push(g.concat(levels, 1));
  return graph;
}

function segmenter(gain: number): Graph {
  const graph = new Graph("segmenter");
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, input.height, input.width] });
  const bias = classes.map(() => 0);
  graph.outputs.push(squares(new Builder(graph), x, 4, bias, gain));
  return graph;
}

const rgb: ImagePreprocessing = {
  ...input,
  rescale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  channels: "rgb",
};
const preprocessings = [
  ["RGB", rgb, 1.5],
  // YOLOX
  ["BGR with pixels 0..255", { ...rgb, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1], channels: "bgr" }, 0.02],
  ["BGR, normalised", { ...rgb, mean: [0.4, 0.45, 0.5], std: [0.2, 0.25, 0.3], channels: "bgr" }, 1.5],
] as const satisfies readonly (readonly [string, ImagePreprocessing, number])[];

/** Opens a written folder as `predict` does: returns the outputs for an image. */
async function ours(dir: string) {
  const folder = await readModelFolder(nodePlatform, dir);
  const graph = withPixels(fromOnnx(folder.onnx).graph, folder.preprocessing);
  const session = await ort.InferenceSession.create(toOnnx(graph));
  const outputs = async (path: string) => {
    const { data } = await decodePixels(path, folder.preprocessing);
    const pixels = new ort.Tensor("uint8", data, [1, input.height, input.width, 3]);
    return Object.values(await session.run({ pixels })) as { data: Float32Array; dims: readonly number[] }[];
  };
  return { outputs, classes: folder.classes };
}

const sizeOf = (i: number): Size => ({ width: pictures[i]![0], height: pictures[i]![1] });

test.each(preprocessings)("object-detection, %s", async (name, preprocessing, gain) => {
  const options: DetectionOptions = {
    ...{ classes: classes.length, places: gridPlaces(input), input },
    scaling: classes.map((_, k) => ({ slope: 0.9 + k / 10, offset: k / 10 })),
  };
  const dir = join(root, `boxes-${name.slice(0, 8)}`);
  await writeModelFolder(nodePlatform, dir, {
    ...{ predicts: "boxes", classes, preprocessing, card: "# random\n", samples: {} },
    onnx: exportDetector(withDetections(detector(gain), options), preprocessing),
    engraft: engraft("object-detection"),
  });
  const own = await ours(dir);
  const theirs = await pipeline("object-detection", dir, { local_files_only: true });
  let count = 0;
  for (const [i, path] of paths.entries()) {
    const [logits, boxes] = await own.outputs(path);
    const found = readDetections(logits!.data, boxes!.data, classes.length, sizeOf(i));
    const given = await theirs(path, { threshold: 0 });
    expect(given.map(({ label }) => label)).toEqual(found.map(({ label }) => classes[label]));
    for (const [j, { score, box }] of given.entries()) {
      expect(Math.abs(score - found[j]!.score)).toBeLessThan(1e-3);
      // The pipeline cuts to whole pixels.
      for (const [side, v] of [box.xmin, box.ymin, box.xmax, box.ymax].entries())
        expect(Math.abs(v - found[j]!.box[side]!)).toBeLessThan(1.01);
    }
    const shares = await theirs(path, { threshold: 0.3, percentage: true });
    expect(shares.length).toBe(found.filter(({ score }) => score >= 0.3).length);
    for (const [j, { box }] of shares.entries())
      for (const [side, v] of [box.xmin, box.ymin, box.xmax, box.ymax].entries())
        expect(v * (side % 2 ? sizeOf(i).height : sizeOf(i).width)).toBeCloseTo(found[j]!.box[side]!, 1);
    count += given.length;
  }
  // The network answers with many boxes of all classes, and not with the same ones everywhere.
  expect(count).toBeGreaterThan(40);
  await theirs.dispose();
});

test.each(preprocessings)("image-segmentation, %s", async (name, preprocessing, gain) => {
  const dir = join(root, `masks-${name.slice(0, 8)}`);
  await writeModelFolder(nodePlatform, dir, {
    ...{ predicts: "masks", classes, preprocessing, card: "# random\n", samples: {} },
    onnx: exportClassifier(segmenter(gain), preprocessing),
    engraft: engraft("image-segmentation"),
  });
  const own = await ours(dir);
  const theirs = await pipeline("image-segmentation", dir, { local_files_only: true });
  const seen = new Set<string>();
  for (const [i, path] of paths.entries()) {
    const [{ data, dims }] = (await own.outputs(path)) as [{ data: Float32Array; dims: readonly number[] }];
    const [, k, height, width] = dims as [number, number, number, number];
    const found = readSegmentation({ data, classes: k, height, width }, sizeOf(i));
    const given = await theirs(path);
    expect(given.map(({ label }) => label)).toEqual(classes.filter((_, k) => found.pixels[k]! > 0));
    for (const { label, mask } of given) {
      seen.add(label!);
      const wanted = found.labels.map((v) => (v === classes.indexOf(label!) ? 255 : 0));
      expect([mask.height, mask.width]).toEqual([found.height, found.width]);
      expect(mask.data.every((v, p) => v === wanted[p])).toBe(true);
    }
  }
  expect(seen.size).toBeGreaterThan(1);
  await theirs.dispose();
});

test("a detector's file may store its weights as 16-bit floats", () => {
  const model = detector(1);
  const options = { classes: classes.length, places: gridPlaces(input), input };
  const bytes = [new Map(), storedAs(model, "fp16", new Map())].map(
    (stored) => exportDetector(withDetections(model, options), rgb, stored).length,
  );
  // 7 channels of 3 × (8² + 16² + 32²) weights, 4 and 2 bytes each.
  expect(Math.abs(bytes[0]! - bytes[1]! - 2 * 7 * 3 * (8 ** 2 + 16 ** 2 + 32 ** 2))).toBeLessThan(1000);
});
