// Layers models of TF.js: model.json and its shards, in a folder or in a zip archive, as Teachable Machine exports them.
import { EngraftError, messageOf } from "../../core/errors.js";
import { cardLimit, modelJsonLimit } from "../../core/file-limits.js";
import { parseJson } from "../../core/parse-json.js";
import type { Shape } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { foreignModel, tfjsGraphModel } from "../../data/foreign-models.js";
import { quoted } from "../../data/split/found.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { readZip } from "../../platform/zip.js";
import type { OpenedFile } from "../open/opened-file.js";
import { refuseOutsideLink } from "../open/outside-link.js";
import { kerasGraph, kerasInput } from "./keras-graph.js";
import { type KerasConfig, readNetwork } from "./keras-topology.js";
import { checkManifest, readGroup, requireSizes, type ShardGroup } from "./tfjs-weights.js";

/** The files of a model. */
interface TfjsFiles {
  /** Path for messages. */
  readonly at: string;
  /** Path of model.json. In an archive: the path there. */
  readonly model: string;
  /** Finds a file by its path from the folder of model.json; undefined if there is none. */
  readonly find: (path: string) => Promise<TfjsFile | undefined>;
}

/** A file of a model, before it is read. */
interface TfjsFile {
  /** Bytes, unpacked. */
  readonly size: number;
  readonly read: () => Promise<Uint8Array>;
}

/** Cure for files that are damaged, or of different models. */
const again = "save or download the model again, model.json and its .bin files together";

const isObject = (value: unknown): value is KerasConfig =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Opens the files of a model. @param path of model.json, or of a zip archive with it */
async function openFiles(path: string, platform: Platform): Promise<TfjsFiles> {
  const { files } = platform;
  if (!/\.zip$/i.test(path)) {
    const folder = files.dirname(path);
    const find = async (name: string): Promise<TfjsFile | undefined> => {
      const file = name === "model.json" ? path : files.join(folder, ...name.split("/"));
      const state = await files.stat(file);
      if (state?.kind !== "file") return undefined;
      await refuseOutsideLink({ model: path, path: file, location: name }, platform);
      return { size: state.size, read: () => files.read(file) };
    };
    return { at: path, model: path, find };
  }
  return openArchive(new Blob([(await files.read(path)) as Uint8Array<ArrayBuffer>]), path);
}

/** Opens the files of a model in a zip archive. @param path of the archive, for messages */
async function openArchive(zip: Blob, path: string): Promise<TfjsFiles> {
  const damaged = (cause: unknown): never => {
    throw new EngraftError("ModelError", `${JSON.stringify(path)}: ${messageOf(cause)}`, {
      help: "copy or download it again, or unpack it, and give the folder with model.json",
      cause,
    });
  };
  const entries = await readZip(zip).catch(damaged);
  const models = [...entries.keys()].filter((name) => /(^|\/)model\.json$/.test(name));
  const inner = [...entries.keys()].find((name) => /\.zip$/i.test(name));
  if (models.length === 0 && inner !== undefined)
    throw new EngraftError(
      "ModelError",
      `${JSON.stringify(path)} holds another archive, ${JSON.stringify(inner)}, and no model.json`,
      { help: "unpack it, and give the archive inside" },
    );
  if (models.length === 0) {
    const foreign = foreignModel(path, new Uint8Array(await zip.arrayBuffer()));
    if (foreign) throw foreign;
  }
  if (models.length !== 1)
    throw new EngraftError("ModelError", `${JSON.stringify(path)} holds ${models.length} files model.json`, {
      help:
        models.length === 0
          ? "give the zip archive of a TF.js model, or its folder"
          : "unpack it, and give the folder of one",
      details: { models },
    });
  const folder = models[0]!.slice(0, -"model.json".length);
  const find = async (name: string): Promise<TfjsFile | undefined> => {
    const entry = entries.get(folder + name);
    if (entry === undefined) return undefined;
    return {
      size: entry.size,
      read: async () => new Uint8Array(await (await entry.read().catch(damaged)).arrayBuffer()),
    };
  };
  return { at: path, model: models[0]!, find };
}

