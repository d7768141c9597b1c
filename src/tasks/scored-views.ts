import type { ViewScores } from "../core/results/common-result.js";
import { fedBy } from "../run/setup.js";
import type { RunModel } from "../run/trainable-task.js";
import type { ViewAverage } from "../run/training/average-views.js";
import { predictWith } from "../run/training/feeds.js";
import { heldOf } from "../run/training/planned.js";

/**
 * Returns the test scores of a run's model with test-time augmentation, if the run has the option.
 * @param how quantity that is averaged over the views @param width number of outputs of the model
 * @param score scores of averaged outputs, float32[N, width]
 */
export async function scoredViews<Scores>(
  { context, model }: Pick<RunModel<unknown, never, unknown>, "context" | "model">,
  how: ViewAverage,
  width: number,
  score: (outputs: Float32Array) => Scores,
): Promise<{ readonly tta?: ViewScores<Scores> }> {
  const { machine, opened, options } = context;
  const { tta: views = 1, signal } = options;
  if (views === 1) return {};
  const source = { ...heldOf(context, "test"), views, viewAverage: how };
  const logits = await predictWith(machine.runtime, fedBy(opened, model), source, width, signal);
  return { tta: { views, test: score(logits) } };
}
