import { EngraftError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import type { Platform } from "../../platform/platform.js";
import { readLabels } from "../model-folder/model-folder.js";
import { type AudioFolder, openAudioFolder } from "./audio-folder.js";

/** A model folder with one row of scores for each sound: `input_values` -> `logits` float32[batch, C]. */
export interface SoundFolder extends AudioFolder {
  /** Names of the outputs: classes, labels or numbers. */
  readonly classes: readonly string[];
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
}

/** Reads a model folder with one row of scores for each sound. @throws ModelError if it is damaged, or takes no sounds */
export async function readSoundFolder(platform: Platform, path: string): Promise<SoundFolder> {
  const { folder, shape, file, json } = await openAudioFolder(platform, path);
  const classes = readLabels(await json("config.json"), file("config.json"));
  if (shape?.length !== 2 || shape[1] !== classes.length)
    throw new EngraftError(
      "ModelError",
      `the model gives ${shape?.at(-1)} scores, its config.json names ${classes.length} classes`,
      { at: folder.dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  return { ...folder, classes, outputShapes: [["batch", classes.length]] };
}
