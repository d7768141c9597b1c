import type { Dim } from "../../core/shape.js";
import type { NodeProto } from "../../onnx/index.js";
import { type Attributes, nodeError } from "./attributes.js";

export interface WindowAttributes {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/**
 * Returns the window of a convolution or pooling with every number explicit; `auto_pad` becomes pads.
 *
 *     SAME:  out = ceil(in / stride),  total = max((out - 1) · stride + (kernel - 1) · dilation + 1 - in, 0)
 *
 * @param spatial sizes of the input after batch and channels
 * @returns a reason if a needed size is not known
 */
export function windowOf(
  node: NodeProto,
  a: Attributes,
  kernel: readonly number[] | undefined,
  spatial: readonly Dim[] | undefined,
): WindowAttributes | string {
  const kernel_shape = a.ints("kernel_shape") ?? kernel;
  if (!kernel_shape) return "the size of its window is not known";
  const n = kernel_shape.length;
  const ones = new Array<number>(n).fill(1);
  const strides = a.ints("strides") ?? ones;
  const dilations = a.ints("dilations") ?? ones;
  if (n === 0) throw nodeError(node, "its window has no axes");
  for (const [name, list] of Object.entries({ kernel_shape, strides, dilations })) {
    if (list.length !== n || list.some((v) => !(v >= 1 && v <= 2 ** 31)))
      throw nodeError(node, `${name} is [${list.slice(0, 8)}]: expected ${n} numbers of 1 or more`);
  }
  const autoPad = a.string("auto_pad") ?? "NOTSET";
  if (autoPad === "NOTSET" || autoPad === "") {
    const pads = a.ints("pads") ?? new Array<number>(2 * n).fill(0);
    if (pads.length !== 2 * n || pads.some((v) => !(v >= 0 && v <= 2 ** 31)))
      throw nodeError(node, `pads is [${pads.slice(0, 8)}]: expected ${2 * n} numbers of 0 or more`);
    return { kernel_shape, strides, dilations, pads };
  }
  if (autoPad === "VALID")
    return { kernel_shape, strides, dilations, pads: new Array<number>(2 * n).fill(0) };
  if (autoPad !== "SAME_UPPER" && autoPad !== "SAME_LOWER")
    throw nodeError(node, `auto_pad is ${JSON.stringify(autoPad)}`);
  const begin: number[] = [];
  const end: number[] = [];
  for (let i = 0; i < n; i++) {
    const reach = (kernel_shape[i]! - 1) * dilations[i]! + 1;
    const size = spatial?.[i];
    // With stride 1 the padding does not depend on the size.
    if (typeof size !== "number" && strides[i] !== 1)
      return `its padding (${autoPad}) depends on the input's size`;
    const total =
      typeof size === "number"
        ? Math.max((Math.ceil(size / strides[i]!) - 1) * strides[i]! + reach - size, 0)
        : reach - 1;
    const less = Math.floor(total / 2);
    begin.push(autoPad === "SAME_UPPER" ? less : total - less);
    end.push(autoPad === "SAME_UPPER" ? total - less : less);
  }
  return { kernel_shape, strides, dilations, pads: [...begin, ...end] };
}

/**
 * Returns the window of a ConvTranspose, which may give its output's size instead of its pads.
 *
 *     total = stride · (in - 1) + output_padding + (kernel - 1) · dilation + 1 - out,  SAME: out = in · stride
 */
export function transposedWindowOf(
  node: NodeProto,
  a: Attributes,
  kernel: readonly number[] | undefined,
  spatial: readonly Dim[] | undefined,
): (WindowAttributes & { readonly output_padding: readonly number[] }) | string {
  const autoPad = a.string("auto_pad") ?? "NOTSET";
  const sized = a.ints("output_shape");
  const same = autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER";
  const plain = windowOf(node, a, kernel, same ? kernel?.map(() => 1) : spatial);
  if (typeof plain === "string") return plain;
  const n = plain.kernel_shape.length;
  const output_padding = a.ints("output_padding") ?? new Array<number>(n).fill(0);
  if (output_padding.length !== n || output_padding.some((v) => !(v >= 0)))
    throw nodeError(
      node,
      `output_padding is [${output_padding.slice(0, 8)}]: expected ${n} numbers of 0 or more`,
    );
  if (!same && !sized) return { ...plain, output_padding };
  const begin: number[] = [];
  const end: number[] = [];
  const beyond = [...output_padding];
  for (let i = 0; i < n; i++) {
    const stride = plain.strides[i]!;
    const size = spatial?.[i];
    if (sized && typeof size !== "number") return "its output's size is fixed, and its input's is not known";
    const reach = (plain.kernel_shape[i]! - 1) * plain.dilations[i]! + 1;
    // stride · (in - 1) - in · stride = -stride: with SAME the input's size cancels.
    const total = sized
      ? stride * ((size as number) - 1) + output_padding[i]! + reach - sized[sized.length - n + i]!
      : output_padding[i]! + reach - stride;
    // Output beyond the reach of the input holds the bias only.
    beyond[i]! += Math.max(0, -total);
    const less = Math.floor(Math.max(0, total) / 2);
    const more = Math.max(0, total) - less;
    begin.push(autoPad === "SAME_UPPER" ? less : more);
    end.push(autoPad === "SAME_UPPER" ? more : less);
  }
  return { ...plain, pads: [...begin, ...end], output_padding: beyond };
}
