import { type Dim, formatType } from "../../core/shape.js";
import type { Normalization } from "../ops.js";
import { axisOf, differ, fail, given, mustBeFloat, mustHaveRank, sameType } from "./checks.js";
import type { InferTable } from "./infer.js";

export const normalization: InferTable<Normalization> = {
  // y[N, C, …]: x[N, C, …]; scale, bias, mean, var [C]
  BatchNormalization(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    mustHaveRank(c, "x", x, 2);
    const vectors = {
      scale: given(c, 1, "scale"),
      bias: given(c, 2, "bias"),
      mean: given(c, 3, "mean"),
      var: given(c, 4, "var"),
    };
    sameType(c, { x, scale: vectors.scale, bias: vectors.bias });
    sameType(c, { mean: vectors.mean, var: vectors.var });
    const channels = x.shape?.[1] ?? null;
    for (const [name, t] of Object.entries(vectors)) {
      if (t.shape && (t.shape.length !== 1 || differ(t.shape[0], channels)))
        fail(
          c,
          `${name} is ${formatType(t)}, x is ${formatType(x)}`,
          `${name} must hold one number for each of x's ${channels} channels`,
        );
    }
    if (c.outputs > 1 && !c.attributes.training_mode)
      fail(
        c,
        `it has ${c.outputs} outputs outside of training mode`,
        "running statistics exist in training mode only",
      );
    return c.attributes.training_mode ? [x, vectors.mean, vectors.var] : [x];
  },
  LRN(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    mustHaveRank(c, "x", x, 2);
    if (!Number.isInteger(c.attributes.size) || c.attributes.size < 1)
      fail(c, `size is ${c.attributes.size}`, "give the number of channels in the window, at least 1");
    return [x];
  },
  // y as x: scale and bias broadcast to x. mean and inv_std: sizes before `axis` stay, the others become 1
  LayerNormalization(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    const scale = given(c, 1, "scale");
    const [, , bias] = c.inputs;
    sameType(c, { x, scale, bias });
    const from = x.shape && axisOf(c, c.attributes.axis, x.shape.length, x);
    for (const [name, t] of Object.entries({ scale, bias })) {
      const wrong = (d: Dim, i: number): boolean =>
        d !== 1 && differ(d, x.shape?.[x.shape.length - t!.shape!.length + i]);
      if (t?.shape && x.shape && (t.shape.length > x.shape.length || t.shape.some(wrong)))
        fail(
          c,
          `${name} is ${formatType(t)}, x is ${formatType(x)}`,
          `${name} must have the sizes of x from axis ${c.attributes.axis} on`,
        );
    }
    const moment = { dtype: "float32", shape: x.shape?.map((d, i) => (i < from! ? d : 1)) } as const;
    return [x, moment, moment];
  },
  // y[N, C, …]: x[N, C, …]; scale, bias [C]
  InstanceNormalization(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    mustHaveRank(c, "x", x, 3);
    const vectors = { scale: given(c, 1, "scale"), bias: given(c, 2, "bias") };
    sameType(c, { x, ...vectors });
    const channels = x.shape?.[1] ?? null;
    for (const [name, t] of Object.entries(vectors)) {
      if (t.shape && (t.shape.length !== 1 || differ(t.shape[0], channels)))
        fail(
          c,
          `${name} is ${formatType(t)}, x is ${formatType(x)}`,
          `${name} must hold one number for each of x's ${channels} channels`,
        );
    }
    return [x];
  },
};
