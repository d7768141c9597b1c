import { EngraftError } from "../../core/errors.js";
import { adapt as adaptModel, resumeAdapt } from "../../regimes/adaptation/adapt.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { kebab } from "../options/parse.js";
import { renderAdaptResult } from "../render/render-adapt.js";
import { resumable } from "../resumable.js";

/** What may stand beside --resume: the run knows everything else. */
const withResume = new Set(["resume", "threads", "json", "quiet", "help"]);

/** `engraft adapt <source> <target>`, or `engraft adapt --resume DIR`. */
export const adapt: Command<OptionsOf<"adapt">> = async (args, options, { output, signal }) => {
  const [source, target] = args;
  const { json: _json, quiet: _quiet, help: _help, resume, noCache, ...given } = options;
  if (resume !== undefined) {
    const other = Object.entries(options).find(
      ([name, value]) => value !== undefined && !withResume.has(name),
    );
    if (source !== undefined || other)
      throw new EngraftError(
        "OptionError",
        `--resume stands alone: ${other ? `--${kebab(other[0])}` : `"${source}"`} is fixed by the run`,
        { help: `engraft adapt --resume ${resume}` },
      );
    const { threads } = options;
    const result = await resumable("adapt", output.onEvent, (onEvent) =>
      resumeAdapt(resume, { onEvent, signal, ...(threads !== undefined && { threads }) }),
    );
    output.result({ ...result }, renderAdaptResult(result));
    return;
  }
  if (source === undefined || target === undefined)
    throw new EngraftError("OptionError", "adapt needs a source with labels and a target", {
      help: "engraft adapt <source> <target>: two folders of pictures, or two lists of texts",
    });
  const result = await resumable("adapt", output.onEvent, (onEvent) =>
    adaptModel(source, target, { ...given, cache: noCache !== true, onEvent, signal }),
  );
  output.result({ ...result }, renderAdaptResult(result));
};
