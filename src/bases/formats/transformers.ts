// Encoders of texts as Transformers writes them: config.json, and safetensors in one file or in several.

import { EngraftError } from "../../core/errors.js";
import { modelJsonLimit } from "../../core/file-limits.js";
import { isLfsPointer } from "../../core/lfs-pointer.js";
import { castTensor, float32, type Tensor } from "../../core/tensor.js";
import { shellWord } from "../../data/foreign-models.js";
import type { Platform } from "../../platform/platform.js";
import { type BertOptions, bert, type bertActivations, bertTensors } from "../architectures/bert.js";
import type { OpenedFile } from "../open/opened-file.js";
import { refuseOutsideLink } from "../open/outside-link.js";
import { readJson } from "../open/read-json.js";
import { openSafetensors } from "../open/safetensors.js";
import { type EncoderField, type EncoderForm, encoderForms, namesInFile } from "./transformers-names.js";

type Config = Readonly<Record<string, unknown>>;

/** Form of an encoder in safetensors, for the card. */
export const transformersFormat = "safetensors of Transformers";

/** Names of an encoder's weights in a folder or a repository of Transformers. */
export const encoderFiles = ["model.safetensors", "model.safetensors.index.json"] as const;

/** Limits of sizes in config.json, several times those of the largest encoders. */
const most: Readonly<Record<EncoderField & keyof typeof sizeWords, number>> = {
  vocab_size: 4_000_000,
  hidden_size: 16_384,
  num_hidden_layers: 200,
  num_attention_heads: 256,
  intermediate_size: 65_536,
  max_position_embeddings: 100_000,
};
/** Most positions whose distances are in a table: it has their square of numbers. */
const mostDistances = 2048;
const sizeWords = {
  vocab_size: "tokens",
  hidden_size: "numbers of a state",
  num_hidden_layers: "layers",
  num_attention_heads: "heads",
  intermediate_size: "numbers inside a layer",
  max_position_embeddings: "positions",
} as const;

/** Types of numbers that are weights as they are. Other ones are quantised, and their scales lie elsewhere. */
const readTypes: readonly unknown[] = ["F64", "F32", "F16", "BF16"];
const withoutQuantisation = "take the model that it was made from, without quantisation";

interface Reason {
  /** Default: the command that exports the encoder. */
  readonly help?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const exportCommand = (folder: string): string =>
  `export it as ONNX: optimum-cli export onnx --model ${shellWord(folder)} model/`;

const unusable = (why: string, at: string, { help, details = {} }: Reason = {}): EngraftError =>
  new EngraftError("ModelError", `the encoder cannot be read: ${why}`, {
    at,
    help: help ?? exportCommand(at.replace(/[\\/][^\\/]*$/, "")),
    details,
  });

/** Names of activations in config.json. */
const activations: Readonly<Record<string, keyof typeof bertActivations>> = {
  ...{ gelu: "gelu", gelu_new: "gelu_new", gelu_pytorch_tanh: "gelu_new", gelu_fast: "gelu_new" },
  ...{ relu: "relu", silu: "silu", swish: "silu" },
};

/**
 * Returns config.json of an encoder that is read.
 * @param where for the command that exports another one. Default: its folder
 * @throws ModelError for another architecture
 */
export async function readConfig(platform: Platform, at: string, where?: string): Promise<Config> {
  const config = ((await readJson(platform, at)) ?? {}) as Config;
  const { model_type: type } = config;
  if (typeof type === "string" && Object.hasOwn(encoderForms, type)) return config;
  throw unusable(
    `its model_type is ${JSON.stringify(type)}, which is none of those that are read from safetensors: ${Object.keys(encoderForms).join(", ")}`,
    at,
    { ...(where !== undefined && { help: exportCommand(where) }), details: { model_type: type } },
  );
}

/**
 * Returns the sizes of an encoder.
 * @returns the rows of the table of positions, too
 * @throws ModelError for sizes that are none, a decoder, relative positions, and quantised weights
 */
function sizesOf(config: Config, form: EncoderForm, at: string): BertOptions & { readonly rows: number } {
  const size = (field: keyof typeof most): number => {
    const name = form.fields?.[field] ?? field;
    const value = config[name];
    if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= most[field])
      return value as number;
    throw unusable(
      `${name} in config.json is ${JSON.stringify(value)}, and is the number of ${sizeWords[field]}`,
      at,
    );
  };
  const { position_embedding_type: places = "absolute", is_decoder: decodes = false } = config;
  const { quantization_config: quantised } = config;
  if (quantised !== undefined) {
    const { quant_method: method = quantised } = (quantised ?? {}) as Config;
    throw unusable(`its weights are quantised: ${JSON.stringify(method)}`, at, { help: withoutQuantisation });
  }
  if (places !== "absolute") throw unusable(`its positions are ${JSON.stringify(places)}`, at);
  if (decodes === true) throw unusable("it is a decoder", at);
  const { pad_token_id: padding = 1 } = config;
  if (form.firstPosition === 2 && padding !== 1)
    throw unusable(
      `its padding is token ${JSON.stringify(padding)}, and its positions begin behind token 1`,
      at,
    );
  const act = config[form.fields?.hidden_act ?? "hidden_act"] ?? "gelu";
  const activation =
    typeof act === "string" && Object.hasOwn(activations, act) ? activations[act] : undefined;
  if (activation === undefined) throw unusable(`its activation is ${JSON.stringify(act)}`, at);
  const [width, heads, rows] = [
    size("hidden_size"),
    size("num_attention_heads"),
    size("max_position_embeddings"),
  ];
  if (width % heads !== 0)
    throw unusable(`${width} numbers of a state are not divided by ${heads} heads`, at);
  if (form.hasDistances && rows > mostDistances)
    throw unusable(
      `it has ${rows} positions, and with distances between them at most ${mostDistances} are read`,
      at,
    );
  if (rows <= form.firstPosition) throw unusable(`it has ${rows} positions`, at);
  const { layer_norm_eps: epsilon = 1e-12, embedding_size: embedded } = config;
  if (typeof epsilon !== "number" || !(epsilon > 0 && epsilon < 1))
    throw unusable(`layer_norm_eps in config.json is ${JSON.stringify(epsilon)}, and is between 0 and 1`, at);
  const { relative_attention_num_buckets: buckets = 32 } = config;
  if (
    form.hasDistances &&
    !(Number.isInteger(buckets) && [4, 8, 16, 32, 64, 128].includes(buckets as number))
  )
    throw unusable(`relative_attention_num_buckets in config.json is ${JSON.stringify(buckets)}`, at);
  const isSize = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) > 0 && (value as number) <= most.hidden_size;
  return {
    vocabulary: size("vocab_size"),
    width,
    layers: size("num_hidden_layers"),
    heads,
    inner: size("intermediate_size"),
    positions: rows - form.firstPosition,
    rows,
    activation,
    epsilon,
    ...(isSize(embedded) && { embedded }),
    ...(form.hasDistances && { buckets: buckets as number }),
  };
}

