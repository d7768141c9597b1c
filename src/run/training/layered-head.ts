import { layeredValues, withLayeredHead } from "../../bases/hidden/layered-head.js";
import { freshWeights } from "../../train/initialize.js";
import type { TrainingHead } from "../context.js";

/** Returns the head of a task with a hidden layer. Both layers begin with random weights: He-normal, biases 0. */
export const layeredHead = (head: TrainingHead, units: number): TrainingHead => ({
  ...head,
  network: (body) => withLayeredHead(body, units, head.outputs, head.scores),
  freshHead: (network, seed) =>
    new Map([...freshWeights(network, seed)].filter(([value]) => layeredValues.has(value))),
});
