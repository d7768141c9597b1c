import { EngraftError } from "../../core/errors.js";
import { type BaseFacts, baseFacts } from "../../core/results/base-facts.js";
import { type Dim, formatType, type Shape } from "../../core/shape.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { defaultPlatform } from "../../data/images/decode.js";
import type { Tokenizer, TokenizerFiles } from "../../data/texts/tokenizer.js";
import { fromOnnx, type Imported } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import type { AudioFacts } from "../audio/audio-facts.js";
import type { Body } from "../body.js";
import type { HubOptions } from "../hub/hub.js";
import { readLabels } from "../model-folder/model-folder.js";
import { requireOneInput } from "../one-input.js";
import {
  commonPreprocessing,
  type PreprocessingOptions,
  preprocessingFromOptions,
  readPreprocessing,
} from "../preprocessing.js";
import type { TextPooling } from "../text/text-poolings.js";
import { importedName } from "./choose-files.js";
import { locateBase } from "./locate.js";
import type { LocatedBase } from "./located.js";
import type { OpenedFile } from "./opened-file.js";
import { refuseOutsideLink } from "./outside-link.js";
import { readJson } from "./read-json.js";

/** A pretrained model, ready for surgery. */
export interface Base extends BaseFacts {
  /** sha256 of the ONNX file, hex; if it has external weights, of these too: see {@link modelSha256}. */
  readonly sha256: string;
  /** Text of its LICENSE, if any: it is copied into the folder of every model made from it. */
  readonly licenseText: string | undefined;
  readonly preprocessing: ImagePreprocessing;
  readonly imported: Imported;
  /** Path of its ONNX file, and the external files that the model names. Missing: it is not read again. */
  readonly file?: { readonly onnx: string; readonly external: readonly string[] };
  /** Number of classes of its own head, from config.json. */
  readonly classes: number | undefined;
  /** Place of the new head, if the user or the catalogue gave one. */
  readonly cut: string | undefined;
  /** Tokenizer facts of a text base; its `preprocessing` is not used. */
  readonly text?: TextFacts;
  /** Front end of an audio base; its `preprocessing` is not used. */
  readonly audio?: AudioFacts;
  /** The bases of a joined one, in the order of their features. Missing: it is one base. */
  readonly joined?: readonly BasePart[];
  /** Prepends what converts the rows that feed a model to its inputs. Default: the preprocessing of pictures, or none. */
  readonly inputStage?: (model: Graph) => Graph;
}

/** A base that is joined with others. */
export interface BasePart {
  readonly base: Base;
  readonly body: Body;
}

/** What a text encoder needs besides its weights. */
export interface TextFacts {
  readonly files: TokenizerFiles;
  readonly tokenizer: Tokenizer;
  readonly pooling: TextPooling;
  /** Source of the pooling, in words. */
  readonly because: string;
  /** The only length that the file accepts. */
  readonly fixed?: number;
  /** The tokens that the encoder reads, if the tokenizer gives more. */
  readonly window?: { readonly length: number; readonly end?: number };
  /** Its config.json; empty if there is none. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Its generation_config.json. Missing: it is not read from a file. */
  readonly generation?: Readonly<Record<string, unknown>>;
  /** Path of each file beside the model, by file name. Missing: several models are joined. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Set if it classifies pairs of texts; "segments": the encoder takes the segment of each token. */
  readonly pairs?: "joined" | "segments";
  /** Set if several encoders are joined: what each one needs. The tokenizer is then the joined one. */
  readonly parts?: readonly TextFacts[];
}

/** Returns the name of a file or an input of joined encoder i: `tokenizer.json`, `tokenizer_2.json`, … */
export const nameOfEncoder = (name: string, i: number): string =>
  i === 0 ? name : name.replace(/(?=\.|$)/, `_${i + 1}`);

export interface OpenBaseOptions extends PreprocessingOptions, Partial<HubOptions> {
  readonly cut?: string;
  readonly platform?: Platform;
  /**
   * Leaves the sizes of the graph as they are in the file, also if the file fixes another image size than the wanted one:
   * the caller sets the size of the graph, as `levelBody` does. Default false.
   */
  readonly keepSizes?: boolean;
  /** True for a base that is joined with others: options cannot say how pixels become its input. Default false. */
  readonly isPart?: boolean;
}

/**
 * Opens a base by name, `file.onnx`, folder or `hf:org/name[@revision][#file]`.
 * @throws OptionError, FileError, NetworkError; ModelError if the file is damaged, is no image model, or its
 * preprocessing is unknown
 * @example const base = await openBase("resnet18.onnx", { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
 */
