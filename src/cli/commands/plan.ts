import { plan as makePlan } from "../../front/plan/plan.js";
import { savePlan } from "../../front/plan/plan-file.js";
import { nodePlatform } from "../../platform/node.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options.js";
import { renderPlan } from "../render-plan.js";

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
