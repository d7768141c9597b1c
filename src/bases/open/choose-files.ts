import { EngraftError } from "../../core/errors.js";

/** The files of a repository or folder that make up a base. */
export interface BaseFiles {
  readonly onnx: string;
  /** The decoder of an encoder–decoder; `onnx` is then its encoder, or the decoder if there is no encoder. See `chooseParts`. */
  readonly decoder?: string | undefined;
  /** Files with weights, next to the ONNX files. */
  readonly external: readonly string[];
  readonly preprocessor: string | undefined;
  readonly config: string | undefined;
  /** The files of {@link textFiles} that exist: tokenizer and pooling. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Files beside a text encoder. */
export const textFiles = [
  "tokenizer.json",
  "tokenizer_config.json",
  "vocab.txt",
  "1_Pooling/config.json",
  "generation_config.json",
  "chat_template.jinja",
] as const;

/** Files of models in other forms that are read like ONNX. */
export const importedName = /\.(json|zip|safetensors)$/i;

/** Usual paths of the model in Hugging Face repositories, the most precise first. One of integers cannot be fine-tuned. */
const usual = [
  ...["onnx/model.onnx", "model.onnx", "onnx/encoder_model.onnx"],
  ...["onnx/model_fp16.onnx", "model_fp16.onnx"],
];
/** Names of models whose weights are integers. */
export const ofIntegers = /_(q4|q4f16|bnb4|int8|uint8|quantized|quantised)\.onnx$/;

/**
 * Chooses from the paths in a repository.
 * @param file the ONNX file that the user named
 * @param where for messages: "hf:org/name"
 * @throws ModelError if there is no ONNX file, or several and none has a usual name
 */
export function chooseFiles(paths: readonly string[], file: string | undefined, where: string): BaseFiles {
  const onnxFiles = paths.filter((path) => path.endsWith(".onnx")).sort();
  const onnx =
    file ?? usual.find((path) => paths.includes(path)) ?? (onnxFiles.length === 1 ? onnxFiles[0] : undefined);
  if (onnx === undefined || !paths.includes(onnx)) {
    const several = onnxFiles.length > 0;
    throw new EngraftError(
      "ModelError",
      file !== undefined
        ? `${where} has no file ${file}`
        : several
          ? onnxFiles.every((path) => ofIntegers.test(path))
            ? `${where} has ONNX files of 4-bit and 8-bit weights only: they can be probed, not fine-tuned`
            : `${where} has ${onnxFiles.length} ONNX files and none is called model.onnx`
          : `${where} has no ONNX file`,
      {
        help: several
          ? `choose one: ${onnxFiles
              .slice(0, 8)
              .map((path) => `${where}#${path}`)
              .join(", ")}`
          : "only models in ONNX format can be used; many have a copy under the names onnx-community or Xenova",
        details: { files: onnxFiles },
      },
    );
  }
  const external = paths.filter((path) => path.startsWith(`${onnx}_data`) || path.startsWith(`${onnx}.data`));
  const inSameFolder = (name: string) => {
    const folder = onnx.includes("/") ? onnx.slice(0, onnx.lastIndexOf("/") + 1) : "";
    return [`${folder}${name}`, name].find((path) => paths.includes(path));
  };
  const texts = textFiles.flatMap((name) => {
    const path = inSameFolder(name);
    return path === undefined ? [] : [[name, path] as const];
  });
  return {
    onnx,
    external,
    preprocessor: inSameFolder("preprocessor_config.json"),
    config: inSameFolder("config.json"),
    texts: Object.fromEntries(texts),
  };
}
