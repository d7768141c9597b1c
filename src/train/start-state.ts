import { invariant } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import { type Tensor, toNumbers } from "../core/tensor.js";
import type { Value } from "../graph/node.js";
import type { FitOptions } from "./fit-options.js";
import { averageName } from "./step/state-names.js";
import type { Step } from "./step/step.js";

/**
 * Returns the state of a step for given start values: those values, and averages that start there.
 * @throws InternalError if a value would be ignored: its weight is not trained, and the model has other values for it
 */
export function startState(
  { model, trainable, ema }: Pick<FitOptions, "model" | "trainable" | "ema">,
  step: Pick<Step, "state">,
  start: ReadonlyMap<Value, Tensor>,
): Map<Value, Tensor> {
  const inState = new Set(step.state.map((s) => s.input));
  const given = [...start].filter(([name]) => inState.has(name));
  for (const [name, tensor] of start)
    if (!inState.has(name)) requireSame(name, tensor, model.initializers.get(name));
  const trains = new Set(trainable.map((t) => t.value));
  const averages = ema === undefined ? [] : given.filter(([name]) => trains.has(name));
  return new Map([...given, ...averages.map(([name, t]): [Value, Tensor] => [averageName(name), t])]);
}

/** @throws InternalError if a start value differs from the model's */
function requireSame(name: Value, start: Tensor, own: Tensor | undefined): void {
  const problem = `start value of "${name}", which is not trained,`;
  invariant(own, `${problem} is not in the model`);
  const [a, b] = [start, own].map(({ dtype, dims }) => dtype + formatShape(dims));
  invariant(a === b, `${problem} is ${a}, the model has ${b}`);
  const [values, others] = [toNumbers(start), toNumbers(own)];
  const i = values.findIndex(
    (value, k) => value !== others[k] && !(Number.isNaN(value) && Number.isNaN(others[k])),
  );
  invariant(
    i < 0,
    `${problem} differs from the model's: at position ${i}, ${values[i]} instead of ${others[i]}`,
  );
}
