import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { strToU8, zipSync } from "fflate";
import * as ort from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { count, uniform } from "../../../test/support/families/draw.js";
import { run } from "../../../test/support/onnx-models.js";
import { float32 } from "../../core/tensor.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { nodePlatform } from "../../platform/node.js";
import { inspectModel } from "../inspect.js";
import { locateBase } from "../open/locate.js";
import { openBase, openModelFile } from "../open/open-base.js";
import { kerasGraph } from "./keras-graph.js";
import { readLayers } from "./keras-layers.js";
import { readNetwork } from "./keras-topology.js";

interface Listed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly low: number;
  readonly high: number;
}
interface Layer {
  name: string;
  class_name: string;
  config: Record<string, unknown>;
  inbound_nodes: unknown[];
}
interface Topology {
  keras_version: string;
  model_config: {
    class_name: string;
    config: { layers: Layer[]; input_layers: unknown; output_layers: unknown };
  };
}
/** By scripts/golden/make-keras.py. */
const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../test/golden/keras.json", import.meta.url)), "utf8"),
) as {
  readonly pictures: { readonly shape: readonly [number, number, number, number] };
  readonly modelTopology: Topology;
  readonly weights: readonly Listed[];
  readonly outputs: readonly number[][];
  readonly map: {
    readonly layer: string;
    readonly shape: readonly number[];
    readonly sum: number;
    readonly squares: number;
  };
};

const root = mkdtempSync(join(tmpdir(), "engraft-tfjs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(root, ...names);

const drawn = ({ name, shape, low, high }: Listed): Float32Array =>
  Float32Array.from(uniform(`keras/${name}`, count(shape)), (u) => u * (high - low) + low);
const numbers = Buffer.concat(golden.weights.map((one) => Buffer.from(drawn(one).buffer)));
const listed = golden.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
const manifest = [{ paths: ["shard1", "inner/shard2"], weights: listed }];

interface Written {
  readonly topology?: unknown;
  readonly manifest?: unknown;
  readonly shards?: Readonly<Record<string, Uint8Array>>;
  readonly more?: Readonly<Record<string, unknown>>;
}
const twoShards = { shard1: numbers.subarray(0, 1234), "inner/shard2": numbers.subarray(1234) };

/** Writes a model into a folder. @returns the path of its model.json */
function written(name: string, { topology, manifest: list, shards = twoShards, more }: Written = {}): string {
  mkdirSync(at(name, "inner"), { recursive: true });
  const model = {
    format: "layers-model",
    modelTopology: topology ?? golden.modelTopology,
    weightsManifest: list ?? manifest,
  };
  writeFileSync(at(name, "model.json"), JSON.stringify({ ...model, ...more }));
  for (const [path, bytes] of Object.entries(shards)) writeFileSync(at(name, path), bytes);
  return at(name, "model.json");
}

/** A copy of the topology that may be changed. */
function changed(change: (topology: Topology, layer: (name: string) => Layer) => void): Topology {
  const topology = structuredClone(golden.modelTopology);
  change(topology, (name) => topology.model_config.config.layers.find((one) => one.name === name)!);
  return topology;
}

const [batch, height, width, channels] = golden.pictures.shape;

/** What the model at a path computes for the golden pictures: all outputs, one after the other. */
async function outputsOf(path: string): Promise<Float32Array> {
  const { imported } = await openModelFile(path, nodePlatform);
  const pixels = uniform("keras/pictures", count(golden.pictures.shape)).map((u) => Math.fround(u * 255));
  const first = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const [place, channel] = [Math.floor(i / channels), i % channels];
    const [picture, inside] = [Math.floor(place / (height * width)), place % (height * width)];
    first[(picture * channels + channel) * height * width + inside] = pixels[i]!;
  }
  const feeds = { pixel_values: new ort.Tensor("float32", first, [batch, channels, height, width]) };
  const results = await run(toOnnx(imported.graph), feeds);
  return results[imported.graph.outputs[0]!]!.data as Float32Array;
}
const largestDifference = (a: Float32Array, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));
const refused = async (path: string): Promise<string> => {
  const error = await openModelFile(path, nodePlatform).then(
    () => undefined,
    (thrown: unknown) =>
      thrown as { readonly kind: string; readonly message: string; readonly help?: string },
  );
  expect(error?.kind).toBe("ModelError");
  expect(error!.help).toBeTruthy();
  return error!.message;
};

