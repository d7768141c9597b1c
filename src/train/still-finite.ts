import { EngraftError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Value } from "../graph/node.js";
import { badElement } from "./bad-element.js";

/** Returns the state if it is finite: the loss before may still have been finite. @throws NumericError */
export function finite(state: ReadonlyMap<Value, Tensor>, step: number): ReadonlyMap<Value, Tensor> {
  for (const [value, tensor] of state) {
    if (badElement(tensor) === undefined) continue;
    throw new EngraftError("NumericError", `"${value}" was no longer finite after step ${step}`, {
      help: "use a smaller learning rate (--lr)",
      details: { step, value },
    });
  }
  return state;
}

/** Reports non-finite scores after steps with finite losses as divergence. */
export function diverged(error: unknown, epoch: number, epochs: number): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "NumericError") return error;
  return new EngraftError(
    "NumericError",
    `the weights diverged in epoch ${epoch} of ${epochs}: ${error.message}`,
    {
      at: error.at,
      help: "use a smaller learning rate (--lr)",
      details: { ...error.details, epoch },
      cause: error,
    },
  );
}
