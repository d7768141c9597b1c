import { formatType, type Shape, type TensorType } from "../../core/shape.js";
import type { Pooling } from "../ops.js";
import { type AnyContext, fail, given, mustBeFloat, mustBeNumber, mustHaveRank, unknown } from "./checks.js";
import type { InferTable } from "./infer.js";
import { checkWindow, slide, type Window } from "./window.js";

function pooled(c: AnyContext, x: TensorType, a: Window & { readonly ceil_mode: boolean }): Shape {
  checkWindow(c, a, x);
  const n = a.kernel_shape.length;
  a.kernel_shape.forEach((k, i) => {
    // A window wholly in the padding has no values. ONNX leaves its result undefined.
    const reach = a.dilations[i]! * (k - 1) + 1;
    if (a.pads[i]! >= reach || a.pads[i + n]! >= reach)
      fail(
        c,
        `pads [${a.pads.join(", ")}] are not smaller than the kernel [${a.kernel_shape.join(", ")}]`,
        "a window must cover at least one value of the input",
      );
  });
  const shape = x.shape ?? unknown(n + 2)!;
  return [shape[0]!, shape[1]!, ...shape.slice(2).map((d, i) => slide(c, d, i, a, x, a.ceil_mode))];
}

// y[N, C, 1, …]
function global(c: AnyContext): TensorType[] {
  const x = given(c, 0, "x");
  mustBeFloat(c, "x", x);
  mustHaveRank(c, "x", x, 3);
  const shape = x.shape && [x.shape[0]!, x.shape[1]!, ...x.shape.slice(2).map(() => 1)];
  return [{ dtype: x.dtype, shape }];
}

export const pooling: InferTable<Pooling> = {
  MaxPool(c) {
    const x = given(c, 0, "x");
    mustBeNumber(c, "x", x);
    if (c.attributes.storage_order !== 0)
      fail(
        c,
        `storage_order is ${c.attributes.storage_order}: ${formatType(x)} is row-major`,
        "use storage_order 0",
      );
    const shape = pooled(c, x, c.attributes);
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  AveragePool(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    return [{ dtype: x.dtype, shape: pooled(c, x, c.attributes) }];
  },
  GlobalAveragePool: global,
  GlobalMaxPool: global,
  LpPool(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    if (!Number.isInteger(c.attributes.p) || c.attributes.p < 1)
      fail(c, `p is ${c.attributes.p}`, "give the exponent of the norm, a whole number of at least 1");
    return [{ dtype: x.dtype, shape: pooled(c, x, c.attributes) }];
  },
};
