import { EngraftError } from "../../core/errors.js";
import { type BaseFiles, chooseFiles, ofIntegers } from "./choose-files.js";

const partName = /(^|\/)(encoder_model|decoder_model(_merged)?|decoder_with_past_model)(_\w+)?\.onnx$/;
/** Variants, the most precise first. */
const variants = ["", "_fp16"];

/**
 * Chooses the files of a model that writes from the paths in a repository: of an encoder–decoder, in the layout of optimum and
 * Transformers.js, its encoder and its decoder. The decoder is the file with both branches if there is one, else the one that begins a text.
 * @param file the ONNX file that the user named; its variant is taken
 * @param where for messages: "hf:org/name"
 * @returns as {@link chooseFiles}, if there are no such files, or if the user named another one
 * @throws as {@link chooseFiles}; ModelError if the parts have 4-bit and 8-bit weights only, or the user named one of those
 */
export function chooseParts(paths: readonly string[], file: string | undefined, where: string): BaseFiles {
  const parts = paths.filter((path) => partName.test(path));
  if (parts.length === 0 || (file !== undefined && !partName.test(file)))
    return chooseFiles(paths, file, where);
  const named = file === undefined ? undefined : (partName.exec(file)![4] ?? "");
  const find = (...names: readonly string[]): string | undefined =>
    (named === undefined ? variants : [named])
      .flatMap((variant) =>
        names.flatMap((name) => [`onnx/${name}${variant}.onnx`, `${name}${variant}.onnx`]),
      )
      .find((path) => parts.includes(path));
  const [encoder, decoder] = [find("encoder_model"), find("decoder_model_merged", "decoder_model")];
  const isInteger = (path = ""): boolean => ofIntegers.test(path);
  // A decoder or a classifier in one file, beside which there may be parts.
  const isWhole = encoder === undefined && paths.some((path) => /^(onnx\/)?model\.onnx$/.test(path));
  const isNone = encoder === undefined && decoder === undefined;
  if (file === undefined && (isWhole || (isNone && !parts.some(isInteger))))
    return chooseFiles(paths, file, where);
  if (isInteger(file) || isNone)
    throw new EngraftError(
      "ModelError",
      `${file ?? where} has 4-bit or 8-bit weights: they cannot be used to write`,
      {
        help: "take onnx/encoder_model.onnx and onnx/decoder_model_merged.onnx, or both with _fp16",
        details: { files: parts },
      },
    );
  const chosen = chooseFiles(paths, encoder ?? decoder, where);
  if (decoder === undefined || decoder === chosen.onnx) return { ...chosen, decoder };
  return {
    ...chosen,
    decoder,
    external: [...chosen.external, ...chooseFiles(paths, decoder, where).external],
  };
}
