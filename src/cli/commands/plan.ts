import { nodePlatform } from "../../platform/node.js";
import { plan as makePlan } from "../../studies/plan/plan.js";
import { savePlan } from "../../studies/plan/plan-file.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { renderPlan } from "../render/render-plan.js";

/** `engraft plan <data>` */
export const plan: Command<OptionsOf<"plan">> = async (args, options, { output, signal }) => {
  const [data = ""] = args;
  const { json: _json, quiet: _quiet, help: _help, noCache, noTrials, save, ...given } = options;
  const result = await makePlan(data, {
    ...given,
    trials: noTrials !== true,
    cache: noCache !== true,
    onEvent: output.onEvent,
    signal,
  });
  if (save !== undefined) await savePlan(nodePlatform, save, result);
  output.result({ ...result, ...(save !== undefined && { saved: save }) }, renderPlan(result, save));
};
