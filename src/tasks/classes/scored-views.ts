import type { TrainResultEvent } from "../../core/events/events.js";
import { scoresOf } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import { type HeldSource, predictWith } from "../../run/training/feeds.js";

/** Scores a split with test-time augmentation. @param model pixels -> logits. @param source with its number of views */
export async function scoredViews(
  { runtime, dataset, options }: Context,
  model: Graph,
  source: HeldSource & { readonly views: number },
): Promise<NonNullable<TrainResultEvent["tta"]>> {
  const { classes } = dataset;
  const predictions = await predictWith(runtime, model, source, classes.length, options.signal);
  return { views: source.views, test: scoresOf(classes, predictions) };
}
