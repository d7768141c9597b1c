import { EngraftError } from "../core/errors.js";
import { message } from "../core/messages/message.js";
import type { Graph } from "../graph/graph.js";
import { hasBatchNorm } from "../train/has-batch-norm.js";
import type { PlanRequest, TrainingPlan } from "./plan.js";

/** Default decay of `--average ema`: an average over about a hundred steps. */
const usualDecay = 0.99;

/** Adds the requested loop options to a plan. @throws OptionError for options that exclude each other */
export function withRequest(
  plan: TrainingPlan,
  model: Graph,
  request: PlanRequest,
  averaging: { readonly swaFrom: number; readonly soupSize: number },
): TrainingPlan {
  const { accumulate = 1, sam, average = "none", sampling = "shuffled", batchNorm } = request;
  const { ema, keep } = plan;
  for (const [name, value] of Object.entries({ ema, keep }))
    if (value !== undefined && average !== "none" && average !== "ema")
      throw new EngraftError(
        "OptionError",
        `the option ${name}=${value} and the average "${average}" exclude each other`,
        { help: 'leave one of them out, or ask for the average "ema"', details: { [name]: value, average } },
      );
  if ((batchNorm === "train" || batchNorm === "adapt") && !hasBatchNorm(model))
    throw new EngraftError(
      "OptionError",
      `batch norm "${batchNorm}": the base has no BatchNormalization (many exporters fold it into convolutions)`,
      { help: "leave it out", details: { batchNorm } },
    );
  const train = batchNorm === "train";
  const settings = [
    ...(accumulate > 1 ? [message("gradient-accumulation", { batches: accumulate })] : []),
    ...(sam !== undefined ? [message("sharpness-aware", { rho: sam })] : []),
    ...(average === "ema" && plan.ema === undefined
      ? [message("weight-ema", { decay: usualDecay })]
      : average === "swa"
        ? [message("weight-average", { from: averaging.swaFrom })]
        : average === "soup"
          ? [message("greedy-soup", { size: averaging.soupSize })]
          : []),
    ...(sampling === "balanced" ? [message("balanced-sampling")] : []),
  ];
  const normalised = plan.recipe.map((one) =>
    one.code === "batch-norm" && batchNorm !== undefined ? message("batch-norm", { mode: batchNorm }) : one,
  );
  return {
    ...plan,
    ...(accumulate > 1 && { accumulate }),
    ...(sam !== undefined && { sam }),
    ...(average === "ema" && { ema: plan.ema ?? usualDecay }),
    ...(average === "swa" && { average: { kind: "swa" as const, from: averaging.swaFrom } }),
    ...(average === "soup" && { average: { kind: "soup" as const, size: averaging.soupSize } }),
    ...(sampling === "balanced" && { balanced: true }),
    ...(train && { batchNorm: "train" as const }),
    recipe: [...normalised, ...settings],
  };
}
