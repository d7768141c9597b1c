import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import type { Platform } from "../../platform/platform.js";
import {
  type EngraftManifest,
  type ModelFolderContent,
  readModelFolder,
  writeModelFolder,
} from "./model-folder.js";

const engraft: EngraftManifest = {
  format: 1,
  task: "image-classification",
  base: { name: "vision-mini", sha256: "ab".repeat(32), license: "research" },
  strategy: { name: "probe", reasons: ["asked for"] },
  versions: { engraft: "0.1.0" },
  split: { train: 1, validation: 1, test: 1, seed: 0 },
  data: { fingerprint: "f", test_fingerprint: "t" },
  seed: 0,
};
const content: ModelFolderContent = {
  onnx: Uint8Array.of(1, 2, 3),
  classes: ["ant", "bee", "__proto__"],
  preprocessing: {
    height: 8,
    width: 8,
    rescale: 1 / 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    channels: "rgb",
  },
  card: "# card\n",
  engraft,
  samples: { aa: "train", bb: "validation", cc: "test" },
};
function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "engraft-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "model");
}

test("a written folder reads back as it was, from the run folder around it too", async () => {
  const dir = place();
  await writeModelFolder(nodePlatform, dir, content);
  for (const path of [dir, join(dir, "..")]) {
    const read = await readModelFolder(nodePlatform, path);
    expect(read).toMatchObject({ classes: content.classes, preprocessing: content.preprocessing, engraft });
    expect([...read.onnx]).toEqual([1, 2, 3]);
  }
});

test("config.json is what Transformers.js asks for", async () => {
  const dir = place();
  await writeModelFolder(nodePlatform, dir, { ...content, classes: ["ant", "bee"] });
  expect(JSON.parse(readFileSync(join(dir, "config.json"), "utf8"))).toEqual({
    model_type: "resnet",
    architectures: ["ResNetForImageClassification"],
    num_labels: 2,
    id2label: { 0: "ant", 1: "bee" },
    label2id: { ant: 0, bee: 1 },
    "transformers.js_config": { dtype: "fp32" },
  });
});

test.each([
  [
    "boxes",
    "yolos",
    "YolosForObjectDetection",
    { image_processor_type: "YolosImageProcessor", do_pad: false },
  ],
  [
    "masks",
    "segformer",
    "SegformerForSemanticSegmentation",
    { image_processor_type: "SegformerImageProcessor" },
  ],
] as const)("a model of %s is written as one that Transformers.js reads", async (...row) => {
  const [predicts, model_type, architecture, processor] = row;
  const dir = place();
  await writeModelFolder(nodePlatform, dir, { ...content, predicts });
  const json = (name: string): unknown => JSON.parse(readFileSync(join(dir, name), "utf8"));
  expect(json("config.json")).toMatchObject({ model_type, architectures: [architecture], num_labels: 3 });
  expect(json("preprocessor_config.json")).toEqual({
    ...{ ...processor, do_resize: true, size: { height: 8, width: 8 }, resample: 1 },
    ...{ do_rescale: true, rescale_factor: 1 / 255 },
    ...{ do_normalize: true, image_mean: [0, 0, 0], image_std: [1, 1, 1] },
  });
  expect((await readModelFolder(nodePlatform, dir)).preprocessing).toEqual(content.preprocessing);
});

test("an older folder is replaced as a whole, and nothing temporary stays", async () => {
  const dir = place();
  await writeModelFolder(nodePlatform, dir, { ...content, license: "terms" });
  await writeModelFolder(nodePlatform, dir, content);
  expect(readdirSync(join(dir, ".."))).toEqual(["model", "samples.json"]);
  expect(readdirSync(dir)).not.toContain("LICENSE");
});

test("a folder that cannot be written keeps the older model and leaves nothing behind", async () => {
  const dir = place();
  await writeModelFolder(nodePlatform, dir, content);
  const { writeAtomic } = nodePlatform.files;
  const failing: Platform = {
    ...nodePlatform,
    files: {
      ...nodePlatform.files,
      writeAtomic: (path, data) =>
        path.endsWith("engraft.json") ? Promise.reject(new Error("disk full")) : writeAtomic(path, data),
    },
  };
  await expect(writeModelFolder(failing, dir, { ...content, classes: ["x"] })).rejects.toThrow("disk full");
  expect(readdirSync(join(dir, ".."))).toEqual(["model", "samples.json"]);
  expect((await readModelFolder(nodePlatform, dir)).classes).toEqual(content.classes);
});

test("a folder without engraft.json is read: something else may have written it", async () => {
  const dir = place();
  await writeModelFolder(nodePlatform, dir, content);
  rmSync(join(dir, "engraft.json"));
  expect((await readModelFolder(nodePlatform, dir)).engraft).toBeUndefined();
});

test.each([
  ["config.json", "{", "config.json is not JSON"],
  ["config.json", "{}", 'config.json has no "id2label"'],
  ["config.json", '{"id2label":{"0":"a","2":"b"}}', '"id2label" has no name for class 1 of 2'],
  ["config.json", undefined, "the model folder has no config.json"],
  ["preprocessor_config.json", "null", "preprocessor_config.json"],
  ["engraft.json", '{"format":1,"base":{}}', "engraft.json is not a manifest"],
])("damage is a ModelError that names the file: %s %s", async (name, text, message) => {
  const dir = place();
  await writeModelFolder(nodePlatform, dir, content);
  if (text === undefined) rmSync(join(dir, name));
  else writeFileSync(join(dir, name), text);
  const error = await readModelFolder(nodePlatform, dir).catch((e: unknown) => e);
  expect(error).toMatchObject({ kind: "ModelError" });
  expect((error as Error).message).toContain(message);
});

test("a path without a model says what to give instead", async () => {
  const dir = place();
  await expect(readModelFolder(nodePlatform, dir)).rejects.toMatchObject({
    kind: "ModelError",
    message: `there is no model folder ${dir}`,
    help: expect.stringContaining("engraft train") as string,
  });
  mkdirSync(dir);
  await expect(readModelFolder(nodePlatform, dir)).rejects.toThrow("it has no onnx/model.onnx");
});
