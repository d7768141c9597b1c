import { type Tensor, zeros } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { gradientName, massName } from "./state-names.js";

/** A value that is kept from step to step. */
export interface Kept {
  readonly input: Value;
  readonly output: Value;
  readonly initial: Tensor;
}

/** The fed scalar that says whether a step ends an update: 1, or 0 where more batches follow. */
export const appliesName = "applies";

/** Gradients that are summed over several steps before the weights move. */
export interface Accumulation {
  /** The mean gradient of the update so far, this step's batch among it. */
  gradient(value: Value, ofThisStep: Value): Value;
  /** `now` in the step that ends an update, `before` in the others. */
  select(now: Value, before: Value): Value;
  /** Sums and mass: state of the step. */
  readonly kept: readonly Kept[];
}

/**
 * Gradient accumulation: the gradient of an update is the mean over its batches, each by what it counts for:
 *
 * G = Σⱼ mⱼ gⱼ / Σⱼ mⱼ,   mⱼ the divisor of batch j's mean (its examples; with class weights the sum of theirs)
 *
 * so that N batches of B are one of N · B up to rounding, short batches and class weights included. (A plain mean of
 * the batches' gradients is not: it lets the examples of a short batch count more.) BatchNormalization with batch
 * statistics still sees B examples at a time.
 */
export function accumulation(g: Builder, mass: Value): Accumulation {
  const { graph } = g;
  const scalar = { dtype: "float32", shape: [] } as const;
  const ends = g.greater(graph.input(appliesName, scalar), g.number(0));
  const kept: Kept[] = [];
  /** Adds to a sum in the state, which begins anew behind the end of an update. */
  const sumUp = (name: Value, shape: readonly number[], add: Value): Value => {
    const before = graph.input(name, { dtype: "float32", shape });
    const sum = g.add(before, add);
    const empty = g.constant(zeros("float32", []));
    kept.push({ input: name, output: g.where(ends, empty, sum), initial: zeros("float32", shape) });
    return sum;
  };
  const all = sumUp(massName, [], mass);
  return {
    kept,
    gradient: (value, ofThisStep) =>
      g.div(sumUp(gradientName(value), g.dims(value), g.mul(ofThisStep, mass)), all),
    select: (now, before) => g.where(ends, now, before),
  };
}
