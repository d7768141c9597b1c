import type { DType } from "../../core/dtype.js";
import type { OpAttributes, OpName } from "../../graph/ops.js";

/** A tensor of the reference interpreter: every type is stored in float64 (int64 is exact up to 2^53). */
export interface RefTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: Float64Array;
}
export interface ReferenceContext<Op extends OpName> {
  readonly attributes: OpAttributes[Op];
  readonly inputs: readonly (RefTensor | undefined)[];
  /** Number of the node's outputs. */
  readonly outputs: number;
}
/** Computes the operator by its definition, slowly and exactly. */
export type Reference<Op extends OpName> = (context: ReferenceContext<Op>) => RefTensor[];
export type ReferenceTable<Ops> = { readonly [Op in keyof Ops & OpName]: Reference<Op> };
