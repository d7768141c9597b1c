import type { StudyResult } from "../../report/studies/study-sheets.js";
import {
  type DiagnoseOptions,
  diagnose as diagnoseData,
  prepareDiagnosis,
  resumeDiagnosis,
} from "../../studies/diagnose/diagnose.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { dataOfStudy, refuseOtherOptions } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { studyLines } from "../render/render-report.js";
import { reportPrepared } from "../report-prepared.js";

/** `engraft diagnose <data>`, or `engraft diagnose --resume DIR`. */
export const diagnose: Command<OptionsOf<"diagnose">> = async (args, options, { output, signal }) => {
  const { json, resume, groups, seeds, budget, margin, source, prepare } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  const show = (result: StudyResult): void => output.result({ ...result }, studyLines(result));
  if (resume !== undefined) {
    refuseOtherOptions("diagnose", args, options, "diagnosis", ["data"]);
    return show(await resumeDiagnosis(resume, { data: options.data, onEvent, signal }));
  }
  const data = dataOfStudy("diagnose", args, options);
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
  if (prepare) return reportPrepared("diagnose", await prepareDiagnosis(data, request), { output });
  return show(await diagnoseData(data, request));
};
