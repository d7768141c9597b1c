import { EngraftError } from "../../core/errors.js";
import {
  type DiagnoseOptions,
  diagnose as diagnoseData,
  prepareDiagnosis,
  resumeDiagnosis,
} from "../../studies/diagnose/diagnose.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { studyLines } from "../render/render-report.js";
import { reportPrepared } from "../report-prepared.js";

/** `engraft diagnose <data>`, or `engraft diagnose --resume DIR`. */
export const diagnose: Command<OptionsOf<"diagnose">> = async (args, options, { output, signal }) => {
  const [data] = args;
  const { json, resume, groups, seeds, budget, margin, source, prepare } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  if (resume !== undefined) {
    refuseOtherOptions("diagnose", args, options, "diagnosis");
    const result = await resumeDiagnosis(resume, { onEvent, signal });
    output.result({ ...result }, studyLines(result));
    return;
  }
  if (data === undefined)
    throw new EngraftError("OptionError", "diagnose needs a data folder", {
      help: "engraft diagnose <data>",
    });
  const request = {
    ...(trainOptionsOf(options) as DiagnoseOptions),
    ...(groups !== undefined && { groups }),
    ...(seeds !== undefined && { seeds }),
    ...(budget !== undefined && { budget }),
    ...(margin !== undefined && { margin }),
    ...(source !== undefined && { source }),
    onEvent,
    signal,
  };
  if (prepare) {
    return reportPrepared("diagnose", await prepareDiagnosis(data, request), { output });
  }
  const result = await diagnoseData(data, request);
  output.result({ ...result }, studyLines(result));
};
