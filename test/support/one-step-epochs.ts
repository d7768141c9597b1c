import { withHead } from "../../src/bases/heads.js";
import { textBody } from "../../src/bases/text/text-body.js";
import { constant, sgd } from "../../src/optim/index.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import type { FitOptions } from "../../src/train/fit.js";
import { classification } from "../../src/train/objectives/objective.js";
import { tinyEncoder } from "./text-base.js";

/** A training of a tiny text classifier whose epochs are one step on one text each. */
export function oneStepEpochs(
  runtime: Runtime,
  epochs: number,
  validate: FitOptions["validate"],
): FitOptions {
  const body = textBody(tinyEncoder(), { pooling: "mean", pad: 0 });
  const model = withHead(body, 2, { weight: new Float32Array(2 * body.width), bias: new Float32Array(2) });
  return {
    runtime,
    model,
    lengths: { sizes: [5], fill: -1 },
    trainable: [...model.initializers]
      .filter(([, { dtype, data }]) => dtype === "float32" && data.length > 1)
      .map(([value]) => ({ value, group: 0, decay: false })),
    objective: classification(),
    optimizer: sgd(),
    batchNorm: "frozen",
    schedule: constant(),
    rates: [0.01],
    epochs,
    batch: 1,
    stepsPerEpoch: 1,
    feeds: async function* (_epoch, from) {
      if (from > 0) return;
      yield {
        "train.x": { dtype: "int32", dims: [1, 5], data: Int32Array.of(5, 6, 7, 8, 9) },
        "train.labels": { dtype: "int64", dims: [1], data: BigInt64Array.of(1n) },
        "train.weights": { dtype: "float32", dims: [1], data: Float32Array.of(1) },
      };
    },
    validate,
    stage: "short",
  };
}
