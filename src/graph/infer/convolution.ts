import { type Dim, formatType, type TensorType } from "../../core/shape.js";
import type { Convolution } from "../ops.js";
import { type AnyContext, differ, fail, given, mustBeFloat, sameType, unknown } from "./checks.js";
import type { InferTable } from "./infer.js";
import { checkWindow, slide, type Window } from "./window.js";

interface Operands {
  readonly x: TensorType;
  readonly w: TensorType;
}

/** Checks that types, ranks and kernel sizes agree. @throws ShapeError */
function operands(c: AnyContext, a: Window & { readonly group: number }): Operands {
  const x = given(c, 0, "x");
  const w = given(c, 1, "w");
  sameType(c, { x, w, b: c.inputs[2] });
  mustBeFloat(c, "x", x);
  checkWindow(c, a, x);
  if (!Number.isInteger(a.group) || a.group < 1)
    fail(c, `group is ${a.group}`, "give a whole number of at least 1");
  const kernel = w.shape?.slice(2);
  if (
    kernel &&
    (kernel.length !== a.kernel_shape.length || kernel.some((k, i) => differ(k, a.kernel_shape[i])))
  ) {
    fail(
      c,
      `the weight is ${formatType(w)}, kernel_shape is [${a.kernel_shape.join(", ")}]`,
      "the weight's last axes must be the kernel's sizes",
    );
  }
  return { x, w };
}

function checkBias(c: AnyContext, channels: Dim): void {
  const b = c.inputs[2];
  if (b?.shape && (b.shape.length !== 1 || differ(b.shape[0], channels)))
    fail(
      c,
      `the bias is ${formatType(b)}, there are ${channels} output channels`,
      "give one number for each output channel",
    );
}

export const convolution: InferTable<Convolution> = {
  // y[N, M, …]: x[N, C, …], w[M, C / group, …], b[M]
  Conv(c) {
    const a = c.attributes;
    const { x, w } = operands(c, a);
    const channels = x.shape?.[1] ?? null;
    const [out = null, perGroup = null] = w.shape ?? [];
    if (typeof perGroup === "number" && differ(channels, perGroup * a.group)) {
      fail(
        c,
        `channels do not fit: x is ${formatType(x)}, w is ${formatType(w)}, group is ${a.group}`,
        `x must have w's second axis × group = ${perGroup * a.group} channels, it has ${channels}`,
      );
    }
    if (typeof out === "number" && out % a.group !== 0)
      fail(
        c,
        `${out} output channels do not split into ${a.group} groups`,
        "w's first axis must be a multiple of group",
      );
    checkBias(c, out);
    const spatial = x.shape?.slice(2) ?? unknown(a.kernel_shape.length)!;
    return [
      { dtype: x.dtype, shape: [x.shape?.[0] ?? null, out, ...spatial.map((d, i) => slide(c, d, i, a, x))] },
    ];
  },
  // y[N, M, …]: x[N, C, …], w[C, M / group, …], b[M];  o = s·(i − 1) + output_padding + d·(k − 1) + 1 − p
  ConvTranspose(c) {
    const a = c.attributes;
    const { x, w } = operands(c, a);
    const n = a.kernel_shape.length;
    if (a.output_padding.length !== n || a.output_padding.some((v) => !Number.isInteger(v) || v < 0))
      fail(
        c,
        `output_padding is [${a.output_padding.join(", ")}]`,
        `give one whole number for each of the ${n} spatial axes`,
      );
    const channels = x.shape?.[1] ?? null;
    const [inputs = null, perGroup = null] = w.shape ?? [];
    if (differ(channels, inputs)) {
      fail(
        c,
        `channels do not fit: x is ${formatType(x)}, w is ${formatType(w)}`,
        `x's second axis (${channels}) must equal w's first (${inputs})`,
      );
    }
    if (typeof inputs === "number" && inputs % a.group !== 0)
      fail(
        c,
        `${inputs} input channels do not split into ${a.group} groups`,
        "w's first axis must be a multiple of group",
      );
    const out = typeof perGroup === "number" ? perGroup * a.group : null;
    checkBias(c, out);
    const spatial = x.shape?.slice(2) ?? unknown(n)!;
    const grown = spatial.map((size, i) => {
      if (typeof size !== "number") return null;
      const reach = a.dilations[i]! * (a.kernel_shape[i]! - 1) + 1;
      const o = a.strides[i]! * (size - 1) + a.output_padding[i]! + reach - a.pads[i]! - a.pads[i + n]!;
      if (o < 0)
        fail(c, `the padding removes all of spatial axis ${i} of ${formatType(x)}`, "use smaller pads");
      return o;
    });
    return [{ dtype: x.dtype, shape: [x.shape?.[0] ?? null, out, ...grown] }];
  },
};
