import type { OpAttributes } from "./ops.js";

type Attributes = OpAttributes["Resize"];

/** How one axis is resized. */
export interface AxisResize {
  /** Number of elements of the input and of the output. */
  readonly from: number;
  readonly to: number;
  /** Output elements per input element, as the runtime computes it. */
  readonly scale: number;
  /** For tf_crop_and_resize: begin and end of the region, 0 to 1. */
  readonly roi: readonly [number, number];
}

/**
 * The elements that each output of an axis reads: y[o] = Σ_t weight[o · count + t] · x[index[o · count + t]]. A
 * Resize applies this map to each of its axes, one after the other.
 */
export interface Taps {
  readonly count: number;
  readonly index: Int32Array;
  readonly weight: Float64Array;
  /** Marks outputs outside the input, which get the extrapolation value; their weights are 0. */
  readonly outside: Uint8Array;
}

const f = Math.fround;

/** Returns the scale of an axis whose size is given. */
function scaleOfSizes(from: number, to: number): number {
  return f(to / from);
}
/** out = ⌊in · scale⌋, in float32 as in ONNX's shape inference. */
export function scaledSize(from: number, scale: number): number {
  return Math.floor(f(f(scale) * from));
}

/**
 * Returns the sizes and scales of all listed axes if the image must keep its aspect ratio:
 * scale = min or max over the axes of size / in, out = round(scale · in).
 */
export function keepAspectRatio(
  from: readonly number[],
  sizes: readonly number[],
  policy: Attributes["keep_aspect_ratio_policy"],
): { readonly sizes: readonly number[]; readonly scales: readonly number[] } {
  const scales = sizes.map((to, i) => scaleOfSizes(from[i]!, to));
  if (policy === "stretch") return { sizes, scales };
  const scale = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return { sizes: from.map((n) => Math.floor(f(f(scale * n) + 0.5))), scales: from.map(() => scale) };
}

/**
 * Position in the input of output o, in float32 as runtimes compute it, because rounding decides the nearest
 * element.
 *
 *     half_pixel: (o + 1/2) / scale - 1/2;  align_corners: o (in - 1) / (out - 1);  asymmetric: o / scale
 */
function position(mode: Attributes["coordinate_transformation_mode"], o: number, a: AxisResize): number {
  const { from, to, scale, roi } = a;
  // Applies to a crop too: onnxruntime leaves an axis alone if its size stays, whatever the region is.
  if (scale === 1) return o;
  const half = f(f(f(o + 0.5) / scale) - 0.5);
  switch (mode) {
    case "half_pixel":
      return half;
    case "pytorch_half_pixel":
      return to > 1 ? half : 0;
    case "asymmetric":
      return f(o / scale);
    case "align_corners":
      return to === 1 ? 0 : f(f(o * (from - 1)) / (to - 1));
    case "half_pixel_symmetric": {
      // The output that fits whole pixels sits in the middle of the one that the scale asks for.
      // onnxruntime adds these up in double precision.
      const adjustment = f(to / f(scale * from));
      return f(f(f(from / 2) * f(1 - adjustment)) + (o + 0.5) / scale - 0.5);
    }
    case "tf_crop_and_resize": {
      const [begin, end] = [f(roi[0]), f(roi[1])];
      if (to === 1) return f(f(0.5 * f(begin + end)) * (from - 1));
      return f(f(begin * (from - 1)) + f(f(f(o * f(end - begin)) * (from - 1)) / (to - 1)));
    }
  }
}

const nearest: { readonly [M in Attributes["nearest_mode"]]: (at: number) => number } = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Keys' cubic convolution at distance d: 1 at 0, 0 at all other whole numbers. */
function cubic(d: number, a: number): number {
  const x = Math.abs(d);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** @see ONNX, Resize-19; Keys 1981, "Cubic convolution interpolation for digital image processing", eq. 8 */
export function axisTaps(attributes: Attributes, axis: AxisResize): Taps {
  const { mode } = attributes;
  const count = mode === "nearest" ? 1 : mode === "linear" ? 2 : 4;
  const { from, to } = axis;
  const index = new Int32Array(to * count);
  const weight = new Float64Array(to * count);
  const outside = new Uint8Array(to);
  for (let o = 0; o < to; o++) {
    const at = position(attributes.coordinate_transformation_mode, o, axis);
    if (attributes.coordinate_transformation_mode === "tf_crop_and_resize" && (at < 0 || at > from - 1)) {
      outside[o] = 1;
      continue;
    }
    const put = (t: number, i: number, w: number): void => {
      index[o * count + t] = Math.min(Math.max(i, 0), from - 1);
      weight[o * count + t] = w;
    };
    if (mode === "nearest") put(0, nearest[attributes.nearest_mode](at), 1);
    else if (mode === "linear") {
      const inside = Math.min(Math.max(at, 0), from - 1);
      const low = Math.floor(inside);
      put(0, low, 1 - (inside - low));
      put(1, low + 1, inside - low);
    } else {
      const low = Math.floor(at);
      const ws = [-1, 0, 1, 2].map((t) => cubic(at - low - t, attributes.cubic_coeff_a));
      if (attributes.exclude_outside) {
        for (let t = 0; t < 4; t++) if (low - 1 + t < 0 || low - 1 + t >= from) ws[t] = 0;
        const sum = ws.reduce((s, w) => s + w, 0);
        for (let t = 0; t < 4; t++) ws[t]! /= sum;
      }
      ws.forEach((w, t) => {
        put(t, low - 1 + t, w);
      });
    }
  }
  return { count, index, weight, outside };
}
