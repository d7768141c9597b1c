import { EngraftError } from "../../core/errors.js";
import {
  compare as compareStrategies,
  prepareComparison,
  resumeComparison,
} from "../../studies/compare/compare.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { studyLines } from "../render/render-report.js";
import { reportPrepared } from "../report-prepared.js";

/** `engraft compare <data>`, or `engraft compare --resume DIR`. */
export const compare: Command<OptionsOf<"compare">> = async (args, options, { output, signal }) => {
  const [data] = args;
  const { json, resume, strategies, baseline, seeds, threads, jobs, prepare } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  const named = strategies?.split(",").map((name) => name.trim());
  if (resume !== undefined) {
    refuseOtherOptions("compare", args, options, "comparison", ["strategies", "seeds", "threads", "jobs"]);
    const result = await resumeComparison(resume, {
      strategies: named,
      seeds,
      threads,
      ...(jobs !== undefined && { jobs }),
      onEvent,
      signal,
    });
    output.result({ ...result }, studyLines(result));
    return;
  }
  if (data === undefined)
    throw new EngraftError("OptionError", "compare needs a data folder", {
      help: "engraft compare <data> --strategies probe,finetune",
    });
  const request = {
    ...trainOptionsOf(options),
    ...(named && { strategies: named }),
    ...(baseline !== undefined && { baseline }),
    ...(jobs !== undefined && { jobs }),
    onEvent,
    signal,
  };
  if (prepare) {
    return reportPrepared("compare", await prepareComparison(data, request), { output });
  }
  const result = await compareStrategies(data, request);
  output.result({ ...result }, studyLines(result));
};
