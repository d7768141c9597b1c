import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { float32, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { DataLocation, ModelProtoSchema, writeModel } from "../../onnx/index.js";
import { nodePlatform } from "../../platform/node.js";
import type { Platform } from "../../platform/platform.js";
import { type Base, openBase } from "./open-base.js";

let folder: string;
let platform: Platform;
afterEach(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engraft-base-"));
  platform = {
    ...nodePlatform,
    assetsDir: () => join(folder, "assets"),
    cacheDir: () => join(folder, "cache"),
  };
});

type Dims = readonly (number | string)[];
const symbolic: Dims = ["batch", 3, "height", "width"];

/** conv, pool, linear with 5 classes. */
function classifier(shape: Dims = symbolic, extraInput = false): Uint8Array {
  const graph = new Graph("tiny");
  const g = new Builder(graph);
  const x = graph.input("image", { dtype: "float32", shape });
  if (extraInput) graph.input("other", { dtype: "float32", shape: [1] });
  const channels = typeof shape[1] === "number" && shape.length === 4 ? shape[1] : 3;
  const conv = shape.length === 4 ? g.conv(x, g.weight("w", zeros("float32", [4, channels, 3, 3]))) : x;
  const features = shape.length === 4 ? g.flatten(g.globalAveragePool(conv)) : x;
  const fc = g.weight(
    "fc",
    float32([shape.length === 4 ? 4 : 3, 5], new Float32Array(shape.length === 4 ? 20 : 15)),
  );
  graph.outputs.push(g.matmul(features, fc));
  return toOnnx(graph);
}

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}
const preprocessor = JSON.stringify({ size: 32, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] });
const usual = { mean: [0, 0, 0], std: [1, 1, 1], imageSize: 16 };
const failure = (ref: string, options = {}) =>
  openBase(ref, { platform, ...options }).then(
    () => expect.unreachable("it should have failed"),
    (error: { kind: string; message: string; help?: string; details: object }) => error,
  );

test("a file with its preprocessor_config.json beside it needs nothing else", async () => {
  const path = file("tiny.onnx", classifier());
  file("preprocessor_config.json", preprocessor);
  file("config.json", '{"id2label":{"0":"a","1":"b"}}');
  const base = await openBase(path, { platform });
  expect(base).toMatchObject({ name: "tiny.onnx", license: "not stated", classes: 2 });
  expect(base.preprocessing).toMatchObject({ height: 32, width: 32, mean: [0.5, 0.5, 0.5] });
  expect(base.sha256).toBe(await nodePlatform.sha256(readFileSync(path)));
  // What the file leaves open is settled by the picture size; the batch stays open.
  expect(base.imported.graph.types.get("image")?.shape).toEqual(["batch", 3, 32, 32]);
});

test("without that file, options say how pixels become the input, and the file's own size counts", async () => {
  const path = file("tiny.onnx", classifier(["batch", 3, 24, 20]));
  const { preprocessing } = await openBase(path, {
    platform,
    mean: [104, 117, 123],
    std: [1],
    rescale: 1,
    channels: "bgr",
  });
  expect(preprocessing).toEqual({
    height: 24,
    width: 20,
    rescale: 1,
    mean: [104, 117, 123],
    std: [1, 1, 1],
    channels: "bgr",
  });
});

test("with neither, the error names what is needed, with the usual values", async () => {
  const error = await failure(file("tiny.onnx", classifier()));
  expect(error).toMatchObject({
    kind: "ModelError",
    message: "nothing says how pixels become the input of tiny.onnx",
    details: { needs: ["mean", "std", "imageSize"] },
  });
  expect(error.help).toContain("give --mean and --std and --image-size N");
  expect(error.help).toContain("PyTorch / torchvision: --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225");
});

test("a folder in Hugging Face layout is a base, with the licence of its card and its LICENSE", async () => {
  file("base/onnx/model.onnx", classifier());
  file("base/preprocessor_config.json", preprocessor);
  file("base/README.md", "---\nlicense: mit\n---\n# Tiny\n");
  file("base/LICENSE", "Permission is granted");
  const base = await openBase(join(folder, "base"), { platform, cut: "here" });
  expect(base).toMatchObject({
    name: "base",
    license: "mit",
    licenseText: "Permission is granted",
    cut: "here",
  });
});

test("a bundled base is opened by its name, and its absence is said plainly", async () => {
  expect(await failure("vision-mini")).toMatchObject({
    kind: "ModelError",
    message: "the bundled base vision-mini is not in this copy of the package",
  });
  file("assets/vision-mini/onnx/model.onnx", classifier());
  file("assets/vision-mini/preprocessor_config.json", preprocessor);
  expect((await openBase("vision-mini", { platform })).name).toBe("vision-mini");
});

test.each([
  ["nope", "OptionError", 'there is no base called "nope"'],
  ["./nope.onnx", "FileError", "there is no file or folder ./nope.onnx"],
  ["hf:a/b/c", "OptionError", '"hf:a/b/c" is not a model on the hub'],
])("%s is refused", async (ref, kind, message) => {
  expect(await failure(ref)).toMatchObject({ kind, message });
});

