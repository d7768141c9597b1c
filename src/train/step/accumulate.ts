import { type Tensor, zeros } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { gradientName, massName } from "./state-names.js";

/** A value that is carried from step to step. */
export interface CarriedValue {
  readonly input: Value;
  readonly output: Value;
  readonly initial: Tensor;
}

/** The fed scalar that says whether a step ends an update: 1, or 0 if more batches follow. */
export const appliesName = "applies";

/** Gradients that are summed over several steps before the weights change. */
export interface Accumulation {
  /** Returns the mean gradient of the update so far, including this step's batch. */
  gradient(value: Value, ofThisStep: Value): Value;
  /** Returns `now` in the step that ends an update, else `before`. */
  select(now: Value, before: Value): Value;
  /** Sums and mass: state of the step. */
  readonly kept: readonly CarriedValue[];
}

/**
 * Gradient accumulation: the gradient of an update is the weighted mean over its batches:
 *
 * G = Σⱼ mⱼ gⱼ / Σⱼ mⱼ,   mⱼ the divisor of batch j's mean (its examples; with class weights the sum of theirs)
 *
 * So N batches of B equal one of N · B up to rounding, also with short batches and class weights. A plain mean of the
 * gradients would give the examples of a short batch more weight. BatchNormalization with batch statistics still sees B
 * examples at a time.
 */
export function accumulation(g: Builder, mass: Value): Accumulation {
  const { graph } = g;
  const scalar = { dtype: "float32", shape: [] } as const;
  const ends = g.greater(graph.input(appliesName, scalar), g.number(0));
  const kept: CarriedValue[] = [];
  /** Adds to a sum in the state, which restarts after the end of an update. */
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
