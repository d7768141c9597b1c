// The batches of a training of boxes or masks as files for dense.py.
import { join } from "node:path";
import { append, feedsOf } from "./twin.mjs";

/** Rows of a step by kind of targets: the pictures, the weights of the rows, and the targets. */
const rowsOf = {
  boxes: ["x", "weights", "assigned", "distances", "counted"],
  masks: ["x", "weights", "shares", "labelled"],
};

/** Writes the rows of the steps, and returns what network.json says of them. */
export async function writeDense(folder, kind, training, steps) {
  const { classes, classWeights } = training;
  const shapes = {};
  for await (const feeds of feedsOf(training, steps))
    for (const name of rowsOf[kind]) {
      const row = feeds[`train.${name}`];
      shapes[name] = row.dims;
      append(join(folder, `${name}.rows`), row.data);
    }
  return { kind, steps, shapes, classes: classes.length, class_weights: classWeights };
}
