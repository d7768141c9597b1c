// Encoders of texts as Transformers writes them: config.json, and safetensors in one file or in several.

import { EngraftError } from "../../core/errors.js";
import { modelJsonLimit } from "../../core/file-limits.js";
import { castTensor, float32, type Tensor, zeros } from "../../core/tensor.js";
import { leadsOut } from "../../platform/leads-out.js";
import type { Platform } from "../../platform/platform.js";
import { type BertOptions, bert, type bertActivations } from "../architectures/bert.js";
import type { OpenedFile } from "../open/opened-file.js";
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

const unusable = (why: string, at: string, details: Readonly<Record<string, unknown>> = {}): EngraftError =>
  new EngraftError("ModelError", `the encoder cannot be read: ${why}`, {
    at,
    help: `export it as ONNX: optimum-cli export onnx --model ${at.replace(/[\\/][^\\/]*$/, "")} model/`,
    details,
  });

/** Names of activations in config.json. */
const activations: Readonly<Record<string, keyof typeof bertActivations>> = {
  ...{ gelu: "gelu", gelu_new: "gelu_new", gelu_pytorch_tanh: "gelu_new", gelu_fast: "gelu_new" },
  ...{ relu: "relu", silu: "silu", swish: "silu" },
};

/** True if config.json describes an encoder that is read. */
export const isKnownEncoder = (config: unknown): boolean => {
  const { model_type: type } = (config ?? {}) as Config;
  return typeof type === "string" && Object.hasOwn(encoderForms, type);
};

/**
 * Returns the sizes of an encoder.
 * @throws ModelError for an unknown model_type, for sizes that are none, and for a decoder or relative positions
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
  const { type_vocab_size: types, layer_norm_eps: epsilon, embedding_size: embedded } = config;
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
    epsilon: typeof epsilon === "number" && epsilon > 0 && epsilon < 1 ? epsilon : 1e-12,
    ...(isSize(embedded) && { embedded }),
    ...(form.hasDistances && { buckets: buckets as number }),
    // One segment for all tokens is a part of their positions.
    ...(!form.isWithoutTypes && isSize(types) && types > 1 && { types }),
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
  if (!(await files.stat(configPath))) throw unusable("no config.json is beside its weights", path);
  const config = ((await readJson(platform, configPath)) ?? {}) as Config;
  if (!isKnownEncoder(config))
    throw unusable(
      `its model_type is ${JSON.stringify(config.model_type)}; read are ${Object.keys(encoderForms).join(", ")}`,
      configPath,
      { model_type: config.model_type },
    );
  const form = encoderForms[config.model_type as string]!;
  const sizes = sizesOf(config, form, configPath);
  const { bytes, parts } = await readParts(path, platform);
  const tensors = new Map(
    [...(parts ?? [["", bytes]])].flatMap(([name, content]) => {
      const at = name === "" ? path : files.join(folder, name as string);
      const opened = openSafetensors(content as Uint8Array, (why) => unusable(why, at));
      return opened.names.map((tensor) => [tensor, () => opened.read(tensor)] as const);
    }),
  );
  const used = new Set<string>();
  const missing: string[] = [];
  const read = (name: string, dims: readonly number[]): Tensor => {
    const found = namesInFile(name, form).find((one) => tensors.has(one));
    if (found === undefined) {
      missing.push(name);
      return zeros("float32", dims);
    }
    used.add(found);
    return fitted(tensors.get(found)!(), found, dims, { form, rows: sizes.rows, path });
  };
  const hasOneType = !form.isWithoutTypes && config.type_vocab_size === 1;
  const given = (name: string, dims: readonly number[]): Tensor => {
    const tensor = read(name, dims);
    if (!hasOneType || name !== "embeddings.position_embeddings.weight") return tensor;
    const { data: type } = read("embeddings.token_type_embeddings.weight", [1, dims[1]!]);
    const places = tensor.data as Float32Array;
    return float32(
      dims,
      places.map((value, i) => value + (type as Float32Array)[i % dims[1]!]!),
    );
  };
  const graph = bert(sizes, given);
  if (missing.length > 0)
    throw unusable(
      `${missing.length} tensors of ${String(config.model_type)} are missing: ${missing.slice(0, 3).join(", ")}; the file has ${[...tensors.keys()].slice(0, 3).join(", ")}`,
      path,
      { missing, found: [...tensors.keys()].slice(0, 100) },
    );
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  const { architectures } = config;
  return {
    bytes,
    // Its settings decide what the weights compute: another config.json is another model, and its cached features are others.
    externalData: new Map([...(parts ?? []), ["config.json", await files.read(configPath)]]),
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

/** Returns a tensor of the file in the form of the graph: float32, linear ones as [in, out], positions from the first one on. */
function fitted(
  tensor: Tensor,
  name: string,
  dims: readonly number[],
  { form, rows, path }: { readonly form: EncoderForm; readonly rows: number; readonly path: string },
): Tensor {
  const isLinear = dims.length === 2 && !/embeddings\.|relative_attention_bias/.test(name);
  const wanted = name.endsWith("position_embeddings.weight")
    ? [rows, dims[1]!]
    : isLinear
      ? [dims[1]!, dims[0]!]
      : dims;
  if (tensor.dims.length !== wanted.length || tensor.dims.some((size, i) => size !== wanted[i]))
    throw unusable(`${name} has the sizes [${tensor.dims}], and config.json asks for [${wanted}]`, path, {
      name,
      dims: tensor.dims,
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

/** Returns the bytes of a file, or of an index and its parts. */
async function readParts(
  path: string,
  platform: Platform,
): Promise<{ readonly bytes: Uint8Array; readonly parts?: ReadonlyMap<string, Uint8Array> }> {
  const { files } = platform;
  const bytes = await files.read(path, path.endsWith(".json") ? { limit: modelJsonLimit } : {});
  if (!path.endsWith(".json")) return { bytes };
  const { weight_map: map } = ((await readJson(platform, path)) ?? {}) as Config;
  const names = typeof map === "object" && map !== null ? [...new Set(Object.values(map as object))] : [];
  if (names.length === 0 || names.length > 1000) throw unusable("its index names no files", path);
  const parts = new Map<string, Uint8Array>();
  const folder = files.dirname(path);
  for (const name of names) {
    if (typeof name !== "string" || !/^[^\\/:\0]{1,200}\.safetensors$/.test(name))
      throw unusable(`its index names a file out of its folder: ${JSON.stringify(name)}`, path);
    const part = files.join(folder, name);
    if ((await files.stat(part))?.kind !== "file") throw unusable(`${name} is not beside its index`, path);
    if (leadsOut(files.relative(await files.realPath(folder), await files.realPath(part))))
      throw unusable(`${name} is a link that leaves the model's folder`, path);
    parts.set(name, await files.read(part));
  }
  return { bytes, parts };
}
