import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { type ChooseForm, formFor } from "./conv-forms.js";
import { inPhases } from "./conv-phases.js";
import type { ConvShape, InputForm } from "./conv-shape.js";

/** dx of y = conv(x, w). */
export function convInputGradient(
  g: Builder,
  w: Value,
  dy: Value,
  shape: ConvShape,
  choose?: ChooseForm,
): Value {
  return inputForms[formFor("dx", shape, choose) as InputForm](g, w, dy, shape);
}

/** All forms, each for the shapes that it supports. */
export const inputForms: Readonly<
  Record<InputForm, (g: Builder, w: Value, dy: Value, shape: ConvShape) => Value>
> = { flipped, phases: inPhases, transposed };

/**
 * dx[c, p] = sum over o, k of w[o, c, k] * dy[o, p + pad - k * dilation]: a convolution of dy with the kernel flipped
 * in space and its two channel axes swapped. Stride 1 only.
 */
function flipped(g: Builder, w: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, dilations, pads, group } = shape;
  const kernel = flipKernel(g, w, group);
  const mirrored = pads.map((p, i) => {
    const axis = i % kernel_shape.length;
    return (kernel_shape[axis]! - 1) * dilations[axis]! - p;
  });
  return g.conv(dy, kernel, "", { dilations, pads: mirrored, group });
}

/** [O, C / group, …] -> [C, O / group, …], with every spatial axis reversed. */
function flipKernel(g: Builder, w: Value, group: number): Value {
  const [o, c, ...kernel] = g.dims(w) as [number, number, ...number[]];
  const axes = kernel.map((_, i) => i + 2);
  let exchanged: Value;
  if (group === 1) exchanged = g.transpose(w, [1, 0, ...axes]);
  else {
    const split = g.reshape(w, [group, o / group, c, ...kernel]);
    const swapped = o === group && c === 1 ? split : g.transpose(split, [0, 2, 1, ...axes.map((a) => a + 1)]);
    exchanged = g.reshape(swapped, [group * c, o / group, ...kernel]);
  }
  const turned = axes.filter((a) => kernel[a - 2]! > 1);
  if (turned.length === 0) return exchanged;
  return g.slice(exchanged, {
    starts: turned.map(() => -1),
    // Before the first element: any end below -size.
    ends: turned.map((a) => -kernel[a - 2]! - 1),
    axes: turned,
    steps: turned.map(() => -1),
  });
}

/** Transposed convolution with the same attributes. `output_padding` restores the rows that a stride skipped. */
function transposed(g: Builder, w: Value, dy: Value, shape: ConvShape): Value {
  const { strides, dilations, group } = shape;
  const { pads, outputPadding } = transposedWindow(shape);
  return g.convTranspose(dy, w, "", { strides, dilations, group, pads, outputPadding });
}

/**
 * Returns the window with which ConvTranspose of y gives exactly the size of x. Along an axis the windows cover
 *   full = (y - 1) * stride + (kernel - 1) * dilation + 1
 * elements from -pad_begin on. Elements beyond x are cut by pad_end; missing elements are added.
 */
export function transposedWindow(shape: Omit<ConvShape, "w" | "group">): {
  pads: number[];
  outputPadding: number[];
} {
  const { x, y, kernel_shape, strides, dilations, pads } = shape;
  const beyond = kernel_shape.map((k, i) => {
    const full = (y[i + 2]! - 1) * strides[i]! + (k - 1) * dilations[i]! + 1;
    return full - pads[i]! - x[i + 2]!;
  });
  return {
    pads: [...pads.slice(0, kernel_shape.length), ...beyond.map((b) => Math.max(b, 0))],
    outputPadding: beyond.map((b) => Math.max(-b, 0)),
  };
}