/**
 * Reads an encoder.
 * @param path of model.safetensors, or of model.safetensors.index.json beside its parts
 * @returns as an ONNX file is read; in the notes the tensors that the encoder does not need
 * @throws ModelError for another architecture, a tensor that is missing or of other sizes, and a damaged file; FileError
 */
export async function openTransformers(path: string, platform: Platform): Promise<OpenedFile> {
  const { files } = platform;
  const folder = files.dirname(path);
  const configPath = files.join(folder, "config.json");
  if (!(await files.stat(configPath)))
    throw unusable("config.json, which says its sizes, is not beside its weights", path, {
      help: "copy or download it from where the weights are from, into their folder",
    });
  const config = await readConfig(platform, configPath);
  const form = encoderForms[config.model_type as string]!;
  const { rows, ...sizes } = sizesOf(config, form, configPath);
  const { bytes, parts, tensors } = await openTensors(path, platform);
  const find = finder(tensors, form, path);
  const types = form.isWithoutTypes ? 0 : segmentsOf(config, find(segments), configPath);
  // One segment for all tokens is a part of their positions.
  const options: BertOptions = { ...sizes, ...(types > 1 && { types }) };
  const names = [...bertTensors(options).map(({ name }) => name), ...(types === 1 ? [segments] : [])];
  // Before anything of these sizes is allocated: config.json may ask for more than the file holds.
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length > 0)
    throw unusable(
      `${missing.length} tensors of ${String(config.model_type)} are missing: ${missing.slice(0, 3).join(", ")}; the file has ${[...tensors.keys()].slice(0, 3).join(", ")}`,
      path,
      { details: { missing, found: [...tensors.keys()].slice(0, 100) } },
    );
  const used = new Set(names.map((name) => find(name)!.name));
  const read = (name: string, dims: readonly number[]): Tensor =>
    fitted(find(name)!, dims, { form, rows, path });
  const given = (name: string, dims: readonly number[]): Tensor => {
    const tensor = read(name, dims);
    if (types !== 1 || name !== "embeddings.position_embeddings.weight") return tensor;
    const { data: type } = read(segments, [1, dims[1]!]);
    const places = tensor.data as Float32Array;
    return float32(
      dims,
      places.map((value, i) => value + (type as Float32Array)[i % dims[1]!]!),
    );
  };
  const graph = bert(options, given);
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  const { architectures } = config;
  return {
    bytes,
    // Its settings decide what the weights compute: another config.json is another model, and its cached features are others.
    externalData: new Map([...parts, ["config.json", await files.read(configPath)]]),
    imported: {
      ...{ graph, opset: 18, irVersion: 8, storedAs: new Map(), producer: "Transformers" },
      notes: [
        `read from safetensors of ${String(config.model_type)}${Array.isArray(architectures) && typeof architectures[0] === "string" ? ` (${architectures[0].slice(0, 100)})` : ""}`,
        ...(unused.length > 0
          ? [
              `${unused.length} tensors that the encoder does not need were left out: ${unused.slice(0, 5).join(", ")}`,
            ]
          : []),
      ],
    },
  };
}

