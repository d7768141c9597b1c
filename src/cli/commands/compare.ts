import { EngraftError } from "../../core/errors.js";
import { compare as compareStrategies, resumeComparison } from "../../studies/compare/compare.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { requireAlone } from "../options/require-alone.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { renderComparisonResult } from "../render/render-comparison.js";

/** What may stand beside --resume: the comparison knows everything else. */
const withResume = new Set(["resume", "strategies", "seeds", "threads", "json", "quiet", "help"]);

/** `engraft compare <data>`, or `engraft compare --resume DIR`. */
export const compare: Command<OptionsOf<"compare">> = async (args, options, { output, signal }) => {
  const [data] = args;
  const { json, resume, strategies, baseline, seeds, threads } = options;
  const onEvent = json ? output.onEvent : ofManyRuns(output.onEvent);
  const named = strategies?.split(",").map((name) => name.trim());
  if (resume !== undefined) {
    requireAlone(
      "compare",
      data,
      options,
      withResume,
      "is fixed by the comparison: beside --resume only --strategies, --seeds and --threads may stand",
    );
    const result = await resumeComparison(resume, {
      ...(named && { strategies: named }),
      ...(seeds !== undefined && { seeds }),
      ...(threads !== undefined && { threads }),
      onEvent,
      signal,
    });
    output.result({ ...result }, renderComparisonResult(result));
    return;
  }
  if (data === undefined)
    throw new EngraftError("OptionError", "compare needs a data folder", {
      help: "engraft compare <data> --strategies probe,finetune",
    });
  const result = await compareStrategies(data, {
    ...trainOptionsOf(options),
    ...(named && { strategies: named }),
    ...(baseline !== undefined && { baseline }),
    onEvent,
    signal,
  });
  output.result({ ...result }, renderComparisonResult(result));
};
