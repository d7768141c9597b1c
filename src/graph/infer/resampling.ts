import { type Dim, formatType, isStatic } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import { keepAspectRatio, scaledSize } from "../interpolation.js";
import type { Resampling } from "../ops.js";
import { axesOf, fail, given, mustBe, unknown } from "./checks.js";
import type { InferTable } from "./infer.js";

export const resampling: InferTable<Resampling> = {
  // scales: out = ⌊in · scale⌋; sizes: out = sizes
  Resize(c) {
    const x = given(c, 0, "x");
    const { axes: listed, keep_aspect_ratio_policy: policy } = c.attributes;
    const [scalesType, sizesType] = [c.inputs[2], c.inputs[3]];
    if ((scalesType === undefined) === (sizesType === undefined))
      fail(
        c,
        `it has ${scalesType ? "both scales and sizes" : "neither scales nor sizes"}`,
        "give one of them",
      );
    if (scalesType) mustBe(c, "scales", scalesType, "float32", "float64");
    if (sizesType) mustBe(c, "sizes", sizesType, "int64");
    const scalesConstant = c.constant(2);
    const followed = scalesType && c.dims?.(2);
    const scales = scalesConstant ? toNumbers(scalesConstant) : isStatic(followed) ? followed : undefined;
    const sizes: readonly Dim[] | undefined =
      c.dims?.(3) ?? (c.constant(3) ? toNumbers(c.constant(3)!) : undefined);
    if (!x.shape) return [{ dtype: x.dtype, shape: undefined }];
    const rank = x.shape.length;
    const axes = listed ? axesOf(c, listed, rank, x) : x.shape.map((_, i) => i);
    const list = scales ?? sizes;
    if (!list) return [{ dtype: x.dtype, shape: x.shape.map((d, i) => (axes.includes(i) ? null : d)) }];
    if (list.length !== axes.length)
      fail(
        c,
        `${list.length} ${scales ? "scales" : "sizes"} for ${axes.length} axes of ${formatType(x)}`,
        "give one for each axis",
      );
    const wrong = scales?.find((s) => !(s > 0)) ?? sizes?.find((s) => typeof s === "number" && s < 0);
    if (wrong !== undefined)
      fail(c, `a ${scales ? "scale" : "size"} is ${wrong}`, "scales and sizes are positive");
    if (sizes && policy !== "stretch") {
      const from = axes.map((a) => x.shape![a]!);
      const known = from.every((d) => typeof d === "number") && sizes.every((d) => typeof d === "number");
      const kept = known
        ? keepAspectRatio(from as number[], sizes as number[], policy).sizes
        : unknown(axes.length)!;
      return [
        { dtype: x.dtype, shape: x.shape.map((d, i) => (axes.includes(i) ? kept[axes.indexOf(i)]! : d)) },
      ];
    }
    const shape = x.shape.map((d, i): Dim => {
      const k = axes.indexOf(i);
      if (k < 0) return d;
      if (sizes) return sizes[k]!;
      if (scales![k] === 1) return d;
      return typeof d === "number" ? scaledSize(d, scales![k]!) : null;
    });
    return [{ dtype: x.dtype, shape }];
  },
};
