// What a model file is that is not ONNX, and what to do with it. Recognised by bytes, else by name; a folder or a repository by the names in it.
import { EngraftError } from "../core/errors.js";

/** A format of models other than ONNX. */
interface ForeignModel {
  readonly what: string;
  /** First bytes of a file. Bytes are Latin-1. */
  readonly begins?: RegExp;
  /** What a file of these first bytes also holds near its begin or end, such as the names in a zip. */
  readonly holds?: RegExp;
  /** True if an unpacked folder shows it too: the names in it are what `holds` finds. */
  readonly isFolderToo?: true;
  /** Name of a file. */
  readonly name?: RegExp;
  /** True if it is read as a base: it is no data. */
  readonly isRead?: true;
  /** True if data are kept in such files too: among data they are none of a model. */
  readonly isDataToo?: true;
  /** What is read instead. Default: models in ONNX. */
  readonly reads?: string;
  /** Cure. FILE becomes the path, FOLDER that of its folder; in quotes it is a text of Python. */
  readonly help: string;
}

const exportFromTorch =
  'torch.onnx.export(model.eval(), example, "model.onnx", opset_version=17, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)';
const weightsOfTorch = `it holds weights without their network: load them into it in Python, then ${exportFromTorch}`;
/** Pictures are fed with channels first; Keras and TensorFlow have them last. */
const channelsFirst = "--inputs-as-nchw INPUT:0 --opset 17 --output model.onnx";
const fromKeras = `python -c 'import keras; keras.saving.load_model("FILE").export("saved")', then python -m tf2onnx.convert --saved-model saved ${channelsFirst}`;
/** Cure for a TF.js layers model that is not read: `--tfjs` of tf2onnx takes graph models only. */
export const fromTfjsLayers = `convert the model with Python: tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras model.json model.h5, then ${fromKeras.replace("FILE", "model.h5")}`;
const zip = /^PK[^\w\s]{2}/;
const ofTeachableMachine = {
  reads: "its TensorFlow.js download",
  help: "choose TensorFlow.js, Download in the export of Teachable Machine, and give that archive",
  begins: zip,
  isFolderToo: true,
} as const;
const isNoBase =
  "trees are no base to fine-tune. Train on the table itself: engraft train TABLE.csv, with --strategy trees for boosted trees";
const fromItsSource =
  "take the model that it was made from, or a copy of it in ONNX (onnx-community on the Hugging Face hub)";
