import { requireOwnOutput } from "../../platform/disk/write-output.js";
import { nodePlatform } from "../../platform/node.js";
import { plan as makePlan } from "../../studies/plan/plan.js";
import { savePlan } from "../../studies/plan/plan-file.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { renderPlan } from "../render/render-plan.js";

/** `engraft plan <data>` */
export const plan: Command<OptionsOf<"plan">> = async (args, options, { output, signal }) => {
  const [data = ""] = args;
  const { bases, noTrials, save } = options;
  // Before the trials, which take long.
  if (save !== undefined) await requireOwnOutput(nodePlatform.files, save, "plan", "--save");
  const result = await makePlan(data, {
    ...trainOptionsOf(options),
    ...(bases !== undefined && { bases }),
    trials: noTrials !== true,
    onEvent: output.onEvent,
    signal,
  });
  if (save !== undefined) await savePlan(nodePlatform, save, result);
  output.result({ ...result, ...(save !== undefined && { saved: save }) }, renderPlan(result, save));
};
