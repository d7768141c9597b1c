import { formatType, type TensorType } from "../../core/shape.js";
import type { Activation } from "../ops.js";
import { axisOf, fail, given, mustBeFloat, mustBeNumber, sameType } from "./checks.js";
import { broadcast, unary, unaryFloat } from "./elementwise.js";
import type { InferContext, InferTable } from "./infer.js";

function alongAxis(c: InferContext<"Softmax" | "LogSoftmax" | "Hardmax">): TensorType[] {
  const x = given(c, 0, "x");
  mustBeFloat(c, "x", x);
  if (x.shape) axisOf(c, c.attributes.axis, x.shape.length, x);
  return [x];
}

export const activation: InferTable<Activation> = {
  Relu: unary,
  Sigmoid: unaryFloat,
  Tanh: unaryFloat,
  Softplus: unaryFloat,
  Softsign: unaryFloat,
  HardSwish: unaryFloat,
  LeakyRelu: unaryFloat,
  Elu: unaryFloat,
  Selu: unaryFloat,
  HardSigmoid: unaryFloat,
  // The slope broadcasts to x, never x to the slope.
  PRelu(c) {
    const x = given(c, 0, "x");
    const slope = given(c, 1, "slope");
    sameType(c, { x, slope });
    mustBeNumber(c, "x", x);
    const shape = broadcast(c, [x, slope]);
    if (
      shape &&
      x.shape &&
      (shape.length > x.shape.length || shape.some((d, i) => x.shape?.[i] === 1 && d !== 1))
    ) {
      fail(
        c,
        `the slope does not broadcast to x: x is ${formatType(x)}, slope is ${formatType(slope)}`,
        "the slope may have size 1 or x's size on each axis, aligned at the right",
      );
    }
    return [x];
  },
  Clip(c) {
    const x = given(c, 0, "x");
    mustBeNumber(c, "x", x);
    const [, min, max] = c.inputs;
    sameType(c, { x, min, max });
    for (const [name, bound] of Object.entries({ min, max })) {
      if (bound?.shape && bound.shape.length > 0 && bound.shape.some((d) => typeof d === "number" && d !== 1))
        fail(c, `${name} is ${formatType(bound)}, it must be one number`, "give a 0-d tensor");
    }
    return [x];
  },
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Hardmax: alongAxis,
  Gelu: unaryFloat,
  Mish: unaryFloat,
};
