import { type Dim, formatType, type TensorType } from "../../core/shape.js";
import { type AnyContext, fail } from "./checks.js";

export interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** Checks that the lists of a window have the lengths of its rank and valid values. @throws ShapeError */
export function checkWindow(c: AnyContext, w: Window, x: TensorType): void {
  const n = w.kernel_shape.length;
  if (x.shape && x.shape.length !== n + 2) {
    fail(
      c,
      `the input is ${formatType(x)}, a kernel of ${n} axes needs ${n + 2}`,
      "the layout is [batch, channels, ...spatial axes]",
    );
  }
  for (const [name, list, length, least] of [
    ["kernel_shape", w.kernel_shape, n, 1],
    ["strides", w.strides, n, 1],
    ["dilations", w.dilations, n, 1],
    ["pads", w.pads, 2 * n, 0],
  ] as const) {
    if (list.length !== length || list.some((v) => !Number.isInteger(v) || v < least))
      fail(
        c,
        `${name} is [${list.join(", ")}], it must be ${length} whole numbers of at least ${least}`,
        `give one value for each of the ${n} spatial axes${name === "pads" ? ", begins then ends" : ""}`,
      );
  }
}

/**
 * Returns the size of one axis after a window has slid over it.
 *
 * floor: o = ⌊(i + p − d·(k − 1) − 1) / s⌋ + 1; ceil: ⌈…⌉ + 1, less one if the last window would start in the end
 * padding. A symbolic size stays if the window keeps sizes.
 */
export function slide(c: AnyContext, size: Dim, axis: number, w: Window, x: TensorType, ceil = false): Dim {
  const n = w.kernel_shape.length;
  const stride = w.strides[axis]!;
  const begin = w.pads[axis]!;
  const pad = begin + w.pads[axis + n]!;
  const reach = w.dilations[axis]! * (w.kernel_shape[axis]! - 1) + 1;
  if (typeof size !== "number") return stride === 1 && pad === reach - 1 ? size : null;
  const free = size + pad - reach;
  if (free < 0) {
    fail(
      c,
      `the kernel does not fit: it covers ${reach} of spatial axis ${axis}, the input ${formatType(x)} has ${size} and ${pad} of padding there`,
      "use larger pictures, or a smaller kernel or dilation",
    );
  }
  if (!ceil) return Math.floor(free / stride) + 1;
  const out = Math.ceil(free / stride) + 1;
  return (out - 1) * stride >= size + begin ? out - 1 : out;
}
