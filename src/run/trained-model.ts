import { withWeights } from "../bases/heads.js";
import type { Graph } from "../graph/graph.js";
import type { TrainingPlan } from "../methods/plan.js";
import type { FitResult } from "../train/fit.js";
import type { Context } from "./context.js";

/** Returns the model with its trained weights, and the files of its adapter if it has one. */
export async function trainedModel(
  context: Context,
  probed: Graph,
  fitted: FitResult | undefined,
  plan: TrainingPlan | undefined,
): Promise<{ readonly model: Graph; readonly files?: Readonly<Record<string, Uint8Array | string>> }> {
  if (!fitted) return { model: probed };
  const weights = context.training.head.savedWeights?.(fitted.weights) ?? fitted.weights;
  const model = withWeights(probed, weights);
  if (!plan?.adaptation) return { model };
  // An adapter file holds one linear head.
  if (context.training.head.network) {
    const { merged } = await import("../methods/peft/merge.js");
    return { model: merged(model, plan.adaptation.spec, weights) };
  }
  const { keepAdapter } = await import("./keep-adapter.js");
  return keepAdapter(context, model, plan.adaptation.spec, weights);
}
