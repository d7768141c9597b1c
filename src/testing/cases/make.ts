import { draws, permutation } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32, int64, type Tensor, tensor } from "../../core/tensor.js";
import type { OpAttributes, OpName } from "../../graph/ops.js";

/** A small call of an operator. */
export interface OperatorCase<Op extends OpName = OpName> {
  readonly op: Op;
  readonly name: string;
  /** undefined: an omitted optional input. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: OpAttributes[Op];
  /** Number of the node's outputs; default 1. */
  readonly outputs?: number;
  /** Inputs in which the result is smooth near these values; default none. */
  readonly differentiable?: readonly number[];
}
/** A case as written in the tables: its operator is its key. */
export type CaseOf<Op extends OpName> = Omit<OperatorCase<Op>, "op">;
export type CaseTable<Ops> = { readonly [Op in keyof Ops & OpName]: readonly CaseOf<Op>[] };

/** Seeded numbers in [low, high); the seed is the shape and the key. */
export function uniform(dims: readonly number[], low = -1.5, high = 1.5, key = 0): Tensor<"float32"> {
  const d = draws(7, "operator-cases", key, dims.join("x"));
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => low + (high - low) * d.uniform()),
  );
}
/** Numbers of either sign with a size in [0.25, 1.75): away from a kink at 0. */
export function signed(dims: readonly number[], key = 0): Tensor<"float32"> {
  const d = draws(8, "operator-cases", key, dims.join("x"));
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => (d.chance(0.5) ? 1 : -1) * (0.25 + 1.5 * d.uniform())),
  );
}
/** Numbers at least `gap` apart, in random order, centred: small changes keep their order. */
export function spaced(dims: readonly number[], gap = 0.1, key = 0): Tensor<"float32"> {
  const n = sizeOf(dims);
  return float32(
    dims,
    permutation(n, 9, "operator-cases", key, dims.join("x")).map((rank) => (rank - (n - 1) / 2 + 0.3) * gap),
  );
}
export function bool(dims: readonly number[], values: readonly (0 | 1)[]): Tensor<"bool"> {
  return tensor("bool", dims, Uint8Array.from(values));
}
export function ints(...values: readonly number[]): Tensor<"int64"> {
  return int64([values.length], values);
}
export function int(value: number): Tensor<"int64"> {
  return int64([], [value]);
}

interface WindowParts {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
}
/** A window; missing values are ones and zeros. */
export function window({ kernel, strides, dilations, pads }: WindowParts) {
  return {
    kernel_shape: kernel,
    strides: strides ?? kernel.map(() => 1),
    dilations: dilations ?? kernel.map(() => 1),
    pads: pads ?? [...kernel, ...kernel].map(() => 0),
  };
}