test("a network of every layer computes what PyTorch does", async () => {
  const outputs = await outputsOf(written("golden"));
  expect(outputs).toHaveLength(golden.outputs.flat().length);
  expect(largestDifference(outputs, golden.outputs.flat())).toBeLessThan(1e-6);
  // A map in the middle, where the sums of a row of scores hide nothing.
  const topology = changed(({ model_config: { config } }) => {
    config.output_layers = [[golden.map.layer, 0, 0]];
  });
  const map = await outputsOf(written("map", { topology }));
  expect(map).toHaveLength(count(golden.map.shape));
  expect(map.reduce((sum, value) => sum + value, 0)).toBeCloseTo(golden.map.sum, 3);
  expect(map.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(golden.map.squares, 3);
});

test("the golden network has every layer that is read", () => {
  const layers = golden.modelTopology.model_config.config.layers;
  const inside = layers.flatMap(({ config }) => (config.layers as Layer[] | undefined) ?? []);
  const there = new Set([...layers, ...inside].map((one) => one.class_name));
  // They change nothing, or are one of those that are there under another name or sign.
  const others = [
    "SpatialDropout2D",
    "GaussianDropout",
    "GaussianNoise",
    "AlphaDropout",
    "ActivityRegularization",
  ];
  const alike = ["BatchNormalizationV1", "Activation", "ELU", "Softmax", "Minimum"];
  expect(readLayers.filter((name) => !there.has(name)).sort()).toEqual([...others, ...alike].sort());
});

test("Keras 3 writes inputs in another form: the same network", async () => {
  const tensorOf = (history: unknown) => ({
    class_name: "__keras_tensor__",
    config: { keras_history: history },
  });
  const topology = changed(({ model_config: { config } }) => {
    for (const layer of config.layers) {
      const nodes = layer.inbound_nodes as [string, number, number, object][][];
      layer.inbound_nodes = nodes.map((node) => {
        const tensors = node.map((one) => tensorOf(one.slice(0, 3)));
        return { args: node.length > 1 ? [tensors] : tensors, kwargs: {} };
      });
      if (layer.class_name === "InputLayer") {
        layer.config.batch_shape = layer.config.batch_input_shape;
        delete layer.config.batch_input_shape;
      }
    }
    config.input_layers = ["picture", 0, 0];
    config.output_layers = ["head", 0, 0];
  });
  expect(await outputsOf(written("keras-3", { topology }))).toEqual(await outputsOf(written("golden")));
});

test("weights of 8 and 16 bits are scaled", async () => {
  for (const [dtype, steps, List, most] of [
    ["uint16", 65_535, Uint16Array, 1e-3],
    ["uint8", 255, Uint8Array, 0.1],
  ] as const) {
    const weights = golden.weights.map((one) => {
      const quantization = { dtype, scale: (one.high - one.low) / steps, min: one.low };
      return { name: one.name, shape: one.shape, dtype: "float32", quantization };
    });
    const bytes = golden.weights.map((one, i) => {
      const { scale, min } = weights[i]!.quantization;
      const values = new List(drawn(one).map((value) => Math.round((value - min) / scale)));
      return Buffer.from(values.buffer, 0, values.byteLength);
    });
    const path = written(dtype, {
      manifest: [{ paths: ["all"], weights }],
      shards: { all: Buffer.concat(bytes) },
    });
    const difference = largestDifference(await outputsOf(path), golden.outputs.flat());
    expect(difference).toBeLessThan(most);
    expect(difference).toBeGreaterThan(0);
  }
});

const metadata = {
  packageName: "@teachablemachine/image",
  labels: ["ant", "bee", "fly", "moth"],
  imageSize: 224,
};

test("a project of Teachable Machine brings its classes, its pixels and its features", async () => {
  const files = {
    "project/model.json": strToU8(readFileSync(written("golden"), "utf8")),
    "project/metadata.json": strToU8(JSON.stringify({ ...metadata, imageSize: 14 })),
    "project/shard1": twoShards.shard1,
    "project/inner/shard2": twoShards["inner/shard2"],
  };
  writeFileSync(at("project.zip"), zipSync(files));
  expect(await locateBase(at("project.zip"), { platform: nodePlatform })).toMatchObject({
    ...{
      name: "project.zip",
      format: "TF.js layers model of Teachable Machine",
      labels: metadata.labels,
      cut: "features",
    },
    preprocessing: { height: 14, width: 14, rescale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  });
  expect(await outputsOf(at("project.zip"))).toEqual(await outputsOf(written("golden")));
  const { imported } = await openModelFile(at("project.zip"), nodePlatform);
  expect(imported.graph.has("features")).toBe(true);
  expect(imported.notes.slice(1)).toEqual([
    'its classes are "ant", "bee", "fly" and 1 more',
    "it sees the centre square of a picture, 14 x 14 pixels from -1 to 1",
  ]);
  const { cut } = await inspectModel(at("project.zip"), { platform: nodePlatform });
  expect(cut?.value).toBe("features");
});

test("names of classes that do not fit the model are refused, and names that are alike are noted", async () => {
  const path = written("classes");
  const named = (labels: unknown): void =>
    writeFileSync(at("classes", "metadata.json"), JSON.stringify({ ...metadata, labels }));
  named(["ant", "bee"]);
  expect(await refused(path)).toBe(
    'metadata.json names 2 classes, "ant", "bee", and the model has 4 outputs',
  );
  named([1, 2, 3, 4]);
  expect(await refused(path)).toBe("the classes in metadata.json are [1,2,3,4], and are a list of names");
  named(["ant", "bee", "ant", " "]);
  expect((await openModelFile(path, nodePlatform)).imported.notes).toContain(
    'names of its classes that are empty or there twice: "ant", " "',
  );
});

test("a file that a cache keeps beside the model's own file is read", async () => {
  const path = written("blobs");
  mkdirSync(at("snapshot", "inner"), { recursive: true });
  for (const name of ["model.json", "shard1"]) symlinkSync(at("blobs", name), at("snapshot", name));
  copyFileSync(at("blobs", "inner", "shard2"), at("snapshot", "inner", "shard2"));
  expect(await outputsOf(at("snapshot", "model.json"))).toEqual(await outputsOf(path));
});

test("a layer that is not read has the command that converts it", async () => {
  const topology = changed((_, layer) => {
    layer("conv").config.activation = "snake";
  });
  await expect(openModelFile(written("cure", { topology }), nodePlatform)).rejects.toMatchObject({
    help: expect.stringMatching(
      /^convert .*: tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras model\.json model\.h5, then python -c 'import keras; .*load_model\("model\.h5"\)/,
    ),
  });
});

test("sizes that do not fit a layer without weights are not blamed on weights", async () => {
  const topology = changed(({ model_config: { config } }, layer) => {
    layer("sum").inbound_nodes = [
      [...(layer("sum").inbound_nodes as unknown[][])[0]!, ["picture", 0, 0, {}]],
    ];
    config.output_layers = [["sum", 0, 0]];
  });
  expect(await refused(written("sum", { topology }))).toMatch(
    /^the layer "sum" \(Add\) cannot be read: Add: /,
  );
});

test.each([
  ["poses", { packageName: "@teachablemachine/pose", modelSettings: {} }],
  ["sounds", { wordLabels: ["one", "two"] }],
])("a project of %s is refused by name", async (what, more) => {
  const path = written(`project-${what}`);
  writeFileSync(at(`project-${what}`, "metadata.json"), JSON.stringify(more));
  await expect(locateBase(path, { platform: nodePlatform })).rejects.toThrow(
    `this Teachable Machine project is one of ${what}, and projects of pictures are read`,
  );
});

test("a folder with model.json is a base; how its pixels are scaled has to be said", async () => {
  const side = changed(({ model_config: { config } }, layer) => {
    layer("picture").config.batch_input_shape = [null, 14, 14, 3];
    config.output_layers = [["pooled", 0, 0]];
  });
  written("folder", { topology: side });
  await expect(openBase(at("folder"))).rejects.toMatchObject({ details: { needs: ["mean", "std"] } });
});

const cannot = "the network of the Keras model cannot be read:";
const topologies: Readonly<
  Record<string, readonly [string, (t: Topology, layer: (name: string) => Layer) => void]>
> = {
  "an unknown layer": [
    'the layer "relu6" is of the class Lambda, which is not read',
    (_, layer) => {
      layer("relu6").class_name = "Lambda";
    },
  ],
  "a layer that is an object's own name": [
    'the layer "relu6" is of the class constructor, which is not read',
    (_, layer) => {
      layer("relu6").class_name = "constructor";
    },
  ],
  "channels first": [
    'the layer "conv" (Conv2D) cannot be read: data_format is "channels_first"',
    (_, layer) => {
      layer("conv").config.data_format = "channels_first";
    },
  ],
  "strides that are no sizes": [
    'the layer "conv" (Conv2D) cannot be read: strides is [0,1e+99]',
    (_, layer) => {
      layer("conv").config.strides = [0, 1e99];
    },
  ],
  "an unknown activation": [
    'the layer "conv" (Conv2D) cannot be read: the activation "snake" is not known',
    (_, layer) => {
      layer("conv").config.activation = "snake";
    },
  ],
  "a layer that is missing": [
    `${cannot} it has no layer "nowhere"`,
    (_, layer) => {
      layer("relu6").inbound_nodes = [[["nowhere", 0, 0, {}]]];
    },
  ],
  "a circle": [
    `${cannot} "relu6" needs its own result`,
    (_, layer) => {
      layer("conv").inbound_nodes = [[["relu6", 0, 0, {}]]];
    },
  ],
  "another number of filters": [
    'the layer "conv" (Conv2D) cannot be read: filters is 7, and its weights have 6',
    (_, layer) => {
      layer("conv").config.filters = 7;
    },
  ],
  "another size of kernels": [
    'the layer "conv" (Conv2D) cannot be read: kernel_size is [5,3], and its weights have [3,3]',
    (_, layer) => {
      layer("conv").config.kernel_size = [5, 3];
    },
  ],
  "another number of units": [
    'the layer "places" (Dense) cannot be read: units is 4, and its weights have 5',
    (_, layer) => {
      layer("places").config.units = 4;
    },
  ],
  "another multiplier": [
    'the layer "deep" (DepthwiseConv2D) cannot be read: depth_multiplier is 1, and its weights have 2',
    (_, layer) => {
      layer("deep").config.depth_multiplier = 1;
    },
  ],
  "a normalization that is undone": [
    'the layer "centred" (Normalization) cannot be read: invert is true',
    (_, layer) => {
      layer("centred").config.invert = true;
    },
  ],
  "a normalization of rows": [
    'the layer "centred" (Normalization) cannot be read: axis is 1',
    (_, layer) => {
      layer("centred").config.axis = [1];
    },
  ],
  "a norm of several axes": [
    'the layer "norm" (BatchNormalization) cannot be read: axis is [3,1]',
    (_, layer) => {
      layer("norm").config.axis = [3, 1];
    },
  ],
  "a norm without its mean": [
    'the layer "layer_norm" (LayerNormalization) cannot be read: rms_scaling is true',
    (_, layer) => {
      layer("layer_norm").config.rms_scaling = true;
    },
  ],
  "an input that is no picture": [
    'the network "every_layer" takes [null,43], and networks of pictures are read: [null, height, width, channels]',
    (_, layer) => {
      layer("picture").config.batch_input_shape = [null, 43];
    },
  ],
  "a tensor that is taken by name": [
    `${cannot} a layer takes ["y",["scaled",0,0]] beside "centred"`,
    (_, layer) => {
      layer("relu6").inbound_nodes = [[["centred", 0, 0, { y: ["scaled", 0, 0] }]]];
    },
  ],
  "a tensor that Keras 3 takes by name": [
    `${cannot} "relu6" takes {"y":{"class_name":"__keras_tensor__","config":{"keras_history":["scaled",0,0]}}} by name`,
    (_, layer) => {
      const y = { class_name: "__keras_tensor__", config: { keras_history: ["scaled", 0, 0] } };
      layer("relu6").inbound_nodes = [{ args: [y], kwargs: { y } }];
    },
  ],
  "an input that the network does not list": [
    'the network "every_layer" takes "other", which is none of its inputs',
    ({ model_config: { config } }, layer) => {
      config.layers.push({ ...layer("picture"), name: "other" });
      (layer("sum").inbound_nodes as unknown[][])[0]!.unshift(["other", 0, 0, {}]);
    },
  ],
  "another class of network": [
    `${cannot} it is of the class "Lambda", not Sequential, Model or Functional`,
    ({ model_config }) => {
      model_config.class_name = "Lambda";
    },
  ],
  "a weight of another layer": [
    'the weight "kernel" of the layer "conv_2" is missing',
    ({ model_config }, layer) => {
      for (const one of model_config.config.layers)
        one.inbound_nodes = JSON.parse(JSON.stringify(one.inbound_nodes).replaceAll('"conv"', '"conv_2"'));
      layer("conv").config.name = "conv_2";
      layer("conv").name = "conv_2";
    },
  ],
};

test.each(Object.entries(topologies))("%s is refused in one sentence", async (name, [message, change]) => {
  expect(await refused(written(name.replaceAll(/\W/g, "-"), { topology: changed(change) }))).toBe(message);
});

test("damaged lists of weights are refused in one sentence", async () => {
  const list = (change: object) => ({ manifest: [{ ...manifest[0], ...change }] });
  const begin = "the list of weights of the TF.js model";
  const outside = `${begin} names a file out of its folder: `;
  const cases: readonly [string, Written, string][] = [
    [
      "short",
      { shards: { ...twoShards, shard1: numbers.subarray(0, 1000) } },
      `${begin} needs ${numbers.length} bytes, and shard1, inner/shard2 has ${numbers.length - 234}`,
    ],
    ["none", { manifest: [] }, `${begin} is missing`],
    ["outside", list({ paths: ["../shard1"] }), `${outside}"../shard1"`],
    ["absolute", list({ paths: ["/etc/passwd"] }), `${outside}"/etc/passwd"`],
    ["same-file", list({ paths: ["shard1", "shard1"] }), `${begin} names the file "shard1" twice`],
    ["missing", list({ paths: ["shard7"] }), expect.stringContaining("shard7, which is not")],
    [
      "text",
      list({ weights: [{ name: "a/kernel", shape: [1], dtype: "string" }] }),
      `${begin} has numbers of the type "string" in "a/kernel"`,
    ],
    ["twice", list({ weights: [...listed, listed[2]] }), `${begin} lists "conv/kernel" twice`],
    [
      "integers",
      list({
        weights: [{ name: "a/kernel", shape: [1], dtype: "float32", quantization: { dtype: "uint8" } }],
      }),
      `${begin} has a damaged entry: {"name":"a/kernel","shape":[1],"dtype":"float32","quantization":{"dtype":"uint8"}}`,
    ],
    [
      "huge",
      list({ weights: [{ name: "a/kernel", shape: [2 ** 40, 2 ** 40], dtype: "float32" }] }),
      `${begin} has a damaged entry: {"name":"a/kernel","shape":[1099511627776,1099511627776],"dtype":"float32"}`,
    ],
  ];
  for (const [name, one, message] of cases)
    expect(await refused(written(`list-${name}`, one))).toEqual(message);
  symlinkSync("/etc/hostname", at("list-missing", "shard7"));
  expect(await refused(at("list-missing", "model.json"))).toContain("shard7 are a link");
});

test("a shard that is larger than its list says is not read, and in an archive not unpacked", async () => {
  const path = written("larger");
  truncateSync(at("larger", "shard1"), 3 * 2 ** 30);
  const size = 3 * 2 ** 30 + numbers.length - 1234;
  expect(await refused(path)).toContain(`shard1, inner/shard2 has ${size}`);
  const model = strToU8(readFileSync(path, "utf8"));
  // Random numbers keep the archive under the limit of what it may unpack to.
  const random = uniform("archive", 20_000).map((u) => u * 255);
  const files = { "model.json": model, shard1: new Uint8Array(1_000_000), "inner/shard2": new Uint8Array() };
  const zip = zipSync({ ...files, random: Uint8Array.from(random) });
  // The content is damaged, so that a file that is unpacked says so.
  const begin = Buffer.from(zip.buffer).indexOf("shard1") + "shard1".length;
  zip.fill(255, begin, begin + 50);
  writeFileSync(at("larger.zip"), zip);
  expect(await refused(at("larger.zip"))).toContain("shard1, inner/shard2 has 1000000");
});

test("graph models and other JSON are no layers models", async () => {
  const path = written("graph", { more: { format: "graph-model" } });
  expect(await refused(path)).toContain("is a TF.js graph model: ");
  writeFileSync(at("other.json"), '{"a":1}');
  expect(await refused(at("other.json"))).toContain("is no layers model of TF.js: it has no modelTopology");
  writeFileSync(at("broken.json"), '{"a":');
  expect(await refused(at("broken.json"))).toContain("model.json is no JSON");
  writeFileSync(at("two.zip"), zipSync({ "a/model.json": strToU8("{}"), "b/model.json": strToU8("{}") }));
  expect(await refused(at("two.zip"))).toContain("holds 2 files model.json");
  const archive = zipSync({ "model.json": strToU8("{}") });
  writeFileSync(at("nested.zip"), zipSync({ "mine.zip": archive }));
  expect(await refused(at("nested.zip"))).toContain('holds another archive, "mine.zip", and no model.json');
  // The flag of the encrypted file in the list of files.
  archive[archive.findLastIndex((_, i) => archive[i] === 0x50 && archive[i + 2] === 1) + 8]! |= 1;
  writeFileSync(at("encrypted.zip"), archive);
  expect(await refused(at("encrypted.zip"))).toContain("model.json is encrypted");
});

test("a folder with the topology alone says which weights are missing", async () => {
  mkdirSync(at("alone"));
  copyFileSync(written("whole"), at("alone", "model.json"));
  const { onnx } = await locateBase(at("alone"), { platform: nodePlatform });
  expect(await refused(onnx)).toMatch(/^the model keeps weights/);
});

test("weights of another model name the layer that they do not fit", async () => {
  const network = readNetwork("Sequential", {
    name: "two",
    layers: [
      { class_name: "ReLU", config: { name: "relu", batch_input_shape: [null, 8, 8, 3] } },
      { class_name: "Conv2D", config: { name: "conv", filters: 2, kernel_size: [1, 1], use_bias: false } },
    ],
  });
  const weights = new Map([["conv/kernel", float32([1, 1, 4, 2], new Float32Array(8))]]);
  expect(() => kerasGraph({ network, weights, version: 2 })).toThrow(
    /^the weights of the layer "conv" do not fit what it gets: /,
  );
});

test("a layer that is called twice has one weight, and two layers of one name in two networks are refused", () => {
  const conv = {
    class_name: "Conv2D",
    config: { name: "conv", filters: 3, kernel_size: 1, use_bias: false },
  };
  const part = (name: string) => ({ class_name: "Sequential", config: { name, layers: [conv] } });
  const input = { batch_input_shape: [null, 8, 8, 3] };
  const weights = new Map([["a/conv/kernel", float32([1, 1, 3, 3], new Float32Array(9))]]);
  const first = { class_name: "InputLayer", config: { name: "in", ...input } };
  const network = readNetwork("Sequential", { name: "two", layers: [first, part("a"), part("b")] });
  expect(() => kerasGraph({ network, weights, version: 2 })).toThrow(
    'the layers "a/conv" and "b/conv" would both take the weight "a/conv/kernel"',
  );
  const call = (from: string, number: number) => [[from, number, 0, {}]];
  const shared = readNetwork("Functional", {
    name: "shared",
    layers: [
      { ...first, name: "in", inbound_nodes: [] },
      { ...part("a"), name: "a", inbound_nodes: [call("in", 0), call("a", 0)] },
    ],
    input_layers: call("in", 0),
    output_layers: call("a", 1),
  });
  expect(kerasGraph({ network: shared, weights, version: 2 }).graph.initializers.size).toBe(1);
});

test("a chain of 20,000 layers is read, and networks that lie in each other too deep are refused", () => {
  const layer = (name: string, inbound: string | undefined): object => ({
    ...{ class_name: inbound === undefined ? "InputLayer" : "Dropout", name, config: { name } },
    inbound_nodes: inbound === undefined ? [] : [[[inbound, 0, 0, {}]]],
  });
  const layers = Array.from({ length: 19_999 }, (_, i) => layer(`l${i}`, i === 0 ? undefined : `l${i - 1}`));
  const ends = { input_layers: [["l0", 0, 0]], output_layers: [["l19998", 0, 0]] };
  expect(readNetwork("Model", { name: "chain", layers, ...ends }).calls).toHaveLength(19_999);
  let deep: unknown = [];
  for (let i = 0; i < 100; i++)
    deep = { name: `n${i}`, layers: [{ class_name: "Sequential", config: deep }] };
  expect(() => readNetwork("Sequential", deep)).toThrow("networks lie in each other 16 times and more");
});

test("a network of any size has the wanted one, else 224 x 224", () => {
  const network = readNetwork("Sequential", {
    name: "any",
    layers: [{ class_name: "ReLU", config: { name: "relu", batch_input_shape: [null, null, null, 3] } }],
  });
  const model = { network, weights: new Map(), version: 2 } as const;
  expect(kerasGraph(model).graph.typeOf("pixel_values").shape).toEqual(["batch", 3, 224, 224]);
  const { graph, anySize } = kerasGraph(model, ["batch", 3, 96, 96]);
  expect([graph.typeOf("pixel_values").shape, anySize]).toEqual([["batch", 3, 96, 96], true]);
});