test.each([
  [["batch", 32, 32, 3] as Dims, false, "its channels come last", "channels first"],
  [["batch", 3] as Dims, false, "its input has not four axes", "[N, 3, H, W]"],
  [symbolic, true, "it has 2 inputs", "one input"],
])("a model that takes something else than pictures is refused: %j", async (shape, extra, why, help) => {
  const error = await failure(file("odd.onnx", classifier(shape, extra)), usual);
  expect(error.message).toBe(`odd.onnx does not take pictures: ${why}`);
  expect(error.help).toContain(help);
});

test("a base for pictures of one channel is inflated, so that it takes colour ones", async () => {
  const base = await openBase(file("grey.onnx", classifier(["batch", 1, 16, 16])), usual);
  expect(base.imported.graph.typeOf(base.imported.graph.inputs[0]!).shape).toEqual(["batch", 3, 16, 16]);
  expect(base.imported.notes).toContain(
    "its first convolution was adapted from [N, 1, H, W] to RGB, [N, 3, H, W]",
  );
});

test("a size that the file does not allow is refused with the one it does", async () => {
  const path = file("tiny.onnx", classifier(["batch", 3, 24, 24]));
  expect(await failure(path, usual)).toMatchObject({
    message: "tiny.onnx takes pictures of 24 x 24 pixels only, not 16 x 16",
    help: expect.stringContaining("--image-size 24") as string,
  });
});

test.each([[["batch", 3, 24, 24]], [symbolic]])(
  "the sizes of the file, %j, stay if the caller sets the size of the graph",
  async (shape) => {
    const base = await openBase(file("tiny.onnx", classifier(shape)), { ...usual, keepSizes: true });
    expect(base.preprocessing).toMatchObject({ height: 16, width: 16 });
    expect(base.imported.graph.typeOf("image").shape).toEqual(shape);
  },
);

test("several ONNX files and none the usual one: the user is asked to choose", async () => {
  file("many/a.onnx", classifier());
  file("many/b.onnx", classifier());
  const error = await failure(join(folder, "many"), usual);
  expect(error.message).toContain("has 2 ONNX files and none is called model.onnx");
  expect(error.help).toContain("#a.onnx");
});

/** The same model with the weights of `w` in weights.bin. */
function external(location = "weights.bin"): { model: Uint8Array; weights: Uint8Array } {
  const proto = fromBinary(ModelProtoSchema, classifier());
  const tensor = proto.graph!.initializer.find((t) => t.name === "w")!;
  const weights = tensor.rawData;
  tensor.rawData = new Uint8Array(0);
  tensor.dataLocation = DataLocation.EXTERNAL;
  const entry = (key: string, value: string) => ({
    $typeName: "onnx.StringStringEntryProto" as const,
    key,
    value,
  });
  tensor.externalData = [entry("location", location), entry("length", String(weights.length))];
  return { model: writeModel(proto), weights };
}

/** All weights as bytes, one list behind the other. */
const weightBytes = ({ imported }: Base) =>
  [...imported.graph.initializers.values()]
    .map(({ data }) => new Uint8Array((data as Float32Array).slice().buffer).join())
    .join();

test("weights in a file beside the model are read; a missing or short one is named", async () => {
  const { model, weights } = external();
  const path = file("tiny.onnx", model);
  expect((await failure(path, usual)).message).toBe(
    "the model keeps weights in weights.bin, which is not beside it",
  );
  file("weights.bin", weights.subarray(8));
  expect((await failure(path, usual)).message).toContain("weights.bin has 424 bytes, the model needs 432");
  file("weights.bin", weights);
  expect(weightBytes(await openBase(path, { platform, ...usual }))).toContain(weights.join());
});

test("the same file with other weights beside it is another model", async () => {
  const { model, weights } = external();
  const path = file("tiny.onnx", model);
  file("weights.bin", weights);
  const before = (await openBase(path, { platform, ...usual })).sha256;
  expect((await openBase(path, { platform, ...usual })).sha256).toBe(before);
  file(
    "weights.bin",
    weights.map((byte, i) => (i === 3 ? byte ^ 1 : byte)),
  );
  expect((await openBase(path, { platform, ...usual })).sha256).not.toBe(before);
});

test("weights that lead out of the model's folder are refused, by text and by link", async () => {
  const outside = file("secret.bin", external().weights);
  const path = file("inner/tiny.onnx", external("../secret.bin").model);
  expect((await failure(path, usual)).message).toContain("leaves the model's folder");
  file("inner/tiny.onnx", external().model);
  symlinkSync(outside, join(folder, "inner", "weights.bin"));
  expect((await failure(path, usual)).message).toContain("are a link that leaves the model's folder");
});

test("a cache that links model and weights into one folder of blobs is fine", async () => {
  const { model, weights } = external();
  mkdirSync(join(folder, "snapshot"));
  for (const [name, content] of [
    ["tiny.onnx", model],
    ["weights.bin", weights],
  ] as const) {
    copyFileSync(file("plain", content), file(`blobs/${name}-blob`, content));
    symlinkSync(join(folder, "blobs", `${name}-blob`), join(folder, "snapshot", name));
  }
  const base = await openBase(join(folder, "snapshot", "tiny.onnx"), { platform, ...usual });
  expect(weightBytes(base)).toContain(weights.join());
});
