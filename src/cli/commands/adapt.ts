import { EngraftError } from "../../core/errors.js";
import { isSourceFree } from "../../methods/adapt/registry.js";
import { adapt as adaptData, resumeAdapt } from "../../regimes/adaptation/adapt.js";
import type { AdaptModelOptions } from "../../regimes/source-free/options.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { studyLines } from "../render/render-report.js";
import { linesOfResumed, resumable } from "../resumable.js";

/** `engraft adapt <source> <target>`, whose source may be a model, or `engraft adapt --resume DIR`. */
export const adapt: Command<OptionsOf<"adapt">> = async (args, options, { output, signal }) => {
  const [source, target] = args;
  const { json: _json, quiet: _quiet, help: _help, resume, noCache, ...given } = options;
  if (resume !== undefined) {
    refuseOtherOptions("adapt", args, options, "run", ["threads", "device"]);
    const { threads, device } = options;
    const result = await resumable("adapt", output.onEvent, (onEvent) =>
      resumeAdapt(resume, { onEvent, signal, threads, device }),
    );
    output.result({ ...result }, await linesOfResumed(resume, result, studyLines));
    return;
  }
  if (source === undefined || target === undefined)
    throw new EngraftError("OptionError", "adapt needs a source with labels and a target", {
      help: "engraft adapt <source> <target>: two folders or lists of pictures, sounds or texts; with --method label-shift, shot or shot-head the source is a model",
    });
  const { force, ...ofData } = given;
  const { method } = given;
  const result = await resumable("adapt", output.onEvent, async (onEvent) => {
    const how = { cache: noCache !== true, onEvent, signal };
    if (method !== undefined && isSourceFree(method)) {
      const { adaptModel } = await import("../../regimes/source-free/adapt-model.js");
      return adaptModel(source, target, { ...given, method, ...how } as AdaptModelOptions);
    }
    const { isModel } = await import("../../regimes/source-free/is-model.js");
    if (!(await isModel(source)))
      return adaptData(source, target, { ...ofData, ...(force && { force }), ...how });
    throw new EngraftError("OptionError", `${method ?? "auto"} adapts from data, and the source is a model`, {
      at: source,
      help: "add --method label-shift or --method shot, or give the data that the model was trained on",
    });
  });
  output.result({ ...result }, studyLines(result));
};
