import { EngraftError } from "../../core/errors.js";
import { learningCurve, prepareCurve, resumeCurve } from "../../studies/curve/curve.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { studyLines } from "../render/render-report.js";
import { reportPrepared } from "../report-prepared.js";

/** `engraft curve <data>`, or `engraft curve --resume DIR`. */
export const curve: Command<OptionsOf<"curve">> = async (args, options, { output, signal }) => {
  const [data] = args;
  const { json, resume, sizes, score, shots, draws, jobs, prepare, ...common } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  if (resume !== undefined) {
    refuseOtherOptions("curve", args, options, "learning curve", ["threads", "jobs"]);
    const { threads } = common;
    const result = await resumeCurve(resume, { threads, jobs, onEvent, signal });
    output.result({ ...result }, studyLines(result));
    return;
  }
  if (data === undefined)
    throw new EngraftError("OptionError", "curve needs a data folder", { help: "engraft curve <data>" });
  const request = {
    ...trainOptionsOf(common),
    ...(sizes !== undefined && { sizes }),
    ...(score !== undefined && { score }),
    shots,
    ...(draws !== undefined && { draws }),
    ...(jobs !== undefined && { jobs }),
    onEvent,
    signal,
  };
  if (prepare) {
    return reportPrepared("curve", await prepareCurve(data, request), { output });
  }
  const result = await learningCurve(data, request);
  output.result({ ...result }, studyLines(result));
};
