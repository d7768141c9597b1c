import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import {
  foreignFolder,
  foreignModel,
  modelAmongData,
  modelFolderAmongData,
  tfjsGraphModel,
} from "./foreign-models.js";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const zip = (...names: readonly string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, strToU8(name)])));
const header = JSON.stringify({ w: { dtype: "F32", shape: [1], data_offsets: [0, 4] } });
const safetensors = bytes(`${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}\0\0\0\0`);
const oldTorch = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02M";

test.each([
  ["m.pt", zip("m/code/__torch__.py", "m/data.pkl", "m/constants.pkl"), "TorchScript", "torch.jit.load"],
  ["m.pth", zip("archive/data.pkl", "archive/version"), "PyTorch weights", "torch.onnx.export"],
  ["m.pt", bytes(oldTorch), "PyTorch weights of before version 1.6", "torch.onnx.export"],
  ["m.keras", zip("metadata.json", "config.json", "model.weights.h5"), "a Keras 3 model", '"m.keras"'],
  [
    "tm.zip",
    zip("metadata.json", "model.json", "weights.bin"),
    "a TF.js model in a zip archive",
    "--base tm.zip",
  ],
  [
    "tm.zip",
    zip("keras_model.h5", "labels.txt"),
    "the Keras download of a Teachable Machine project",
    "TensorFlow.js",
  ],
  [
    "tm.zip",
    zip("labels.txt", "model_unquant.tflite"),
    "the TensorFlow Lite download of a Teachable",
    "TensorFlow.js",
  ],
  [
    "tm.zip",
    zip("labels.txt", "model.savedmodel/saved_model.pb"),
    "the SavedModel download",
    "TensorFlow.js",
  ],
  ["m.h5", bytes("\x89HDF\r\n\x1a\n\0\0model_config\0"), "a Keras model in HDF5", "keras.saving.load_model"],
  ["m.h5", bytes("\x89HDF\r\n\x1a\n\0\0layer_names\0"), "HDF5, weights without a network", "load_weights"],
  ["m.tflite", bytes("\x1c\0\0\0TFL3\0\0"), "a TensorFlow Lite model", "--tflite m.tflite"],
  ["m.ort", bytes("\x1c\0\0\0ORTM\0\0"), "ONNX Runtime's own format", ".onnx"],
  ["m.gguf", bytes("GGUF\x03\0\0\0"), "a GGUF model", "optimum-cli"],
  ["a/m.safetensors", safetensors, "safetensors", "--model a model/"],
  [
    "model.json",
    bytes('{"format": "layers-model", "modelTopology": {}}'),
    "a TF.js layers model",
    "--base model.json",
  ],
  ["model.json", bytes('{"format": "graph-model", "modelTopology": {}}'), "a TF.js graph model", "--tfjs"],
  ["saved/saved_model.pb", bytes("\x08\x01\x12\x0a"), "a SavedModel of TensorFlow", "--saved-model saved"],
  ["graph.pb", bytes("\x0a\x05"), "a frozen graph of TensorFlow", "--graphdef graph.pb"],
  ["m.xml", bytes('<?xml version="1.0"?>\n<net name="m" version="11">'), "an OpenVINO model", "ONNX"],
  ["m.pdmodel", bytes("\x0a\x05"), "a PaddlePaddle model", "paddle2onnx --model_dir ."],
  ["m.mlmodel", bytes("\x0a\x05"), "a Core ML model", "ONNX"],
  ["m.json", bytes('{"learner":{"attributes":{}}}'), "an XGBoost model", "--strategy trees"],
  ["m.txt", bytes("tree\nversion=v4\n"), "a LightGBM model", "--strategy trees"],
  ["m.cbm", bytes("CBM1\0"), "a CatBoost model", "--strategy trees"],
  ["m.pkl", bytes("\x80\x04\x95\0\0csklearn.linear_model\n"), "a scikit-learn model", "--strategy trees"],
])("%s: %#", (path, content, what, help) => {
  const error = foreignModel(path, content)!;
  expect(error.message).toContain(`is ${what}`);
  expect(error.help).toContain(help);
  // A renamed file is recognised by its bytes, a large one by its name.
  if (!/\.(pb|pdmodel|mlmodel)$/.test(path)) expect(foreignModel("x.onnx", content)!.message).toContain(what);
});

test("a large file is named by its ending, and a model of ONNX by none", () => {
  for (const path of ["m.gguf", "m.safetensors", "m.pth", "m.keras"])
    expect(foreignModel(path)).toBeDefined();
  for (const path of ["m.onnx", "m.bin", "m.pb", "m.pth"])
    expect(foreignModel(path, bytes("\x08\x08\x12\x07pytorch"))).toBeUndefined();
  expect(foreignModel("m.onnx", new Uint8Array())).toBeUndefined();
});

test("a repository without ONNX is named by its files", () => {
  const of = (...names: readonly string[]) => foreignFolder(names, "hf:org/name");
  expect(of("config.json", "model.safetensors")!.message).toContain("holds safetensors");
  expect(of("config.json", "model.safetensors")!.help).toContain("--model org/name model/");
  expect(of("config.json", "pytorch_model-00001-of-00002.bin")!.message).toContain(
    "holds weights of Transformers",
  );
  expect(of("config.json", "README.md")).toBeUndefined();
});

test("paths stand in a command as words of the shell and as texts of Python", () => {
  const keras = zip("metadata.json", "config.json", "model.weights.h5");
  expect(foreignModel("my photos/it's.keras", keras)!.help).toContain(
    `load_model("my photos/it'\\''s.keras")`,
  );
  expect(foreignModel("my $1/m.tflite")!.help).toContain('--tflite "my \\$1/m.tflite" ');
  expect(tfjsGraphModel("my model/model.json", "my model/model.json").help).toMatch(
    /^python -m tf2onnx\.convert --tfjs "my model\/model\.json" --inputs-as-nchw /,
  );
  expect(tfjsGraphModel("tm.zip", "model.json").help).toMatch(/^unpack it, .* --tfjs model\.json /);
});

test("the command for a folder names the file in it", () => {
  expect(foreignFolder(["labels.txt", "graph.pb"], "my models/")!.help).toContain(
    '--graphdef "my models/graph.pb"',
  );
  expect(foreignFolder(["graph.pb"], "hf:org/name")!.help).toContain("--graphdef graph.pb");
  expect(foreignFolder(["Manifest.json"], "M.mlpackage/")!.message).toBe(
    '"M.mlpackage/" is a Core ML model: Engraft reads models in ONNX',
  );
  for (const names of [
    ["keras_model.h5", "labels.txt"],
    ["labels.txt", "model.tflite"],
  ])
    expect(modelFolderAmongData(names, "tm")!.message).toContain("its TensorFlow.js download");
});

test("data are no model", () => {
  expect(modelFolderAmongData(["a.jpg", "b.csv", "arrays.h5", "model.json"], "data")).toBeUndefined();
  expect(modelFolderAmongData(["saved_model.pb", "variables"], "data")).toBeDefined();
  expect(modelFolderAmongData(["model.json", "weights.bin", "metadata.json"], "data")).toBeDefined();
  for (const [path, content] of [
    ["rows.json", '[{"text":"a"}]'],
    ["rows.json", '{"text":"a"}'],
    ["table.pkl", "\x80\x04\x95cpandas.core.frame\n"],
    ["arrays.h5", "\x89HDF\r\n\x1a\n"],
    ["table.csv", "a,b\n1,2\n"],
  ] as const)
    expect(modelAmongData(path, bytes(content)), path).toBeUndefined();
});
