import { sizeOf } from "../../core/shape.js";
import { type AxisResize, axisTaps, keepAspectRatio, scaledSize } from "../../graph/interpolation.js";
import type { OpAttributes, Resampling } from "../../graph/ops.js";
import { axisOf, given, list, result } from "./arrays.js";
import type { ReferenceTable } from "./reference.js";

/** Returns how each axis named by a Resize changes. */
function axesResized(
  dims: readonly number[],
  { axes: listed, keep_aspect_ratio_policy: policy }: OpAttributes["Resize"],
  roi: readonly number[] | undefined,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): ReadonlyMap<number, AxisResize> {
  const axes = listed?.map((a) => axisOf(a, dims.length)) ?? dims.map((_, i) => i);
  const from = axes.map((a) => dims[a]!);
  const plan = scales
    ? { sizes: from.map((n, k) => scaledSize(n, scales[k]!)), scales: scales.map(Math.fround) }
    : keepAspectRatio(from, sizes!, policy);
  return new Map(
    axes.map((axis, k) => {
      const part: AxisResize = {
        from: from[k]!,
        to: plan.sizes[k]!,
        scale: plan.scales[k]!,
        roi: [roi?.[k] ?? 0, roi?.[k + axes.length] ?? 1],
      };
      return [axis, part];
    }),
  );
}

export const resampling: ReferenceTable<Resampling> = {
  // y[…, o, …] = Σ_t weight[o, t] · x[…, index[o, t], …], axis by axis
  Resize(c) {
    const x = given(c, 0);
    let { data } = x;
    const dims = [...x.dims];
    const plan = axesResized(x.dims, c.attributes, list(c, 1), list(c, 2), list(c, 3));
    const beyond: (Uint8Array | undefined)[] = dims.map(() => undefined);
    for (const [axis, part] of plan) {
      const taps = axisTaps(c.attributes, part);
      if (taps.outside.includes(1)) beyond[axis] = taps.outside;
      const [outer, inner] = [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis + 1))];
      const next = new Float64Array(outer * part.to * inner);
      for (let o = 0; o < outer; o++)
        for (let j = 0; j < part.to; j++)
          for (let i = 0; i < inner; i++) {
            let sum = 0;
            for (let t = 0; t < taps.count; t++) {
              const w = taps.weight[j * taps.count + t]!;
              // 0 · ∞ does not count.
              if (w !== 0) sum += w * data[(o * part.from + taps.index[j * taps.count + t]!) * inner + i]!;
            }
            next[(o * part.to + j) * inner + i] = sum;
          }
      data = next;
      dims[axis] = part.to;
    }
    if (beyond.some((b) => b !== undefined)) {
      if (data === x.data) data = data.slice();
      let inner = data.length;
      dims.forEach((size, axis) => {
        inner /= size;
        const outside = beyond[axis];
        if (outside)
          for (let p = 0; p < data.length; p++)
            if (outside[Math.floor(p / inner) % size])
              data[p] = Math.fround(c.attributes.extrapolation_value);
      });
    }
    return [result(x.dtype, dims, data)];
  },
};
