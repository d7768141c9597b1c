import { draws, permutation } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32, int64, type Tensor, tensor } from "../../core/tensor.js";
import type { OpAttributes, OpName } from "../../graph/ops.js";

/** One small call of an operator. */
export interface OperatorCase<Op extends OpName = OpName> {
  readonly op: Op;
  readonly name: string;
  /** undefined: an optional input that is left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: OpAttributes[Op];
  /** How many outputs the node has; 1 when not given. */
  readonly outputs?: number;
  /** Inputs that the result is smooth in, near these values; none when not given. */
  readonly differentiable?: readonly number[];
}
/** A case as it is written in the tables: its operator is the key it stands under. */
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
/** Of either sign, with a size in [0.25, 1.75): away from a kink at 0. */
export function signed(dims: readonly number[], key = 0): Tensor<"float32"> {
  const d = draws(8, "operator-cases", key, dims.join("x"));
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => (d.chance(0.5) ? 1 : -1) * (0.25 + 1.5 * d.uniform())),
  );
}
/** Numbers of which no two are nearer than `gap`, in a random order, centred: the larger one stays the larger. */
export function apart(dims: readonly number[], gap = 0.1, key = 0): Tensor<"float32"> {
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
/** A window with ones and zeros for what is not given. */
export function window({ kernel, strides, dilations, pads }: WindowParts) {
  return {
    kernel_shape: kernel,
    strides: strides ?? kernel.map(() => 1),
    dilations: dilations ?? kernel.map(() => 1),
    pads: pads ?? [...kernel, ...kernel].map(() => 0),
  };
}
