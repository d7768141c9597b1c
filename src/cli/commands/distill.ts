import { distill as distillModel } from "../../api/train.js";
import { EngraftError } from "../../core/errors.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { requireResume } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { renderAnyResult } from "../render/render-result.js";
import { resumable } from "../resumable.js";
import { resumeAs } from "./train.js";

/** `engraft distill <data> --teacher MODEL`, or `engraft distill --resume DIR`. */
export const distill: Command<OptionsOf<"distill">> = async (args, options, context) => {
  if (options.resume !== undefined) return resumeAs("distill", args, options, context);
  requireResume(options);
  const [data] = args;
  const { teacher, method, noComparison, noBaselines } = options;
  if (data === undefined || teacher === undefined)
    throw new EngraftError(
      "OptionError",
      data === undefined ? "distill needs a data folder" : "distill needs a teacher",
      { help: "engraft distill <data> --teacher MODEL: a run or a model that knows the data's classes" },
    );
  const { output, signal } = context;
  const result = await resumable("distill", output.onEvent, (onEvent) =>
    distillModel(data, {
      ...trainOptionsOf(options),
      teacher,
      ...(method !== undefined && { method }),
      ...((noComparison === true || noBaselines === true) && { comparison: false }),
      onEvent,
      signal,
    }),
  );
  output.result({ ...result }, await renderAnyResult(result, output.verbose));
};
