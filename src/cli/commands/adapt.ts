import { EngraftError } from "../../core/errors.js";
import { adapt as adaptModel, resumeAdapt } from "../../regimes/adaptation/adapt.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { studyLines } from "../render/render-report.js";
import { resumable } from "../resumable.js";

/** `engraft adapt <source> <target>`, or `engraft adapt --resume DIR`. */
export const adapt: Command<OptionsOf<"adapt">> = async (args, options, { output, signal }) => {
  const [source, target] = args;
  const { json: _json, quiet: _quiet, help: _help, resume, noCache, ...given } = options;
  if (resume !== undefined) {
    refuseOtherOptions("adapt", args, options, "run", ["threads", "device"]);
    const { threads, device } = options;
    const result = await resumable("adapt", output.onEvent, (onEvent) =>
      resumeAdapt(resume, {
        onEvent,
        signal,
        threads,
        device,
      }),
    );
    output.result({ ...result }, studyLines(result));
    return;
  }
  if (source === undefined || target === undefined)
    throw new EngraftError("OptionError", "adapt needs a source with labels and a target", {
      help: "engraft adapt <source> <target>: two folders or lists of pictures, sounds or texts",
    });
  const result = await resumable("adapt", output.onEvent, (onEvent) =>
    adaptModel(source, target, { ...given, cache: noCache !== true, onEvent, signal }),
  );
  output.result({ ...result }, studyLines(result));
};