/** A tensor of a file. */
interface StoredTensor {
  /** As in the file. */
  readonly name: string;
  /** @throws ModelError for a damaged entry, and for quantised numbers */
  readonly read: () => Tensor;
}

const segments = "embeddings.token_type_embeddings.weight";

/** Returns the number of segments: that of config.json, else the rows of their table, as BERT's own files have it. */
function segmentsOf(config: Config, table: StoredTensor | undefined, at: string): number {
  const { type_vocab_size: count = table?.read().dims[0] ?? 2 } = config;
  if (Number.isInteger(count) && (count as number) > 0 && (count as number) <= most.hidden_size)
    return count as number;
  throw unusable(
    `type_vocab_size in config.json is ${JSON.stringify(count)}, and is the number of segments`,
    at,
  );
}

/** Returns a function that finds a tensor by BERT's name. It throws a ModelError if two may be meant. */
function finder(tensors: ReadonlyMap<string, StoredTensor>, form: EncoderForm, path: string) {
  return (name: string): StoredTensor | undefined => {
    const [found, other] = [...new Set(namesInFile(name, form))].filter((one) => tensors.has(one));
    if (found !== undefined && other !== undefined)
      throw unusable(`${found} and ${other} are both there, and an encoder has one of them`, path, {
        help: "save the encoder alone: AutoModel.from_pretrained(FOLDER).save_pretrained(NEW)",
      });
    return found === undefined ? undefined : tensors.get(found);
  };
}

/** Returns a tensor of the file in the form of the graph: float32, linear ones as [in, out], positions from the first one on. */
function fitted(
  { name, read }: StoredTensor,
  dims: readonly number[],
  { form, rows, path }: { readonly form: EncoderForm; readonly rows: number; readonly path: string },
): Tensor {
  const tensor = read();
  const isLinear = dims.length === 2 && !/embeddings\.|relative_attention_bias/.test(name);
  const wanted = name.endsWith("position_embeddings.weight")
    ? [rows, dims[1]!]
    : isLinear
      ? [dims[1]!, dims[0]!]
      : dims;
  if (tensor.dims.length !== wanted.length || tensor.dims.some((size, i) => size !== wanted[i]))
    throw unusable(`${name} has the sizes [${tensor.dims}], and config.json asks for [${wanted}]`, path, {
      details: { name, dims: tensor.dims },
    });
  const { data } = castTensor(tensor, "float32");
  if (isLinear) return float32(dims, transposed(data, wanted[0]!, wanted[1]!));
  return float32(
    dims,
    name.endsWith("position_embeddings.weight") ? data.subarray(form.firstPosition * dims[1]!) : data,
  );
}

/** [rows, columns] -> [columns, rows]. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c]!;
  return turned;
}

/** Opens the tensors of a file, or of an index and its parts. Each is taken from the part that the index names. */
async function openTensors(path: string, platform: Platform) {
  const { files } = platform;
  const folder = files.dirname(path);
  const tensors = new Map<string, StoredTensor>();
  const open = (content: Uint8Array, at: string, isWanted: (name: string) => boolean): void => {
    if (isLfsPointer(content))
      throw unusable("it is a Git LFS pointer, the weights themselves were not downloaded", at, {
        help: "download the file itself: git lfs pull",
      });
    const opened = openSafetensors(content, (why) =>
      unusable(why, at, { help: "the file is damaged: copy or download it again" }),
    );
    for (const name of opened.names.filter(isWanted)) {
      const read = (): Tensor => {
        const type = opened.typeOf(name);
        if (type === undefined || readTypes.includes(type)) return opened.read(name);
        throw unusable(
          `${name} has numbers of the type ${JSON.stringify(type)}: its weights are quantised, and ${readTypes.join(", ")} are read`,
          at,
          { help: withoutQuantisation, details: { name, type } },
        );
      };
      tensors.set(name, { name, read });
    }
  };
  const isIndex = path.endsWith(".json");
  const bytes = await files.read(path, isIndex ? { limit: modelJsonLimit } : {});
  if (!isIndex) {
    open(bytes, path, () => true);
    return { bytes, parts: new Map<string, Uint8Array>(), tensors };
  }
  const { weight_map: map } = ((await readJson(platform, path)) ?? {}) as Config;
  const places = new Map(Object.entries((typeof map === "object" && map) || {}));
  const names = [...new Set(places.values())];
  if (names.length === 0 || names.length > 1000) throw unusable("its index names no files", path);
  const parts = new Map<string, Uint8Array>();
  for (const name of names) {
    if (typeof name !== "string" || !/^[^\\/:\0]{1,200}\.safetensors$/.test(name))
      throw unusable(`its index names a file out of its folder: ${JSON.stringify(name)}`, path);
    const part = files.join(folder, name);
    if ((await files.stat(part))?.kind !== "file") throw unusable(`${name} is not beside its index`, path);
    await refuseOutsideLink({ model: path, path: part, location: name }, platform);
    const content = await files.read(part);
    parts.set(name, content);
    open(content, part, (tensor) => places.get(tensor) === name);
  }
  return { bytes, parts, tensors };
}
