import type { ModelTask } from "../../core/results/task.js";
import { isTaskWith } from "../../core/results/task.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";

/** Least probability that a logarithm is taken of. */
const least = 1e-9;

/**
 * Returns a model with one logit for each class of a whole picture, float32[batch, K].
 *
 * - Boxes: the logit ln p / (1 − p) of the highest score p of a box of the class.
 * - Masks: the logarithm of the mean probability of the class over all pixels. Their softmax is this mean: the expected share of pixels.
 * - Other tasks: the model itself.
 *
 * @param model as it is saved
 * @param classes number of classes
 */
export function withPictureScores(model: Graph, task: ModelTask, classes: number): Graph {
  const [hasBoxes, hasMasks] = [isTaskWith(task, { head: "boxes" }), isTaskWith(task, { head: "masks" })];
  if (!hasBoxes && !hasMasks) return model;
  const graph = model.clone();
  const g = new Builder(graph, "picture scores");
  const [logits] = graph.outputs as [string];
  const p = hasMasks
    ? g.reduceMean(g.softmax(logits, 1), { axes: [2, 3] })
    : g.reduceMax(g.slice(g.softmax(logits, -1), { starts: [0], ends: [classes], axes: [2] }), { axes: [1] });
  const log = g.log(g.max(p, g.number(least)));
  const rest = (): string => g.log(g.max(g.sub(g.number(1), p), g.number(least)));
  graph.outputs.splice(0, graph.outputs.length, hasMasks ? log : g.sub(log, rest()));
  return graph;
}