/** Reads an object in JSON. @returns its bytes, too; nothing if there is no such file */
async function readObject(
  { at, find }: TfjsFiles,
  name: string,
  limit: number,
): Promise<{ readonly bytes?: Uint8Array; readonly object?: KerasConfig }> {
  const file = await find(name);
  if (file === undefined) return {};
  if (file.size > limit)
    throw new EngraftError("ModelError", `${name} has ${file.size} bytes, and at most ${limit} are read`, {
      at,
      help: again,
    });
  const bytes = await file.read();
  let value: unknown;
  try {
    value = parseJson(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new EngraftError(
      "ModelError",
      `${name} is no JSON: ${cause instanceof Error ? cause.message : cause}`,
      {
        at,
        help: again,
        cause,
      },
    );
  }
  return { bytes, ...(isObject(value) && { object: value }) };
}

/** What the files beside a model say of it. A project of Teachable Machine says more than another model. */
export interface TfjsFacts {
  readonly format: string;
  /** Names of its classes. */
  readonly labels?: readonly string[];
  readonly preprocessing?: ImagePreprocessing;
  /** Value where its trained head begins. */
  readonly cut?: string;
}

/** Name of the features of a Teachable Machine project in the graph. */
const features = "features";

/**
 * Returns what metadata.json says about a model of Teachable Machine; nothing for another model.
 * @throws ModelError for a project of sounds or of poses
 */
export async function tfjsFacts(path: string, platform: Platform): Promise<TfjsFacts> {
  return factsOf(await openFiles(path, platform));
}

/** The same for an archive in memory. @param name of the archive, for messages */
export async function archiveFacts(zip: Blob, name: string): Promise<TfjsFacts> {
  return factsOf(await openArchive(zip, name));
}

async function factsOf(files: TfjsFiles): Promise<TfjsFacts> {
  const { object: metadata = {} } = await readObject(files, "metadata.json", cardLimit);
  const { packageName, labels = [], wordLabels, imageSize } = metadata;
  const isPose = typeof packageName === "string" && packageName.includes("pose");
  if (wordLabels !== undefined || isPose)
    throw new EngraftError(
      "ModelError",
      `this Teachable Machine project is one of ${isPose ? "poses" : "sounds"}, and projects of pictures are read`,
      {
        at: files.at,
        help: isPose
          ? "its input is what another network says about a picture"
          : "its input is the spectrum that its page computes. Train on the recordings: engraft train FOLDER",
      },
    );
  if (typeof packageName !== "string" || !packageName.includes("teachablemachine"))
    return { format: "TF.js layers model" };
  if (!Array.isArray(labels) || labels.some((one) => typeof one !== "string"))
    throw new EngraftError(
      "ModelError",
      `the classes in metadata.json are ${JSON.stringify(labels)}, and are a list of names`,
      { at: files.at, help: again },
    );
  const names = labels as readonly string[];
  const side =
    typeof imageSize === "number" && imageSize > 0 && imageSize <= 4096 ? Math.round(imageSize) : 224;
  return {
    format: "TF.js layers model of Teachable Machine",
    ...(names.length > 0 && { labels: names }),
    // The centre square of a picture, x / 127.5 - 1
    preprocessing: {
      ...{ height: side, width: side, shortestEdge: side, rescale: 1 / 255, channels: "rgb" },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    },
    cut: features,
  };
}

/** Refuses names of another number of classes than the model has. */
function requireClasses(labels: readonly string[], graph: Graph, at: string): void {
  const outputs = graph.typeOf(graph.outputs[0]!).shape?.at(-1);
  if (labels.length === 0 || labels.length === outputs) return;
  throw new EngraftError(
    "ModelError",
    `metadata.json names ${labels.length} classes, ${quoted(labels)}, and the model has ${outputs} outputs`,
    { at, help: "metadata.json and model.json are of different models: download them again, together" },
  );
}

function classNotes(labels: readonly string[]): string[] {
  const several = labels.filter((one, i) => one.trim() === "" || labels.indexOf(one) !== i);
  return [
    `its classes are ${quoted(labels)}`,
    ...(several.length > 0 ? [`names of its classes that are empty or there twice: ${quoted(several)}`] : []),
  ];
}

/** Reads the weights of a model. The sizes of all files are checked before one is read. */
async function readWeights({ at, find }: TfjsFiles, groups: readonly ShardGroup[]) {
  const found: (readonly TfjsFile[])[] = [];
  for (const group of groups) {
    const files: TfjsFile[] = [];
    for (const name of group.paths) {
      const file = await find(name);
      if (file === undefined)
        throw new EngraftError("ModelError", `the model keeps weights in ${name}, which is not beside it`, {
          at,
          help: "copy that file into the folder of the model, under the same name",
        });
      files.push(file);
    }
    requireSizes(
      group,
      files.map(({ size }) => size),
      at,
    );
    found.push(files);
  }
  const weights = new Map<string, Tensor>();
  const shards = new Map<string, Uint8Array>();
  for (const [i, group] of groups.entries()) {
    const contents: Uint8Array[] = [];
    for (const file of found[i]!) contents.push(await file.read());
    for (const [k, name] of group.paths.entries()) shards.set(name, contents[k]!);
    for (const [name, tensor] of readGroup(group, contents, at)) weights.set(name, tensor);
  }
  return { weights, shards };
}

/**
 * Reads a layers model.
 * @param shapes wanted shape of the input by its name, if the network takes pictures of any size
 * @returns as an ONNX file is read; `bytes` is model.json, and `externalData` its shards
 * @throws ModelError for another model, a damaged one, and what is not read; FileError
 */
export async function openTfjs(
  path: string,
  platform: Platform,
  shapes: Readonly<Record<string, Shape>>,
): Promise<OpenedFile> {
  const files = await openFiles(path, platform);
  const { bytes, object: model = {} } = await readObject(files, "model.json", modelJsonLimit);
  const { modelTopology: topology, weightsManifest, format, convertedBy } = model;
  if (format === "graph-model") throw tfjsGraphModel(path, files.model);
  if (bytes === undefined || !isObject(topology))
    throw new EngraftError(
      "ModelError",
      `${JSON.stringify(path)} is no layers model of TF.js: it has no modelTopology`,
      { help: "give the model.json that TF.js or Teachable Machine wrote, with its .bin files" },
    );
  const { class_name: kind, config } = isObject(topology.model_config) ? topology.model_config : topology;
  const { weights, shards } = await readWeights(files, checkManifest(weightsManifest, path));
  const written = typeof topology.keras_version === "string" ? topology.keras_version : "unknown";
  const version = /^3\./.test(written) ? 3 : 2;
  const { cut, labels, preprocessing } = await factsOf(files);
  const { graph, unused, anySize } = kerasGraph(
    { network: readNetwork(kind, config), weights, version },
    shapes[kerasInput],
    cut,
  );
  requireClasses(labels ?? [], graph, path);
  const notes = [
    `read from a TF.js layers model (Keras ${written})`,
    ...(labels ? classNotes(labels) : []),
    ...(preprocessing
      ? [
          `it sees the centre square of a picture, ${preprocessing.width} x ${preprocessing.height} pixels from -1 to 1`,
        ]
      : []),
    ...(anySize ? ["it takes pictures of any size: its borders are those of this size"] : []),
    ...(unused.length > 0
      ? [`${unused.length} weights that no layer takes were left out: ${unused.slice(0, 5).join(", ")}`]
      : []),
  ];
  return {
    bytes,
    externalData: shards,
    imported: {
      ...{ graph, opset: 18, irVersion: 8, storedAs: new Map(), notes },
      producer: typeof convertedBy === "string" ? convertedBy.slice(0, 200) : "TF.js",
    },
  };
}
