import { EngraftError } from "../core/errors.js";
import type { Dataset } from "../data/index.js";
import type { TrainOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { Extension } from "../train/fit.js";
import type { Moved, RunFolder } from "./folder/run-folder.js";

/** Options of a resumed training. The record of the run holds all others. */
export interface ResumeTrainingOptions
  extends Pick<TrainOptions, "onEvent" | "signal" | "threads" | "device"> {
  /** New location of the run's data; or the dataset itself, if it was opened with its own options. */
  readonly data?: string | Dataset;
  /** New locations of the run's base, its teacher, and the model of `initFrom`. */
  readonly base?: string;
  readonly teacher?: string;
  readonly initFrom?: string;
  /**
   * Trains a finished run further: `{ epochs: 3 }` or `{ seconds: 600 }`. It begins with the weights that were kept, goes through
   * the schedule again, and keeps the best epoch of all. Default: a finished run returns its result.
   */
  readonly more?: Extension;
}

/**
 * Returns the new locations of a run's models.
 * @throws OptionError for a model that the run does not have
 */
export async function modelsNow(
  { path, manifest }: RunFolder,
  { base, teacher, initFrom }: Pick<ResumeTrainingOptions, "base" | "teacher" | "initFrom">,
  platform: Platform,
): Promise<Pick<Moved, "base" | "teacher" | "initFrom">> {
  const { options } = manifest;
  for (const [name, now, before] of [
    ["a teacher", teacher, options.teacher],
    ["weights of another model", initFrom, options.initFrom],
  ] as const)
    if (now !== undefined && before === undefined)
      throw new EngraftError("OptionError", `the run was started without ${name}`, {
        at: path,
        help: "leave it out, or start a new run with another --out",
      });
  return {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...(teacher !== undefined && { teacher: await fromAnywhere(teacher, platform) }),
    ...(initFrom !== undefined && { initFrom: await fromAnywhere(initFrom, platform) }),
  };
}

/** Returns the absolute path of a base, so that the run can be resumed from another folder. A name stays as it is. */
export async function fromAnywhere(base: string, { files }: Platform): Promise<string> {
  if (!/[\\/]|\.onnx$/i.test(base) || base.startsWith("hf:")) return base;
  const path = files.resolve(base);
  return (await files.stat(path)) ? path : base;
}
