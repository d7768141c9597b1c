import type { StudyResult } from "../../report/studies/study-sheets.js";
import { learningCurve, prepareCurve, resumeCurve } from "../../studies/curve/curve.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { dataOfStudy, refuseOtherOptions } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { studyLines } from "../render/render-report.js";
import { reportPrepared } from "../report-prepared.js";

/** `engraft curve <data>`, or `engraft curve --resume DIR`. */
export const curve: Command<OptionsOf<"curve">> = async (args, options, { output, signal }) => {
  const { json, resume, sizes, score, shots, draws, jobs, prepare, ...common } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  const show = (result: StudyResult): void => output.result({ ...result }, studyLines(result));
  if (resume !== undefined) {
    refuseOtherOptions("curve", args, options, "learning curve", ["data", "threads", "jobs"]);
    const { threads } = common;
    return show(await resumeCurve(resume, { threads, jobs, data: options.data, onEvent, signal }));
  }
  const data = dataOfStudy("curve", args, options);
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
  if (prepare) return reportPrepared("curve", await prepareCurve(data, request), { output });
  return show(await learningCurve(data, request));
};