export async function openBase(ref: string, options: OpenBaseOptions = {}): Promise<Base> {
  const platform = options.platform ?? (await defaultPlatform());
  const located = await locateBase(ref, { ...options, platform });
  let opened = await openModelFile(located.onnx, platform);
  requireOneInput(opened.imported.graph, located.name);
  const side = imageInput(opened.imported, located);
  const known =
    located.preprocessor === undefined
      ? located.preprocessing
      : readPreprocessing(await readJson(platform, located.preprocessor));
  const preprocessing = preprocessingFromOptions(options, known, side.fixed);
  if (!preprocessing) throw unknownPreprocessing(located, side.fixed === undefined, options.isPart);
  if (!options.keepSizes) checkSize(preprocessing, side.fixed, located);
  if (!side.fixed && !options.keepSizes) {
    // With known sizes, values that the file computes from them become constants.
    const shape = [side.batch, side.channels, preprocessing.height, preprocessing.width];
    opened = await openModelFile(located.onnx, platform, { [side.input]: shape });
  }
  if (side.channels !== 3) {
    // Loaded only if needed: few bases have other channel counts.
    const { adaptInputChannels } = await import("../../graph/surgery/input-channels.js");
    const { imported } = opened;
    const graph = adaptInputChannels(imported.graph, 3);
    const note = `its first convolution was adapted from [N, ${side.channels}, H, W] to RGB, [N, 3, H, W]`;
    opened = { ...opened, imported: { ...imported, graph, notes: [...imported.notes, note] } };
  }
  return {
    ...(await commonFields(opened, located, platform)),
    preprocessing,
    ...(await headFacts(located, platform)),
    ...(options.cut !== undefined && { cut: options.cut }),
  };
}

/** Returns the fields that bases of all inputs have. */
export async function commonFields(
  opened: OpenedFile,
  located: LocatedBase,
  platform: Platform,
): Promise<Pick<Base, "imported" | "licenseText" | keyof BaseFacts>> {
  const { licenseFile } = located;
  return {
    // Not the file's bytes, which would stay in memory beside its weights.
    imported: opened.imported,
    ...baseFacts({ ...located, sha256: await modelSha256(opened, platform) }),
    licenseText:
      licenseFile === undefined
        ? undefined
        : new TextDecoder().decode(await platform.files.read(licenseFile, { limit: 2 ** 22 })),
  };
}

/**
 * Reads an ONNX file with its external weights, or a model in a form that is read like one.
 * @throws ModelError, FileError
 */
export async function openModelFile(
  path: string,
  platform: Platform,
  inputShapes: Readonly<Record<string, Shape>> = {},
): Promise<OpenedFile> {
  const { files } = platform;
  if (importedName.test(path))
    return (await import("../formats/open-imported.js")).openImported(path, platform, inputShapes);
  const bytes = await files.read(path).catch(async (error: unknown) => {
    // A large file is not read: its name says what it is.
    throw (await import("../../data/foreign-models.js")).foreignModel(path) ?? error;
  });
  const externalData = new Map<string, Uint8Array>();
  // The external files are known only while the model is read: a missing one is loaded, and the model is read again.
  for (;;) {
    let missing: string | undefined;
    try {
      const imported = fromOnnx(bytes, {
        inputShapes,
        emptyCache: true,
        externalData(location, offset, length) {
          const file = externalData.get(location);
          if (!file) {
            missing = location;
            throw new EngraftError("ModelError", `the file ${location} is needed`);
          }
          const end = length === undefined ? file.length : offset + length;
          if (end > file.length)
            throw new EngraftError(
              "ModelError",
              `${location} has ${file.length} bytes, the model needs ${end}`,
              { at: path, help: "the file is cut off: copy or download it again" },
            );
          return file.subarray(offset, end);
        },
      });
      const file = { bytes, externalData, imported };
      if (!imported.graph.has("engraft/head/hidden.weight")) return file;
      // Loaded on demand: few bases have a hidden layer of an earlier head.
      return (await import("../hidden/hidden-names.js")).withBaseNames(file);
    } catch (error) {
      if (missing === undefined)
        throw (await import("../../data/foreign-models.js")).foreignModel(path, bytes) ?? error;
      externalData.set(missing, await readExternalData(path, missing, platform));
    }
  }
}

/**
 * Returns the hash of a model: that of its file, or with external weights that of the list of all hashes. The same
 * graph with other weights is another model; cached features use this as key.
 */
export async function modelSha256(
  { bytes, externalData }: Pick<OpenedFile, "bytes" | "externalData">,
  platform: Platform,
): Promise<string> {
  const own = await platform.sha256(bytes);
  if (externalData.size === 0) return own;
  const lines = await Promise.all(
    [...externalData].map(async ([location, data]) => `${await platform.sha256(data)} ${location}`),
  );
  return platform.sha256([own, ...lines.sort()].join("\n"));
}

/** Reads an external file with weights. @throws ModelError if it is missing, or a link that leads outside */
export async function readExternalData(
  model: string,
  location: string,
  platform: Platform,
): Promise<Uint8Array> {
  const { files } = platform;
  const path = files.join(files.dirname(model), ...location.split("/"));
  if (!(await files.stat(path)))
    throw new EngraftError("ModelError", `the model keeps weights in ${location}, which is not beside it`, {
      at: path,
      help: "copy that file into the folder of the model, under the same name",
    });
  await refuseOutsideLink({ model, path, location }, platform);
  return files.read(path);
}

