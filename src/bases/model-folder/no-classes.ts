import { EngraftError } from "../../core/errors.js";
import { namesDecoder } from "../sequences/may-write.js";

/** Returns the error of a model of texts that has no classes: a decoder continues texts, an encoder predicts nothing. */
export function noClasses(config: Readonly<Record<string, unknown>>, dir: string): EngraftError {
  return namesDecoder(config)
    ? new EngraftError("ModelError", "the model is a decoder without classes: it continues texts", {
        at: dir,
        help: 'openTextGenerator(folder), or engraft predict FOLDER "a text"; for classes: engraft train <texts> --base FOLDER',
      })
    : new EngraftError("ModelError", "the model is a text encoder without classes: it predicts nothing", {
        at: dir,
        help: "train it: engraft train <texts> --base FOLDER, or train(texts, { base: folder })",
      });
}