const pickle = /^\x80[^\w\s]/;
/** A length in eight bytes, of which the last four are zero, and a header in JSON. */
const safetensors = /^[\s\S]{4}[^ -~\s]{4}\{"/;
const json = /^\s*\{/;
const tfjsLayers = "a TF.js layers model";
const tfjsGraph = "a TF.js graph model";
const coreMl = "a Core ML model";
/** Cure for a model that is given as data. */
const isBase = "give it as the base of your data: engraft train DATA --base FILE";

/** The formats; the first that fits counts. */
const formats: readonly ForeignModel[] = [
  {
    what: "TorchScript",
    begins: zip,
    holds: /\/code\/__torch__|\/constants\.pkl/,
    help: `python -c 'import torch; torch.onnx.export(torch.jit.load("FILE").eval(), torch.randn(1, 3, 224, 224), "model.onnx")', with an example of its input`,
  },
  { what: "PyTorch weights", begins: zip, holds: /\/data\.pkl/, help: weightsOfTorch },
  { what: "a Keras 3 model", begins: zip, holds: /model\.weights\.h5/, help: fromKeras },
  {
    what: "the Keras download of a Teachable Machine project",
    ...ofTeachableMachine,
    holds: /^(?=[\s\S]*\bkeras_model\.h5)(?=[\s\S]*\blabels\.txt)/,
  },
  {
    what: "the TensorFlow Lite download of a Teachable Machine project",
    ...ofTeachableMachine,
    holds: /^(?=[\s\S]*\bmodel(_unquant)?\.tflite)(?=[\s\S]*\blabels\.txt)/,
  },
  {
    what: "the SavedModel download of a Teachable Machine project",
    ...ofTeachableMachine,
    holds: /^(?=[\s\S]*\bmodel\.savedmodel)(?=[\s\S]*\blabels\.txt)/,
  },
  {
    what: "a TF.js model in a zip archive, as Teachable Machine exports it",
    begins: zip,
    holds: /^(?=[\s\S]*\bmodel\.json)(?=[\s\S]*\.bin)/,
    isRead: true,
    help: isBase,
  },
  {
    what: "PyTorch weights of before version 1.6",
    begins: /^\x80[^\w\s]\x8a\nl\xfc\x9cF\xf9 j\xa8P/,
    help: weightsOfTorch,
  },
  {
    what: "a scikit-learn model",
    begins: pickle,
    holds: /sklearn[._]/,
    name: /\.joblib$/i,
    help: isNoBase,
  },
  {
    what: "a pickled model",
    begins: pickle,
    name: /\.(pt|pth|ckpt)$/i,
    isDataToo: true,
    help: weightsOfTorch,
  },
  { what: "a Keras model in HDF5", begins: /^\x89HDF/, holds: /model_config/, help: fromKeras },
  {
    what: "HDF5, weights without a network",
    begins: /^\x89HDF/,
    name: /\.weights\.h5$/i,
    isDataToo: true,
    help: `build the network in Keras, load them with load_weights and save the model, then go on as with that`,
  },
  { what: "a Keras model", name: /\.(keras|h5|hdf5)$/i, isDataToo: true, help: fromKeras },
  {
    what: "a TensorFlow Lite model",
    begins: /^[\s\S][^ -~\s]{3}TFL3/,
    name: /\.tflite$/i,
    help: `python -m tf2onnx.convert --tflite FILE ${channelsFirst}. One with int8 weights can be probed, not fine-tuned`,
  },
  {
    what: "ONNX Runtime's own format",
    begins: /^[\s\S][^ -~\s]{3}ORTM/,
    name: /\.ort$/i,
    help: "give the .onnx file that it was made from",
  },
  {
    what: "a GGUF model of llama.cpp",
    begins: /^GGUF/,
    name: /\.gguf$/i,
    help: "give the repository that it was made from: optimum-cli export onnx --model NAME model/",
  },
  {
    what: "an adapter without its model",
    begins: safetensors,
    holds: /lora_[AB]/,
    name: /(^|[\\/])adapter_(model|config)\.\w+$/,
    help: 'merge it into its model with PEFT: model.merge_and_unload().save_pretrained("merged"), then optimum-cli export onnx --model merged model/',
  },
  {
    what: "safetensors, weights without a network",
    begins: safetensors,
    name: /\.safetensors(\.index\.json)?$/i,
    help: "export the folder around it: optimum-cli export onnx --model FOLDER model/",
  },
  {
    what: "weights of Transformers",
    name: /(^|[\\/])(pytorch_model(-\d+-of-\d+)?\.bin|pytorch_model\.bin\.index\.json|tf_model\.h5|flax_model\.msgpack)$/,
    help: "export the folder around it: optimum-cli export onnx --model FOLDER model/",
  },
  {
    what: tfjsGraph,
    begins: json,
    holds: /"format"\s*:\s*"graph-model"/,
    help: `python -m tf2onnx.convert --tfjs FILE ${channelsFirst}`,
  },
  {
    what: tfjsLayers,
    begins: json,
    holds: /"format"\s*:\s*"layers-model"|"modelTopology"/,
    isRead: true,
    help: isBase,
  },
  {
    what: "an XGBoost model",
    begins: json,
    holds: /"learner"\s*:\s*\{|^\{L[\s\S]{8}learner/,
    name: /\.ubj$/i,
    help: isNoBase,
  },
  { what: "a LightGBM model", begins: /^tree\r?\nversion=v/, help: isNoBase },
  { what: "a CatBoost model", begins: /^CBM1/, name: /\.cbm$/i, help: isNoBase },
  {
    what: "a SavedModel of TensorFlow",
    name: /(^|[\\/])saved_model\.pb(txt)?$/,
    help: `python -m tf2onnx.convert --saved-model FOLDER ${channelsFirst}`,
  },
  {
    what: "a frozen graph of TensorFlow",
    name: /\.pb$/i,
    help: `python -m tf2onnx.convert --graphdef FILE --inputs INPUT:0 --outputs OUTPUT:0 ${channelsFirst}`,
  },
  {
    what: "an OpenVINO model",
    begins: /^(<\?xml[^>]*>\s*)?<net\s/,
    name: /openvino_model\.(xml|bin)$/,
    help: fromItsSource,
  },
  {
    what: "a PaddlePaddle model",
    name: /\.pd(model|iparams)$/i,
    help: "paddle2onnx --model_dir FOLDER --model_filename NAME.pdmodel --params_filename NAME.pdiparams --save_file model.onnx",
  },
  { what: coreMl, name: /\.ml(model|package|modelc)$/i, help: fromItsSource },
  {
    what: "a model of Caffe, Darknet or TensorRT",
    name: /\.(caffemodel|weights|engine|plan)$/i,
    help: fromItsSource,
  },
];

/** Bytes at the begin and the end of a file that are searched. A zip lists its files at its end. */
const searched = 2 ** 16;

const latin = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};

/** Returns the format of a file by its bytes; undefined if they show none. */
function shownBy(bytes: Uint8Array): ForeignModel | undefined {
  const begin = latin(bytes.subarray(0, searched));
  const both = bytes.length > searched ? begin + latin(bytes.subarray(-searched)) : begin;
  return formats.find(
    ({ begins, holds }) => begins?.test(begin) === true && (holds === undefined || holds.test(both)),
  );
}

const named = (path: string): ForeignModel | undefined => formats.find(({ name }) => name?.test(path));

/** First byte of an ONNX file: the field of its version. A SavedModel has it too. */
const onnxBegin = 8;
const mayBeOnnx = (path: string, bytes: Uint8Array): boolean =>
  bytes[0] === onnxBegin && !/saved_model\.pb$/.test(path);

/** Returns a path as a word of a command. */
export const shellWord = (text: string): string =>
  /^[\w./:\\-]+$/.test(text) ? text : `"${text.replace(/["$`]/g, "\\$&")}"`;