interface ImageInput {
  readonly input: string;
  readonly batch: Dim;
  /** Channels of its images; if not 3, its first convolution is adapted. */
  readonly channels: number;
  /** Height and width fixed by the file. */
  readonly fixed: readonly [number, number] | undefined;
}

const pictureBase = "a base of pictures, such as vision-open, has one input [N, 3, H, W]";

/** Returns the image input, float [N, 3, H, W]. @throws ModelError if the model has another input */
export function imageInput(
  { graph }: Pick<Imported, "graph">,
  { name }: Pick<LocatedBase, "name">,
): ImageInput {
  const [input, ...more] = graph.inputs;
  const type = input === undefined ? undefined : graph.types.get(input);
  const shape = type?.shape;
  const found = input !== undefined && type ? `${input} ${formatType(type)}` : "none";
  const wrong = (why: string, help: string) =>
    new EngraftError("ModelError", `${name} does not take pictures: ${why}`, {
      at: `input ${found}`,
      help,
      details: { input, shape },
    });
  if (input === undefined) throw wrong("it has no input", pictureBase);
  if (more.length > 0) throw wrong(`it has ${more.length + 1} inputs`, pictureBase);
  if (isOnePicture(shape)) throw wrong("its input is one picture, without a batch", withoutBatch);
  if (shape === undefined || shape.length !== 4) throw wrong("its input has not four axes", pictureBase);
  const [batch = null, channels, height, width] = shape;
  if (channels !== 3 && width === 3)
    throw wrong("its channels come last", "export it with channels first, [N, 3, H, W]");
  const fixed =
    typeof height === "number" && typeof width === "number" ? ([height, width] as const) : undefined;
  return { input, batch, channels: typeof channels === "number" ? channels : 3, fixed };
}

/** True for [3, H, W]: torchvision's detectors take a list of such pictures. */
export const isOnePicture = (shape: Shape | undefined): boolean => shape?.length === 3 && shape[0] === 3;

const withoutBatch =
  'export it for a batch, [N, 3, H, W]; of a detector of torchvision, export the backbone: torch.onnx.export(model.backbone, torch.randn(2, 3, 320, 320), "backbone.onnx", input_names=["input"], dynamic_axes={"input": {0: "batch"}})';

function checkSize(
  p: ImagePreprocessing,
  fixed: readonly [number, number] | undefined,
  { name }: LocatedBase,
): void {
  if (!fixed || (fixed[0] === p.height && fixed[1] === p.width)) return;
  throw new EngraftError(
    "ModelError",
    `${name} takes pictures of ${fixed[0]} x ${fixed[1]} pixels only, not ${p.height} x ${p.width}`,
    {
      help: `use --image-size ${fixed[0]}, or export the model with symbolic height and width`,
      details: { fixed, wanted: [p.height, p.width] },
    },
  );
}

function unknownPreprocessing({ name, onnx }: LocatedBase, sizeToo: boolean, isPart = false): EngraftError {
  const size = sizeToo ? " and --image-size N" : "";
  const usual = Object.entries(commonPreprocessing).map(([who, flags]) => `${who}: ${flags}`);
  return new EngraftError("ModelError", `nothing says how pixels become the input of ${name}`, {
    at: onnx,
    help: isPart
      ? "put its preprocessor_config.json beside it: options are for one base"
      : [
          `put its preprocessor_config.json beside it, or give --mean and --std${size}; usual values`,
          ...usual.map((line) => `    ${line}`),
        ].join("\n"),
    details: { needs: ["mean", "std", ...(sizeToo ? ["imageSize"] : [])] },
  });
}

/** Returns the number of classes of a base's own head, and the value where the head begins, as far as its files say them. */
async function headFacts(
  { config, labels, cut }: LocatedBase,
  platform: Platform,
): Promise<Pick<Base, "classes" | "cut">> {
  if (labels || config === undefined) return { classes: labels?.length, cut };
  const json = await readJson(platform, config);
  const { id2label, num_labels, engraft_cut } = (json ?? {}) as Readonly<Record<string, unknown>>;
  const count = typeof num_labels === "number" ? num_labels : undefined;
  return {
    classes: id2label === undefined ? count : readLabels(json, config).length,
    cut: cut ?? (typeof engraft_cut === "string" ? engraft_cut : undefined),
  };
}

export interface PulledBase {
  readonly ref: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly license: string;
  readonly revision: string | undefined;
}

/** Downloads a base, so that it can be used without a network; a base that is here already is only checked. */
export async function pullBase(ref: string, options: Partial<HubOptions> = {}): Promise<PulledBase> {
  const platform = options.platform ?? (await defaultPlatform());
  const { onnx, license, hub } = await locateBase(ref, { ...options, platform });
  const sha256 = await platform.files.sha256(onnx);
  return {
    ref,
    path: onnx,
    bytes: (await platform.files.stat(onnx))?.size ?? 0,
    sha256,
    license,
    revision: hub?.commit,
  };
}
