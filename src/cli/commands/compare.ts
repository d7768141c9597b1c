import type { StudyResult } from "../../report/studies/study-sheets.js";
import {
  compare as compareStrategies,
  prepareComparison,
  resumeComparison,
} from "../../studies/compare/compare.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { dataOfStudy, refuseOtherOptions } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { studyLines } from "../render/render-report.js";
import { reportPrepared } from "../report-prepared.js";

/** `engraft compare <data>`, or `engraft compare --resume DIR`. */
export const compare: Command<OptionsOf<"compare">> = async (args, options, { output, signal }) => {
  const { json, resume, strategies, baseline, seeds, threads, jobs, prepare } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  const named = strategies?.split(",").map((name) => name.trim());
  const show = (result: StudyResult): void => output.result({ ...result }, studyLines(result));
  if (resume !== undefined) {
    const allowed = ["strategies", "seeds", "data", "threads", "jobs"] as const;
    refuseOtherOptions("compare", args, options, "comparison", allowed);
    const more = { strategies: named, seeds, threads, jobs, data: options.data, onEvent, signal };
    return show(await resumeComparison(resume, more));
  }
  const data = dataOfStudy("compare", args, options);
  const request = {
    ...trainOptionsOf(options),
    ...(named && { strategies: named }),
    ...(baseline !== undefined && { baseline }),
    ...(jobs !== undefined && { jobs }),
    onEvent,
    signal,
  };
  if (prepare) return reportPrepared("compare", await prepareComparison(data, request), { output });
  return show(await compareStrategies(data, request));
};