/** Returns a path as a text of Python, inside a command in single quotes. */
const pythonText = (text: string): string => JSON.stringify(text).replaceAll("'", "'\\''");

interface Found {
  /** The file that was found, for commands. Default: the path. */
  readonly file?: string;
  readonly isInFolder?: boolean;
}

function refusal(
  { what, help, isRead, reads = "models in ONNX" }: ForeignModel,
  path: string,
  { file = path, isInFolder = false }: Found = {},
): EngraftError {
  const folder = isInFolder ? path.replace(/^hf:/, "") : (/^(.+)[\\/][^\\/]*$/.exec(path)?.[1] ?? ".");
  const words: Readonly<Record<string, string>> = {
    '"FILE"': pythonText(file),
    FILE: shellWord(file),
    FOLDER: shellWord(folder),
  };
  return new EngraftError(
    "ModelError",
    `${JSON.stringify(path)} ${isInFolder ? "holds" : "is"} ${what}${isRead ? ", not data" : `: Engraft reads ${reads}`}`,
    {
      help: help.replace(/"FILE"|FILE|FOLDER/g, (word) => words[word]!),
      details: { format: what },
    },
  );
}

/** Returns the error for a TF.js graph model. @param model path of its model.json. In an archive: the path there */
export function tfjsGraphModel(path: string, model: string): EngraftError {
  const row = formats.find(({ what }) => what === tfjsGraph)!;
  const help = model === path ? row.help : `unpack it, then ${row.help}`;
  return refusal({ ...row, help }, path, { file: model });
}

/**
 * Returns the error for a file that is a model of another format; undefined if it is none that is known.
 * @param bytes of the file, at least its first and last 64 KB. Missing: its name decides
 */
export function foreignModel(path: string, bytes?: Uint8Array): EngraftError | undefined {
  const found = (bytes && shownBy(bytes)) ?? (bytes && mayBeOnnx(path, bytes) ? undefined : named(path));
  return found && refusal(found, path);
}

/** Returns the error for a file that is given as data and is a model; undefined for any other file. */
export function modelAmongData(path: string, bytes: Uint8Array): EngraftError | undefined {
  const found = shownBy(bytes) ?? named(path);
  return found && !found.isDataToo ? refusal(found, path) : undefined;
}

/** True for the names of a folder that holds a model of TF.js. */
export const isTfjsFolder = (names: readonly string[]): boolean =>
  names.includes("model.json") && names.some((name) => /\.bin$|shard/i.test(name));

/**
 * Returns the error for a folder or a repository without an ONNX file; undefined if its names show no other format.
 * @param where path, or "hf:org/name"
 */
export function foreignFolder(names: readonly string[], where: string): EngraftError | undefined {
  const found = formatIn(names, where);
  return found && folderRefusal(found, where);
}

function folderRefusal(
  { row, name }: { readonly row: ForeignModel; readonly name?: string },
  where: string,
): EngraftError {
  if (name === undefined) return refusal(row, where);
  const file = where.startsWith("hf:") ? name : `${where.replace(/[\\/]$/, "")}/${name}`;
  return refusal(row, where, { file, isInFolder: true });
}

/** A folder that is one model for its program. */
const bundle = /\.ml(package|modelc)[\\/]?$/i;

/** Returns the format of a folder, and the name that shows it. Without a name the folder is the model. */
function formatIn(
  names: readonly string[],
  folder: string,
  isWanted: (row: ForeignModel) => boolean = () => true,
): { readonly row: ForeignModel; readonly name?: string } | undefined {
  if (bundle.test(folder)) return { row: formats.find(({ what }) => what === coreMl)! };
  const all = names.join("\n");
  const whole = formats.find(({ isFolderToo, holds }) => isFolderToo && holds!.test(all));
  for (const name of names) {
    const row = whole ?? named(name);
    if (row && isWanted(row)) return { row, name };
  }
  return undefined;
}

/** Returns the error for a folder that is given as data and holds a model; undefined for any other folder. */
export function modelFolderAmongData(names: readonly string[], folder: string): EngraftError | undefined {
  if (isTfjsFolder(names))
    return refusal(formats.find(({ what }) => what === tfjsLayers)!, folder, { isInFolder: true });
  const found = formatIn(names, folder, ({ isDataToo }) => !isDataToo);
  return found && folderRefusal(found, folder);
}
