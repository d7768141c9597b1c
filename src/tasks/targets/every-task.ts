import type { Context } from "../../run/context.js";
import { exported } from "../../run/exported.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { trunkOfRun } from "../../run/made-network.js";
import type { RunModel } from "../../run/trainable-task.js";
import { adapted } from "../../run/training/adapted.js";
import { itemsOf } from "../../run/training/planned.js";
import type { RunToExplain } from "../explain/explain-run.js";
import type { Input } from "../inputs/input.js";

/** Functions that tasks on the features of a base share. */
export const everyTask = {
  async prepare(given: Context): Promise<Context> {
    const context = await adapted(given);
    await requireItFits(context);
    return context;
  },
  openTrunk: trunkOfRun,
  export: exported,
};

/** Returns a function that explains predictions for the test split after a training. */
export const explainedBy =
  ({ modality, given }: Pick<Input, "modality" | "given">) =>
  async (
    { context, fitted }: Pick<RunModel<unknown, never, unknown>, "context" | "fitted">,
    result: RunToExplain,
  ): Promise<void> => {
    if (!fitted) return;
    const { explainSamples } = await import("../explain/explain-run.js");
    const test = itemsOf(context, "test").map((item) => ({ id: item.id, item: given(item) }));
    await explainSamples(modality, context, result, test);
  };
